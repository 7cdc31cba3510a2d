import type { PasswordPolicy } from '../../../core/password-policy.ts';
import type { TwoFactorPolicy } from '../../../core/two-factor.ts';
import type { AboutView, ContactView } from '../../../http/admin-about.ts';
import type { GroupsView } from '../../../http/admin-groups.ts';
import type { SetupView } from '../../../http/admin-me.ts';
import type { TokensView } from '../../../http/admin-tokens.ts';
import type { SessionView } from '../../../http/session.ts';
import type { GivenBody } from '../../../http/user-bodies.ts';
import type { UserView } from '../../../http/user-views.ts';
import type { AboutChange } from '../../../service/about.ts';
import type { LockedNetwork, NewUser, UserChange } from '../../../service/user-changes.ts';
import type { Api } from '../api.ts';

// What these sections ask of the server. Types only: nothing of the server comes along.

export type { GroupView } from '../../../http/admin-groups.ts';
export type { TokenView } from '../../../http/admin-tokens.ts';
export type { AboutView, ContactView, GivenBody, GroupsView, SessionView, SetupView, TokensView, UserView };
export type Given = Omit<GivenBody, 'permissions'> & { readonly permissions: readonly string[] };
export type { TokenApi } from '../../../core/users.ts';
/** Of a group, or of a token with the APIs that it is for. */
export type TokenGiven = Given & { readonly apis?: readonly string[] };
type Codes = { readonly recoveryCodes: readonly string[] };

/** The questions of these sections, over the page's one way to the server. */
export function usersApi({ json }: Pick<Api, 'json'>) {
  const post = <T>(path: string, body: object = {}) => json<T>(path, { method: 'POST', body });
  const patch = <T>(path: string, body: object) => json<T>(path, { method: 'PATCH', body });
  const drop = (path: string) => json<unknown>(path, { method: 'DELETE' });
  return {
    users: () => json<readonly UserView[]>('users'),
    addUser: (user: NewUser) => post<UserView>('users', user),
    changeUser: (id: string, change: UserChange) => patch<UserView>(`users/${id}`, change),
    removeUser: (id: string) => drop(`users/${id}`),
    setPassword: (id: string, password: string) => post<UserView>(`users/${id}/password`, { password }),
    unlock: (id: string) => post<UserView>(`users/${id}/unlock`),
    resetTwoFactor: (id: string) => post<UserView>(`users/${id}/two-factor/reset`),
    endSessionsOf: (id: string) => post<UserView>(`users/${id}/sessions/end`),
    forgetPcs: (id: string) => post<UserView>(`users/${id}/pcs/forget`),
    endLinkSessions: () => post<unknown>('one-time-links/end'),
    lockedNetworks: () => json<readonly LockedNetwork[]>('networks/locked'),
    unlockNetwork: (network: string) => post<unknown>('networks/unlock', { network }),
    groups: () => json<GroupsView>('groups'),
    tokens: () => json<TokensView>('tokens'),
    addGiven: (kind: 'groups' | 'tokens', given: TokenGiven) => post<{ readonly token?: string }>(kind, given),
    changeGiven: (kind: 'groups' | 'tokens', id: string, change: Partial<TokenGiven>) =>
      patch<unknown>(`${kind}/${id}`, change),
    removeGiven: (kind: 'groups' | 'tokens', id: string) => drop(`${kind}/${id}`),
    changePasswordPolicy: (change: Partial<PasswordPolicy>) => patch<PasswordPolicy>('password-policy', change),
    changeTwoFactorPolicy: (change: Partial<TwoFactorPolicy>) => patch<TwoFactorPolicy>('two-factor-policy', change),
    about: () => json<AboutView>('about'),
    changeAbout: (change: AboutChange) => patch<AboutView>('about', change),
    contacts: () => json<readonly ContactView[]>('contacts'),
    addContact: (contact: Omit<ContactView, 'id'>) => post<ContactView>('contacts', contact),
    changeContact: (id: string, change: Partial<Omit<ContactView, 'id'>>) =>
      patch<ContactView>(`contacts/${id}`, change),
    removeContact: (id: string) => drop(`contacts/${id}`),
    sessions: () => json<readonly SessionView[]>('sessions'),
    endSession: (id: string) => drop(`sessions/${id}`),
    changeOwnPassword: (password: string, newPassword: string) => post('me/password', { password, newPassword }),
    beginTwoFactor: (password: string) => post<SetupView>('me/two-factor', { password }),
    confirmTwoFactor: (code: string) => post<Codes>('me/two-factor/confirm', { code }),
    newCodes: (password: string) => post<Codes>('me/recovery-codes', { password }),
    endTwoFactor: (password: string) => post('me/two-factor/off', { password }),
  };
}

export type UsersApi = ReturnType<typeof usersApi>;
