import {
  CONSOLE_SLOT,
  err,
  type Fault,
  fingerprintOf,
  type Grant,
  ok,
  type Result,
  timestampOf,
  toBase64url,
  type WizardRequest,
} from '@ewon-agent/contracts';
import { checkCsr } from '../ca/csr.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { hasPool, poolsWith } from '../core/permissions.ts';
import { NO_GRK, type RegistrationRecord } from '../core/records.ts';
import { isHeldBack } from '../core/two-factor.ts';
import { personOf, type UserRecord } from '../core/users.ts';
import { decideWizard, isMeant } from '../core/wizard.ts';
import { type House, newToken } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import { type Approved, decide, giveIdentity } from './approve.ts';
import { changeState, type Doing } from './change-state.ts';
import { type GrantFacts, standingOf } from './standing.ts';
import { checkPassword } from './users.ts';

/** A request whose signature and form were found good. */
export type WizardAsking = {
  readonly request: WizardRequest;
  readonly publicKey: Uint8Array;
  readonly address: string;
  readonly network: string;
  /** Uses up the nonce of the request. */
  readonly useNonce: (tx: StoreTx) => Promise<boolean>;
};

export type WizardParts = { readonly house: House; readonly facts: GrantFacts };
/** What the device gets, and the last part of its Location. */
export type WizardGrant = { readonly token: string; readonly grant: Grant };

/**
 * Has a user add an Ewon. A request id of the same key that was answered before gets the same answer again, without a password:
 * the answer may have been lost, and the key shows who asks.
 * Codes: BAD_NONCE (used before), BAD_REQUEST (CSR), BAD_SIGNATURE (CSR), REQUEST_REUSED, NOT_FOUND (what became of it was asked, and it
 * never came), SIGN_IN_FAILED, LOCKED_OUT, PASSWORD_EXPIRED, TWO_FACTOR_*, NOT_PERMITTED, NAME_TAKEN, SERIAL_ACTIVE, UPLINK_UNREACHABLE, and what ended the link since.
 */
export async function joinByWizard(parts: WizardParts, asking: WizardAsking): Promise<Result<WizardGrant>> {
  const { house } = parts;
  const { request, publicKey } = asking;
  const csr = await checkCsr(request.csr, publicKey);
  const before = await house.store.transact(async (tx) => {
    if (!(await asking.useNonce(tx))) return err('BAD_NONCE');
    return ok({ account: await tx.account(), record: await tx.registrationByRequestId(request.requestId) });
  });
  if (!before.ok) return before;
  if (!csr.ok) return csr;
  const { account, record } = before.value;
  if (record) return answered(parts, record, publicKey);
  if (request.password === undefined) return err('NOT_FOUND', 'wizard');
  if (!isMeant(request.account, account)) return err('SIGN_IN_FAILED', `this is not account ${request.account}`);
  const { user: login, password, code } = request;
  const user = await checkPassword(house, { login, password, network: asking.network, ...(code && { code }) });
  if (!user.ok) return user;
  const policy = await house.store.transact((tx) => tx.document('twoFactorPolicy'));
  if (isHeldBack(user.value.twoFactor, policy)) return err('TWO_FACTOR_SETUP_NEEDED');
  const made = await giveIdentity(house, true, (doing, deviceId) => added(house, doing, asking, deviceId, user.value));
  if (!made.ok) return made;
  const known = await house.store.transact((tx) => tx.registrationByRequestId(request.requestId));
  return known ? answered(parts, known, publicKey) : err('NOT_FOUND', 'registration');
}

async function answered(
  { house, facts }: WizardParts,
  record: RegistrationRecord,
  publicKey: Uint8Array,
): Promise<Result<WizardGrant>> {
  if (record.publicKey !== toBase64url(publicKey)) return err('REQUEST_REUSED');
  const standing = await standingOf(house, record.registrationId, facts);
  if (!standing.ok) return standing;
  if (standing.value.is === 'over') return { ok: false, fault: standing.value.fault };
  // a request with a key has another answer, at another door
  if (standing.value.is === 'pending') return err('REQUEST_REUSED');
  return ok({ token: record.token, grant: standing.value.answer });
}

async function added(
  house: House,
  doing: Doing,
  asking: WizardAsking,
  deviceId: NonNullable<RegistrationRecord['deviceId']>,
  user: UserRecord,
): Promise<Result<Approved>> {
  const { tx, nowMs } = doing;
  const { request } = asking;
  const { serial } = request.device;
  const publicKey = toBase64url(asking.publicKey);
  // the same request twice at once: the other one was first
  if (await tx.registrationByRequestId(request.requestId)) return err('CONFLICT', 'asked twice at once');
  const { autoRegistrationPool: pool } = await tx.account();
  const person = personOf(user, await tx.groupsOf(user.userId), await tx.groups());
  const named = await tx.ewonByName(request.name);
  const pools = poolsWith(person.grants, 'registrations.decide');
  // one that had the name already keeps its pool
  const isPermitted = hasPool(pools, named?.publicKey === publicKey ? named.pool : pool);
  const decision = decideWizard(
    {
      ...{ publicKey, isPermitted, pool },
      ewons: [...(await tx.ewons({ serial })), ...(await tx.ewons({ publicKey }))],
      named,
    },
    request.name,
  );
  if (decision.do === 'refuse') {
    await refused(house, doing, { serial, user: user.login, fault: decision.fault });
    return { ok: false, fault: decision.fault };
  }
  const waiting = await tx.pendingOfKey(publicKey);
  if (waiting) await changeState(doing, waiting, 'void', LOG_TEXTS.superseded(serial));
  const { device, csr, requestId, name } = request;
  const record: RegistrationRecord = {
    ...{ registrationId: newToken(house.random), token: newToken(house.random), requestId, publicKey },
    ...{ fingerprint: fingerprintOf(asking.publicKey), ...device, note: '', csr },
    evidence: { slot: CONSOLE_SLOT, t2mSha256: '' },
    ...{ address: asking.address, network: asking.network, grkId: NO_GRK, state: 'pending', replaces: null },
    ...{
      pool,
      createdAt: timestampOf(nowMs),
      decidedAt: null,
      deviceId: null,
    },
  };
  await tx.insertRegistration(record);
  const order = decision.do === 'replace' ? decision : { do: 'approve' as const, properties: { name } };
  const event = LOG_TEXTS.joined(serial, name, user.login);
  return decide(house, doing, record, deviceId, order, { event, name });
}

/** A user who tries one name after the other does not fill the log. */
async function refused(
  house: House,
  { tx, telling }: Doing,
  { serial, user, fault: { code } }: { readonly serial: string; readonly user: string; readonly fault: Fault },
): Promise<void> {
  if (house.refusalLines.take(`${user} ${code}`) !== undefined) return;
  const event = LOG_TEXTS.joinRefused(serial, user, code);
  await telling.note(tx, { name: serial, subject: 'Ewon', event, severity: 'error', code });
}
