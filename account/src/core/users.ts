import type { Timestamp } from '@ewon-agent/contracts';
import { EVERYTHING, type GivenPermission, type Grant, type Pools } from './permissions.ts';

/** A person who may sign in by password. */
export type UserRecord = {
  readonly userId: string;
  /** As it is shown; two that differ in small and capital letters alone are one. */
  readonly login: string;
  readonly fullName: string;
  readonly email: string;
  readonly customFields: readonly [string, string, string];
  /** `wanted`: he must set it up before he may do anything else. */
  readonly twoFactor: 'off' | 'wanted' | 'on';
  /** When he turned it on; what is remembered of his PCs is counted from then. */
  readonly twoFactorSince: Timestamp | null;
  readonly passwordSetAt: Timestamp;
  /** By the policy of the day it was set. */
  readonly passwordExpiresAt: Timestamp | null;
  readonly createdAt: Timestamp;
  readonly signedInAt: Timestamp | null;
};

/** What a user proves himself with. Never leaves the server. */
export type Credentials = {
  /** One for all passwords of this user, so that a new one is compared with hundreds of old ones by one hash. */
  readonly salt: string;
  readonly passwordHash: string;
  /** Secret of the codes, sealed; see secrets/vault.ts. */
  readonly sealedSecret: string | null;
  /** Secret that was shown and not confirmed by a code yet. */
  readonly sealedNewSecret: string | null;
  /** Time step of the last code that was taken: it, and those before, are good no more. */
  readonly lastStep: number;
};

/** Users who may do the same. A user may be in several. */
export type GroupRecord = {
  readonly groupId: string;
  readonly name: string;
  readonly permissions: readonly GivenPermission[];
  readonly pools: Pools;
  readonly createdAt: Timestamp;
};

/** The group that is always there and may everything; it has no row of its own. */
export const ADMINISTRATORS = 'administrators';
export const ADMINISTRATORS_NAME = 'Administrators';

/** Who does something: by whose name the log says it, and what he may. */
export type Person = {
  readonly name: string;
  /** Undefined: whoever holds the machine itself (one-time link, STATE/admin-token), or a token. */
  readonly userId?: string;
  readonly isAdministrator: boolean;
  readonly grants: readonly Grant[];
};

/** Whoever holds the machine of the server itself. */
export const HOLDER: Person = { name: 'administrator', isAdministrator: true, grants: [EVERYTHING] };

/** What a user may, by his groups. @param groups of which some id may be gone */
export function personOf(
  { userId, login }: Pick<UserRecord, 'userId' | 'login'>,
  groupIds: readonly string[],
  groups: readonly GroupRecord[],
): Person {
  const isAdministrator = groupIds.includes(ADMINISTRATORS);
  const grants = isAdministrator ? [EVERYTHING] : groups.filter(({ groupId }) => groupIds.includes(groupId));
  return { name: login, userId, isAdministrator, grants };
}

/** The form of a login by which users are told apart. */
export function loginKey(login: string): string {
  return login.normalize('NFKC').toLowerCase();
}

/** Login under which a token is given in the place of a password (Ecatcher online help, "Talk2M API"). */
export const TOKEN_LOGIN = 't2m-api-token';

/** Tells whether a login is the name of somebody else: in the log, or for scripts. */
export function isReserved(login: string): boolean {
  return [HOLDER.name, TOKEN_LOGIN].includes(loginKey(login));
}

/** Tells whether a user is in Administrators, and nobody else is. All who are in it can sign in: a user has a password. */
export function isLastAdministrator(
  userId: string,
  members: readonly { readonly userId: string; readonly groupId: string }[],
): boolean {
  const ids = members.filter(({ groupId }) => groupId === ADMINISTRATORS).map((member) => member.userId);
  return ids.length === 1 && ids[0] === userId;
}

/** A session of a user. */
export type UserSession = {
  readonly sessionHash: string;
  readonly userId: string;
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp;
  readonly network: string;
  /** What the browser says it is. */
  readonly browser: string;
};

/** A PC on which a user is not asked for a code. */
export type RememberedPc = { readonly tokenHash: string; readonly userId: string; readonly rememberedAt: Timestamp };

/** What a token may be used for: `/t2mapi/`, and `/api/v1/`. Nothing answers DMWeb here yet. */
export const TOKEN_APIS = ['M2Web', 'DMWeb', 'admin'] as const;
export type TokenApi = (typeof TOKEN_APIS)[number];

/** A token of the API. The token itself is shown once and not kept. */
export type ApiTokenRecord = {
  readonly tokenId: string;
  readonly name: string;
  readonly prefix: string;
  readonly tokenHash: string;
  readonly permissions: readonly GivenPermission[];
  readonly pools: Pools;
  readonly apis: readonly TokenApi[];
  readonly createdBy: string;
  readonly createdAt: Timestamp;
  readonly usedAt: Timestamp | null;
};

/** What a program with this token may. */
export function personOfToken(token: Pick<ApiTokenRecord, 'name' | 'permissions' | 'pools'>): Person {
  return { name: `API token ${token.name}`, isAdministrator: false, grants: [token] };
}

/** Who gets announcements of maintenance. */
export type ContactRecord = {
  readonly contactId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
};

/** Tells whether announcements reach somebody. */
export function isReachable({ email, phone }: Pick<ContactRecord, 'email' | 'phone'>): boolean {
  return email !== '' || phone.trim() !== '';
}
