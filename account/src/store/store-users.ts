import type { Timestamp } from '@ewon-agent/contracts';
import type { Tries } from '../core/lock-out.ts';
import type { PasswordPolicy } from '../core/password-policy.ts';
import type { ReplacementRecord } from '../core/records.ts';
import type { TwoFactorPolicy } from '../core/two-factor.ts';
import type {
  ApiTokenRecord,
  ContactRecord,
  Credentials,
  GroupRecord,
  RememberedPc,
  UserRecord,
  UserSession,
} from '../core/users.ts';
import type { LogKept } from './lists.ts';

// The areas of the store that are about people: see store.ts.

/** Obligation: a login is there once, whatever its letters' case; a second `insert` of it rejects. */
export type UsersArea = {
  /** By their login. */
  users(): Promise<readonly UserRecord[]>;
  user(userId: string): Promise<UserRecord | undefined>;
  userByLogin(login: string): Promise<UserRecord | undefined>;
  insertUser(record: UserRecord, credentials: Credentials): Promise<void>;
  updateUser(userId: string, patch: Partial<Omit<UserRecord, 'userId' | 'createdAt'>>): Promise<void>;
  /** Removes a user with all that is his: sessions, memberships, remembered PCs, codes, old passwords. */
  removeUser(userId: string): Promise<void>;
  credentials(userId: string): Promise<Credentials | undefined>;
  updateCredentials(userId: string, patch: Partial<Omit<Credentials, 'salt'>>): Promise<void>;
  /** Hashes of the passwords a user had, newest first, the present one too. */
  passwordsOf(userId: string): Promise<readonly string[]>;
  /** Adds the newest, and forgets all but so many. */
  addPassword(userId: string, passwordHash: string, keep: number): Promise<void>;
  /** Puts these in the place of the recovery codes of a user. */
  setRecoveryCodes(userId: string, codeHashes: readonly string[]): Promise<void>;
  countRecoveryCodes(userId: string): Promise<number>;
  /** @returns false when there is none of this, or it was taken before */
  takeRecoveryCode(userId: string, codeHash: string): Promise<boolean>;
};

/** Obligation: of one name there is one group; a second `insert` of it rejects. Administrators have no row. */
export type GroupsArea = {
  /** By their name. */
  groups(): Promise<readonly GroupRecord[]>;
  insertGroup(record: GroupRecord): Promise<void>;
  updateGroup(groupId: string, patch: Partial<Pick<GroupRecord, 'name' | 'permissions' | 'pools'>>): Promise<void>;
  removeGroup(groupId: string): Promise<void>;
  /** Who is in which group. */
  members(): Promise<readonly { readonly userId: string; readonly groupId: string }[]>;
  groupsOf(userId: string): Promise<readonly string[]>;
  setGroupsOf(userId: string, groupIds: readonly string[]): Promise<void>;
};

export type SignInArea = {
  /** @param who a user or a network, in the words of who counts */
  triesOf(who: string): Promise<Tries | undefined>;
  /** Those with so many failures, the last of which was since then. By their name. */
  manyTries(failures: number, sinceMs: number): Promise<readonly (Tries & { readonly who: string })[]>;
  keepTries(who: string, tries: Tries): Promise<void>;
  forgetTries(who: string): Promise<void>;
  /** Forgets tries of which the last was before. */
  pruneTries(lastBeforeMs: number): Promise<void>;
  addUserSession(session: UserSession): Promise<void>;
  userSession(sessionHash: string, now: Timestamp): Promise<UserSession | undefined>;
  /** Those of a user that are not over, the newest first. */
  userSessions(userId: string, now: Timestamp): Promise<readonly UserSession[]>;
  endUserSession(sessionHash: string): Promise<void>;
  /** Ends all sessions of a user but this one. */
  endUserSessions(userId: string, butHash?: string): Promise<void>;
  pruneUserSessions(now: Timestamp): Promise<void>;
  rememberPc(pc: RememberedPc): Promise<void>;
  rememberedPc(tokenHash: string): Promise<RememberedPc | undefined>;
  forgetPcs(userId: string): Promise<void>;
  /** Forgets PCs that were remembered before. */
  prunePcs(rememberedBefore: Timestamp): Promise<void>;
};

export type TokensArea = {
  /** In the order they were made. */
  apiTokens(): Promise<readonly ApiTokenRecord[]>;
  apiTokenOf(tokenHash: string): Promise<ApiTokenRecord | undefined>;
  insertApiToken(record: ApiTokenRecord): Promise<void>;
  updateApiToken(
    tokenId: string,
    patch: Partial<Pick<ApiTokenRecord, 'name' | 'permissions' | 'pools' | 'apis' | 'usedAt'>>,
  ): Promise<void>;
  removeApiToken(tokenId: string): Promise<void>;
};

/**
 * Numbers by which scripts of Talk2M's API know Ewons and pools. Obligation: what has been given a number keeps it, and no other is given it,
 * also when it is gone.
 */
export type NumbersArea = {
  /** The number of each of these; gives one to what has none. */
  numbersOf(whats: readonly string[]): Promise<ReadonlyMap<string, number>>;
  whatOf(number: number): Promise<string | undefined>;
  /** Takes its number from what is gone and may come again as another. */
  retireNumber(what: string): Promise<void>;
  /** Which Ewon stands in the place of which, as far as that was not undone. */
  standingReplacements(): Promise<readonly Pick<ReplacementRecord, 'deviceId' | 'replacedId'>[]>;
};

/** What is told about an account as a whole. */
export type AccountAbout = {
  readonly company: string;
  readonly address: string;
  readonly reference: string;
  readonly ewonFields: readonly [string, string, string];
  readonly userFields: readonly [string, string, string];
};

/** Documents of an account; undefined where none was set. */
export type Documents = {
  passwordPolicy: PasswordPolicy;
  twoFactorPolicy: TwoFactorPolicy;
  about: AccountAbout;
  /** Once somebody has said; without the days of an audit where that was long ago. */
  logKept: Omit<LogKept, 'auditDays'> & Partial<LogKept>;
};

export type AboutArea = {
  document<D extends keyof Documents>(name: D): Promise<Documents[D] | undefined>;
  setDocument<D extends keyof Documents>(name: D, value: Documents[D]): Promise<void>;
  /** By their name. */
  contacts(): Promise<readonly ContactRecord[]>;
  keepContact(record: ContactRecord): Promise<void>;
  removeContact(contactId: string): Promise<void>;
};
