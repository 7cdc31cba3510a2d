import type { Code, Fault } from '@ewon-agent/contracts';
import { TOKEN_LOGIN } from '../../core/users.ts';
import type { House } from '../../house.ts';
import type { Buckets } from '../../service/buckets.ts';
import { callerOfSession, proveCaller, type T2mCaller } from '../../service/t2m-callers.ts';
import { demand, type Parameters } from './parameters.ts';
import { type Outcome, REFUSALS } from './refusal.ts';

/** A call, as far as it says who calls. */
export type Call = { readonly method: string; readonly network: string; readonly given: Parameters };

/** Given by whoever wrote the script to be told apart from others; nothing hangs on it here, so that its form is all that is looked at. */
const DEVELOPER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As a sign-in of the page takes them. */
const LOGIN_MAX = 100;
const PASSWORD_MAX = 200;

/** Who calls: by a session, or by what is given with each call. */
export async function callerOf(house: House, signIns: Buckets, call: Call): Promise<Outcome<T2mCaller>> {
  const session = call.given.get('t2msession');
  if (session === undefined) return byCredentials(house, signIns, call);
  const developer = developerOf(call.given);
  if (!developer.ok) return developer;
  const caller = await callerOfSession(house, session);
  if (caller.ok) return caller;
  return caller.fault.code === 'TWO_FACTOR_SETUP_NEEDED' ? REFUSALS.twoFactorSetup() : REFUSALS.session(session);
}

/** Who calls, by account, user and password. Each try costs as much as a sign-in of the page, and counts as one. */
export async function byCredentials(house: House, signIns: Buckets, call: Call): Promise<Outcome<T2mCaller>> {
  const { method, network, given } = call;
  const asked = demand(given, 't2maccount', 't2musername', 't2mpassword');
  if (!asked.ok) return asked;
  const developer = developerOf(given);
  if (!developer.ok) return developer;
  const { t2maccount: account, t2musername: login, t2mpassword: password } = asked.value;
  // before it is looked at: what stands in a URL stands in logs of proxies
  if (login === TOKEN_LOGIN && method !== 'POST') return REFUSALS.tokenByGet();
  if (login.length > LOGIN_MAX || password.length > PASSWORD_MAX) return REFUSALS.credentials();
  if (login !== TOKEN_LOGIN && signIns.take(network) !== undefined) return REFUSALS.tooMany();
  const caller = await proveCaller(house, { account, login, password, network });
  return caller.ok ? caller : refusalOf(caller.fault);
}

function developerOf(given: Parameters): Outcome<undefined> {
  const asked = demand(given, 't2mdeveloperid');
  if (!asked.ok) return asked;
  return DEVELOPER_ID.test(asked.value.t2mdeveloperid) ? { ok: true, value: undefined } : REFUSALS.developer();
}

/** What is said of a fault; `Invalid credentials` of all that a guesser could learn from. */
const SAID: Partial<Record<Code, () => ReturnType<typeof REFUSALS.credentials>>> = {
  LOCKED_OUT: REFUSALS.lockedOut,
  PASSWORD_EXPIRED: REFUSALS.passwordExpired,
  TWO_FACTOR_NEEDED: REFUSALS.twoFactor,
  TWO_FACTOR_SETUP_NEEDED: REFUSALS.twoFactorSetup,
};

function refusalOf({ code }: Fault) {
  return (SAID[code] ?? REFUSALS.credentials)();
}
