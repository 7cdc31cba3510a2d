import type { Code, Fault } from '@ewon-agent/contracts';
import { TOKEN_LOGIN } from '../../core/users.ts';
import type { House } from '../../house.ts';
import type { Buckets } from '../../service/buckets.ts';
import type { ProvedLately } from '../../service/proved-lately.ts';
import { callerOfSession, proveCaller, type T2mCaller } from '../../service/t2m-callers.ts';
import { demand, type Parameters } from './parameters.ts';
import { type Outcome, REFUSALS } from './refusal.ts';

/** A call, as far as it says who calls. */
export type Call = { readonly method: string; readonly network: string; readonly given: Parameters };

/** What bounds calls of one source network that bring a password. */
export type Bounds = {
  /** Any of them. */
  readonly calls: Buckets;
  /** Those of which the password is hashed; shared with nobody, as at the page. */
  readonly signIns: Buckets;
  /** Of whom it need not be. */
  readonly proved: ProvedLately;
};

/** Given by whoever wrote the script to be told apart from others; nothing hangs on it here, so that its form is all that is looked at. */
const DEVELOPER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As a sign-in of the page takes them. */
const LOGIN_MAX = 100;
const PASSWORD_MAX = 200;

/** Who calls: by a session, or by what is given with each call. */
export async function callerOf(house: House, bounds: Bounds, call: Call): Promise<Outcome<T2mCaller>> {
  const session = call.given.get('t2msession');
  if (session === undefined) return byCredentials(house, bounds, call);
  const developer = developerOf(call.given);
  if (!developer.ok) return developer;
  const caller = await callerOfSession(house, session);
  if (caller.ok) return caller;
  return caller.fault.code === 'TWO_FACTOR_SETUP_NEEDED' ? REFUSALS.twoFactorSetup() : REFUSALS.session(session);
}

/** Who calls, by account, user and password. */
export async function byCredentials(
  house: House,
  { calls, signIns, proved }: Pick<Bounds, 'calls' | 'signIns'> & Partial<Bounds>,
  call: Call,
): Promise<Outcome<T2mCaller>> {
  const { method, network, given } = call;
  const asked = demand(given, 't2maccount', 't2musername', 't2mpassword');
  if (!asked.ok) return asked;
  const developer = developerOf(given);
  if (!developer.ok) return developer;
  const { t2maccount: account, t2musername: login, t2mpassword: password } = asked.value;
  // before it is looked at: what stands in a URL stands in logs of proxies
  if (login === TOKEN_LOGIN && method !== 'POST') return REFUSALS.tokenByGet();
  if (login.length > LOGIN_MAX || password.length > PASSWORD_MAX) return REFUSALS.credentials();
  if (login !== TOKEN_LOGIN && calls.take(network) !== undefined) return REFUSALS.tooMany();
  const mayTry = () => signIns.take(network) === undefined;
  const caller = await proveCaller(house, { account, login, password, network }, { mayTry, ...(proved && { proved }) });
  return caller.ok ? caller : refusalOf(caller.fault);
}

function developerOf(given: Parameters): Outcome<undefined> {
  const asked = demand(given, 't2mdeveloperid');
  if (!asked.ok) return asked;
  return DEVELOPER_ID.test(asked.value.t2mdeveloperid) ? { ok: true, value: undefined } : REFUSALS.developer();
}

/** What is said of a fault; `Invalid credentials` of all that a guesser could learn from. */
const SAID: Partial<Record<Code, () => ReturnType<typeof REFUSALS.credentials>>> = {
  RATE_LIMITED: REFUSALS.tooMany,
  LOCKED_OUT: REFUSALS.lockedOut,
  PASSWORD_EXPIRED: REFUSALS.passwordExpired,
  TWO_FACTOR_NEEDED: REFUSALS.twoFactor,
  TWO_FACTOR_SETUP_NEEDED: REFUSALS.twoFactorSetup,
};

function refusalOf({ code }: Fault) {
  return (SAID[code] ?? REFUSALS.credentials)();
}
