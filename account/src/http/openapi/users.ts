import { GROUP_TEMPLATES, type GroupTemplate } from '../../core/permissions.ts';
import { TOKEN_APIS } from '../../core/users.ts';
import type { LockedNetwork } from '../../service/user-changes.ts';
import type { GroupsView, GroupView } from '../admin-groups.ts';
import type { TokensView, TokenView } from '../admin-tokens.ts';
import {
  readGiven,
  readGivenChange,
  readNetwork,
  readNewUser,
  readPassword,
  readToken,
  readTokenChange,
  readUserChange,
} from '../user-bodies.ts';
import type { UserView } from '../user-views.ts';
import { permission, pools, time } from './common.ts';
import { type Declarations, json } from './declared.ts';
import { count, list, named, object, oneOf, orNull, type Shape, text, three, yesOrNo } from './shape.ts';

const user = named(
  'User',
  object<UserView>({
    ...{ id: text(), login: text(), fullName: text(), email: text(), customFields: three() },
    ...{ twoFactor: oneOf(['off', 'wanted', 'on']), twoFactorSince: orNull(time), pcsForgottenAt: orNull(time) },
    passwordSetAt: time,
    ...{ passwordExpiresAt: orNull(time), createdAt: time, signedInAt: orNull(time), groupIds: list(text()) },
    ...{ recoveryCodes: count, lockedUntil: orNull(time) },
  }),
);
const group = named(
  'Group',
  object<GroupView>({
    ...{ id: text(), name: text(), permissions: list(permission), pools, members: count, isBuiltIn: yesOrNo },
  }),
);
const givenPermissions = list(permission) as Shape<TokenView['permissions']>;
const tokenMembers = {
  ...{ id: text(), name: text(), prefix: text(), permissions: givenPermissions, pools, apis: list(oneOf(TOKEN_APIS)) },
  ...{ createdBy: text(), createdAt: time, usedAt: orNull(time) },
};
const token = named('ApiToken', object<TokenView>(tokenMembers));
const template = object<GroupTemplate>({
  ...{ name: text({ examples: [GROUP_TEMPLATES[0]?.name ?? ''] }), permissions: givenPermissions },
});

/** Who signs in, what he may, and tokens for programs. */
export const USER_ROUTES: Declarations = {
  'GET /api/v1/users': { summary: 'Users of the account', answers: json(list(user)) },
  'POST /api/v1/users': { summary: 'Adds a user', body: readNewUser, answers: json(user) },
  'PATCH /api/v1/users/:id': {
    summary: 'Changes a user; what is not named stays, of custom fields too',
    body: readUserChange,
    answers: json(user),
  },
  'DELETE /api/v1/users/:id': {
    summary: 'Removes a user, which ends his sessions',
    answers: json(object<{ readonly id: string; readonly login: string }>({ id: text(), login: text() })),
  },
  'POST /api/v1/users/:id/password': {
    summary: 'Sets the password of a user, which ends his sessions',
    body: readPassword,
    answers: json(user),
  },
  'POST /api/v1/users/:id/two-factor/reset': { summary: 'Turns two-factor of a user off', answers: json(user) },
  'POST /api/v1/users/:id/sessions/end': {
    summary: 'Ends all sessions of a user but the one that asks',
    answers: json(user),
  },
  'POST /api/v1/users/:id/pcs/forget': { summary: 'Forgets the remembered PCs of a user', answers: json(user) },
  'POST /api/v1/users/:id/unlock': { summary: 'Ends the lock-out of a user', answers: json(user) },
  'GET /api/v1/networks/locked': {
    summary: 'Networks that are locked out',
    answers: json(list(object<LockedNetwork>({ network: text(), lockedUntil: time }))),
  },
  'POST /api/v1/networks/unlock': {
    summary: 'Ends the lock-out of a network',
    body: readNetwork,
    answers: json(object<{ readonly network: string }>({ network: text() })),
  },
  'GET /api/v1/groups': {
    summary: 'Groups, and what a new one may begin with',
    answers: json(object<GroupsView>({ groups: list(group), templates: list(template) })),
  },
  'POST /api/v1/groups': { summary: 'Adds a group', body: readGiven, answers: json(group) },
  'PATCH /api/v1/groups/:id': {
    summary: 'Changes a group; what is not named stays',
    body: readGivenChange,
    answers: json(group),
  },
  'DELETE /api/v1/groups/:id': {
    summary: 'Removes a group; its users stay',
    answers: json(object<{ readonly id: string }>({ id: text() })),
  },
  'GET /api/v1/tokens': {
    summary: 'API tokens, by their first letters',
    answers: json(object<TokensView>({ tokens: list(token), max: count })),
  },
  'POST /api/v1/tokens': {
    summary: 'Makes an API token; it is answered for the only time',
    body: readToken,
    answers: json(object<TokenView & { readonly token: string }>({ ...tokenMembers, token: text() })),
  },
  'PATCH /api/v1/tokens/:id': {
    summary: 'Changes an API token; what is not named stays',
    body: readTokenChange,
    answers: json(token),
  },
  'DELETE /api/v1/tokens/:id': { summary: 'Deletes an API token', answers: json(token) },
};
