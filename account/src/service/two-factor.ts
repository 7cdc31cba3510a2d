import { err, type Millis, ok, type Result, SECOND_MS, timestampOf } from '@ewon-agent/contracts';
import { Secret, TOTP } from 'otpauth';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { FIRST_TWO_FACTOR_POLICY, rememberedUntil } from '../core/two-factor.ts';
import type { Credentials, UserRecord } from '../core/users.ts';
import { type House, transactAndTell } from '../house.ts';
import { hashOf } from '../secrets/token-hash.ts';
import type { StoreTx } from '../store/store.ts';
import type { Doing } from './change-state.ts';
import { noteUser, userToChange } from './user-changes.ts';

// Two-factor by codes of an app (RFC 6238: SHA-1, six digits, 30 seconds, what every app takes) and by recovery codes.

/** What a user shows beside his password. */
export type Proof = {
  /** Six digits of an app, or a recovery code. */
  readonly code?: string;
  /** Token of a PC that is remembered. */
  readonly rememberedPc?: string;
};
/** What an app is set up with. */
export type Setup = { readonly secret: string; readonly uri: string };

const STEP_SECONDS = 30;
const DIGITS = 6;
/** RFC 4226 §4: 160 bits are recommended. */
const SECRET_BYTES = 20;
/** RFC 6238 §5.2: a code before and one after, for clocks and slow fingers. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** 80 bits: whoever has the hashes finds none. */
const RECOVERY_BYTES = 10;

/** Asks for what a user must show beside his password. Codes: TWO_FACTOR_NEEDED, TWO_FACTOR_WRONG. */
export async function proveSecondFactor(
  doing: Doing,
  { vault }: Pick<House, 'vault'>,
  user: UserRecord,
  { code, rememberedPc }: Proof,
): Promise<Result<undefined>> {
  const { tx, telling, nowMs } = doing;
  const policy = (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
  const credentials = await tx.credentials(user.userId);
  if (user.twoFactor !== 'on' || !policy.enabled || !credentials?.sealedSecret) return ok(undefined);
  if (rememberedPc !== undefined && policy.rememberPcs && (await isRemembered(tx, user, rememberedPc, nowMs)))
    return ok(undefined);
  if (code === undefined) return err('TWO_FACTOR_NEEDED', user.login);
  const step = stepOf(vault.openBytes(credentials.sealedSecret), code, nowMs);
  if (step !== undefined) {
    if (step <= credentials.lastStep) return err('TWO_FACTOR_WRONG', 'used already');
    await tx.updateCredentials(user.userId, { lastStep: step });
    return ok(undefined);
  }
  if (!(await tx.takeRecoveryCode(user.userId, recoveryHash(user, code)))) return err('TWO_FACTOR_WRONG');
  const left = await tx.countRecoveryCodes(user.userId);
  const event = LOG_TEXTS.recoveryCodeUsed(user.login, left);
  await telling.note(tx, { name: user.login, subject: 'User', event, severity: 'warn' });
  return ok(undefined);
}

/** Makes a secret for an app; it counts when {@link confirmTwoFactor} was given a code of it. Codes: NOT_FOUND, CONFLICT. */
export async function beginTwoFactor(house: House, userId: string): Promise<Result<Setup>> {
  return house.store.transact(async (tx) => {
    const user = await tx.user(userId);
    if (!user) return err('NOT_FOUND', 'user');
    if (user.twoFactor === 'on') return err('CONFLICT', 'it is on; turn it off first');
    const secret = house.random.bytes(SECRET_BYTES);
    await tx.updateCredentials(userId, { sealedNewSecret: house.vault.sealBytes(secret) });
    const issuer = (await tx.account()).name;
    const totp = new TOTP({
      issuer,
      label: user.login,
      digits: DIGITS,
      period: STEP_SECONDS,
      secret: secretOf(secret),
    });
    return ok({ secret: totp.secret.base32, uri: totp.toString() });
  });
}

/** Turns two-factor on. @returns recovery codes, shown this once. Codes: NOT_FOUND, CONFLICT, TWO_FACTOR_WRONG. */
export async function confirmTwoFactor(house: House, userId: string, code: string): Promise<Result<readonly string[]>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = await tx.user(userId);
    const credentials = await tx.credentials(userId);
    if (!user || !credentials) return err('NOT_FOUND', 'user');
    if (user.twoFactor === 'on' || !credentials.sealedNewSecret) return err('CONFLICT', 'nothing is to be confirmed');
    const step = stepOf(house.vault.openBytes(credentials.sealedNewSecret), code, nowMs);
    if (step === undefined) return err('TWO_FACTOR_WRONG');
    const sealedSecret = credentials.sealedNewSecret;
    await tx.updateCredentials(userId, { sealedSecret, sealedNewSecret: null, lastStep: step });
    await tx.updateUser(userId, { twoFactor: 'on', twoFactorSince: timestampOf(nowMs) });
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.twoFactorOn(user.login));
    return ok(await newRecoveryCodes(house, tx, user));
  });
}

/** Makes recovery codes in the place of those there are. Codes: NOT_FOUND, CONFLICT (two-factor is not on). */
export async function renewRecoveryCodes(house: House, userId: string): Promise<Result<readonly string[]>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = await tx.user(userId);
    if (!user) return err('NOT_FOUND', 'user');
    if (user.twoFactor !== 'on') return err('CONFLICT', 'two-factor is not on');
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.recoveryCodesMade(user.login));
    return ok(await newRecoveryCodes(house, tx, user));
  });
}

/**
 * Turns two-factor of a user off, with all that belongs to it; where the policy asks new users for it, he must set it up anew.
 * Codes: NOT_FOUND, NOT_PERMITTED.
 */
export async function endTwoFactor(house: House, userId: string): Promise<Result<UserRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const isOwn = house.person.userId === userId;
    const user = isOwn ? await tx.user(userId) : await userToChange(tx, house.person, userId);
    if (!user) return err('NOT_FOUND', 'user');
    const found = 'ok' in user ? user : ok(user);
    if (!found.ok) return found;
    const policy = (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
    const twoFactor = policy.enabled && policy.forNewUsers ? 'wanted' : 'off';
    await tx.updateUser(userId, { twoFactor, twoFactorSince: null });
    await tx.updateCredentials(userId, { sealedSecret: null, sealedNewSecret: null, lastStep: 0 });
    await tx.setRecoveryCodes(userId, []);
    await tx.forgetPcs(userId);
    await noteUser({ tx, telling, nowMs }, LOG_TEXTS.twoFactorOff(found.value.login));
    return ok({ ...found.value, twoFactor, twoFactorSince: null });
  });
}

async function isRemembered(tx: StoreTx, user: UserRecord, token: string, nowMs: Millis): Promise<boolean> {
  const pc = await tx.rememberedPc(hashOf(token));
  if (pc?.userId !== user.userId || user.twoFactorSince === null) return false;
  const policy = (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
  return nowMs < rememberedUntil(Date.parse(user.twoFactorSince), Date.parse(pc.rememberedAt), policy);
}

/** The time step of a code; undefined when it is none of now. */
function stepOf(secret: Uint8Array, code: string, nowMs: Millis): Credentials['lastStep'] | undefined {
  const token = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const totp = new TOTP({ digits: DIGITS, period: STEP_SECONDS, secret: secretOf(secret) });
  const delta = totp.validate({ token, timestamp: nowMs, window: WINDOW });
  return delta === null ? undefined : Math.floor(nowMs / (STEP_SECONDS * SECOND_MS)) + delta;
}

async function newRecoveryCodes(
  { random }: Pick<House, 'random'>,
  tx: StoreTx,
  user: UserRecord,
): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = secretOf(random.bytes(RECOVERY_BYTES));
    return (base32.toLowerCase().match(/.{4}/g) ?? []).join('-');
  });
  await tx.setRecoveryCodes(
    user.userId,
    codes.map((code) => recoveryHash(user, code)),
  );
  return codes;
}

/** With the user in it, so that one search does not find those of all users. */
function recoveryHash({ userId }: Pick<UserRecord, 'userId'>, code: string): string {
  return hashOf(`${userId} ${code.toLowerCase().replaceAll(/[\s-]/g, '')}`);
}

function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer });
}
