import { type Code, err, MINUTE_MS, ok, printable, type Result, timestampOf, toBase64url } from '@ewon-agent/contracts';
import { countTry, FAILURES_MAX, lockedUntil, takeBackTry, triesName } from '../core/lock-out.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { preparedPassword } from '../core/password-policy.ts';
import type { UserRecord } from '../core/users.ts';
import { type House, transactAndTell } from '../house.ts';
import { isSame } from '../secrets/token-hash.ts';
import type { StoreTx } from '../store/store.ts';
import type { Doing } from './change-state.ts';
import { type Proof, proveSecondFactor } from './two-factor.ts';
import { usedBefore } from './user-changes.ts';

// How a user proves that he is one. Each try is counted before the password is looked at; what succeeds takes it back.

/** What somebody shows who says that he is a user. */
export type Claim = Proof & {
  readonly login: string;
  readonly password: string;
  /** Source network, as http/source-network.ts names it. */
  readonly network: string;
  /** In the place of one that has expired; how it is set is not done here. */
  readonly newPassword?: string | undefined;
};
/** A user who proved himself. `expired`: with a password in the place of which he brought a new one. */
export type Proved = { readonly user: UserRecord; readonly password: 'good' | 'expired' };
type UsersHouse = Pick<House, 'store' | 'bus' | 'clock' | 'log' | 'random' | 'vault' | 'passwords' | 'refusalLines'>;

/**
 * Checks who somebody is, for a single request. A login that there is not costs the same time as a wrong password.
 * Codes: SIGN_IN_FAILED, LOCKED_OUT, PASSWORD_EXPIRED, TWO_FACTOR_NEEDED, TWO_FACTOR_WRONG.
 */
export async function checkPassword(house: UsersHouse, claim: Claim): Promise<Result<UserRecord>> {
  const proved = await proveUser(house, { ...claim, newPassword: undefined });
  return proved.ok ? ok(proved.value.user) : proved;
}

/** As {@link checkPassword}; one who brings a new password is let in with an expired one. The same codes, and PASSWORD_USED_BEFORE. */
export async function proveUser(house: UsersHouse, claim: Claim): Promise<Result<Proved>> {
  const counted = await house.store.transact((tx) => beginTry(tx, claim, house.clock.now()));
  if (!counted.ok) {
    await noteLockedNetwork(house, claim);
    return counted;
  }
  const known = counted.value;
  const salt = known?.salt ?? toBase64url(house.random.bytes(16));
  const hash = await house.passwords.hash(preparedPassword(claim.password), salt);
  // also for a login that there is not: it costs the same
  const newHash = claim.newPassword && (await house.passwords.hash(preparedPassword(claim.newPassword), salt));
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const user = known && (await tx.user(known.userId));
    const credentials = user && (await tx.credentials(user.userId));
    if (!user || !credentials || !isSame(hash, credentials.passwordHash)) {
      await noteFailure(house, { tx, telling, nowMs }, claim, 'SIGN_IN_FAILED');
      return err('SIGN_IN_FAILED');
    }
    const expired = user.passwordExpiresAt !== null && user.passwordExpiresAt <= timestampOf(nowMs);
    if (expired) {
      // before the code, which is good once
      const refused = newHash ? await usedBefore(tx, user, newHash) : err('PASSWORD_EXPIRED', user.login);
      if (refused) {
        await takeBack(tx, claim, 'this try');
        return refused;
      }
    }
    const second = await proveSecondFactor({ tx, telling, nowMs }, house, user, claim);
    // who has the password and shows no code has not guessed anything; who shows a wrong one has
    if (!second.ok && second.fault.code !== 'TWO_FACTOR_NEEDED') {
      await noteFailure(house, { tx, telling, nowMs }, claim, second.fault.code);
      return second;
    }
    await takeBack(tx, claim, second.ok ? 'all of the user' : 'this try');
    if (!second.ok) return second;
    return ok({ user, password: expired ? ('expired' as const) : ('good' as const) });
  });
}

type Known = { readonly userId: string; readonly salt: string };

async function beginTry(tx: StoreTx, claim: Claim, nowMs: number): Promise<Result<Known | undefined>> {
  const counted: [string, NonNullable<ReturnType<typeof countTry>>][] = [];
  for (const kind of ['user', 'network'] as const) {
    const who = triesName(kind, claim);
    const before = await tx.triesOf(who);
    const tries = countTry(before, nowMs);
    if (!tries) {
      const minutes = Math.ceil(((lockedUntil(before, nowMs) ?? nowMs) - nowMs) / MINUTE_MS);
      return err('LOCKED_OUT', `${kind}, for ${minutes} more minutes`);
    }
    counted.push([who, tries]);
  }
  for (const [who, tries] of counted) await tx.keepTries(who, tries);
  const user = await tx.userByLogin(claim.login);
  const credentials = user && (await tx.credentials(user.userId));
  return ok(credentials && { userId: user.userId, salt: credentials.salt });
}

/**
 * Says that a try failed; not each of a flood, but always that it locks the user out.
 * @param code of the line: a wrong code tells that somebody has the password
 */
async function noteFailure(
  { refusalLines }: Pick<UsersHouse, 'refusalLines'>,
  { tx, telling, nowMs }: Doing,
  claim: Pick<Claim, 'login' | 'network'>,
  code: Code,
): Promise<void> {
  const locked = lockedUntil(await tx.triesOf(triesName('user', claim)), nowMs) !== undefined;
  if (!locked && refusalLines.take(`sign-in ${claim.network}`) !== undefined) return;
  const login = printable(claim.login, 60);
  await telling.note(tx, {
    ...{ name: login, subject: 'User', severity: 'warn', code: locked ? 'LOCKED_OUT' : code },
    event: locked ? LOG_TEXTS.lockedOut(login, FAILURES_MAX) : LOG_TEXTS.signInFailed(login, claim.network),
  });
}

/** Says that a network is locked out, as seldom as other refusals of it; a user's own lock-out is said when it begins. */
async function noteLockedNetwork(house: UsersHouse, { network }: Pick<Claim, 'network'>): Promise<void> {
  await transactAndTell(house, async (tx, telling, nowMs) => {
    const tries = await tx.triesOf(triesName('network', { login: '', network }));
    if (lockedUntil(tries, nowMs) === undefined) return;
    if (house.refusalLines.take(`locked out ${network}`) !== undefined) return;
    const event = LOG_TEXTS.networkLockedOut(network, FAILURES_MAX);
    await telling.note(tx, { name: network, subject: 'User', severity: 'warn', code: 'LOCKED_OUT', event });
  });
}

/** Only who proved himself in full has the failed tries of the user forgotten: who has but the password guesses codes. */
async function takeBack(tx: StoreTx, claim: Claim, what: 'this try' | 'all of the user'): Promise<void> {
  for (const kind of ['user', 'network'] as const) {
    const who = triesName(kind, claim);
    const tries = await tx.triesOf(who);
    const left = tries && (kind === 'network' || what === 'this try') ? takeBackTry(tries) : undefined;
    if (left) await tx.keepTries(who, left);
    else await tx.forgetTries(who);
  }
}

/**
 * Checks the password of a user who is signed in, before he does what must not be done at an unlocked screen. It counts as a try.
 * Codes: SIGN_IN_FAILED, LOCKED_OUT.
 */
export async function checkOwnPassword(
  house: UsersHouse,
  userId: string,
  { password, network }: Pick<Claim, 'password' | 'network'>,
): Promise<Result<undefined>> {
  const known = await house.store.transact(async (tx) => {
    const user = await tx.user(userId);
    const credentials = await tx.credentials(userId);
    if (!user || !credentials) return err('SIGN_IN_FAILED');
    const claim = { login: user.login, password, network };
    const counted = await beginTry(tx, claim, house.clock.now());
    return counted.ok ? ok({ claim, credentials }) : counted;
  });
  if (!known.ok) {
    await noteLockedNetwork(house, { network });
    return known;
  }
  const { claim, credentials } = known.value;
  const hash = await house.passwords.hash(preparedPassword(password), credentials.salt);
  return transactAndTell(house, async (tx, telling, nowMs) => {
    if (!isSame(hash, credentials.passwordHash)) {
      await noteFailure(house, { tx, telling, nowMs }, claim, 'SIGN_IN_FAILED');
      return err('SIGN_IN_FAILED');
    }
    await takeBack(tx, claim, 'all of the user');
    return ok(undefined);
  });
}
