import { err, fingerprintOf, type MoveRequest, ok, type Result, timestampOf, toBase64url } from '@ewon-agent/contracts';
import { checkCsr } from '../../ca/csr.ts';
import {
  type ImportedEwon,
  type ImportRecord,
  isExpected,
  judgeComing,
  numberedName,
} from '../../core/imports/imports.ts';
import { LOG_TEXTS } from '../../core/log-lines.ts';
import { type EwonRecord, NO_GRK, type RegistrationRecord } from '../../core/records.ts';
import { type House, newToken } from '../../house.ts';
import type { StoreTx } from '../../store/store.ts';
import { type Approved, decide, giveIdentity } from '../approve.ts';
import { changeState, type Doing } from '../change-state.ts';
import { type GrantFacts, standingOf } from '../standing.ts';
import type { WizardGrant } from '../wizard.ts';

// An Ewon that another account has ordered to come here, and that an import of this one expects.

/** A request whose signature and form were found good. */
export type Coming = {
  readonly request: MoveRequest;
  readonly publicKey: Uint8Array;
  readonly address: string;
  readonly network: string;
  /** Uses up the nonce of the request. */
  readonly useNonce: (tx: StoreTx) => Promise<boolean>;
};
type Parts = { readonly house: House; readonly facts: GrantFacts };

/** Stands where a card was in a slot. */
const BY_IMPORT = 'import' as RegistrationRecord['evidence']['slot'];

/**
 * Lets an expected Ewon in, by its key alone. One that has moved gets the same answer again, as often as it asks: the answer may
 * have been lost.
 * Codes: BAD_NONCE (used before), BAD_REQUEST and BAD_SIGNATURE (CSR), REQUEST_REUSED, MOVE_UNKNOWN, SERIAL_ACTIVE,
 * UPLINK_UNREACHABLE (the broker), and what ended the link since.
 */
export async function moveIn(parts: Parts, coming: Coming): Promise<Result<WizardGrant>> {
  const { house } = parts;
  const { request } = coming;
  const publicKey = toBase64url(coming.publicKey);
  const csr = await checkCsr(request.csr, coming.publicKey);
  const before = await house.store.transact(async (tx) => {
    if (!(await coming.useNonce(tx))) return err('BAD_NONCE');
    const known = await tx.registrationByRequestId(request.requestId);
    return ok({ known, found: await find(tx, request.move, publicKey) });
  });
  if (!before.ok) return before;
  if (!csr.ok) return csr;
  const { known, found } = before.value;
  if (known && known.publicKey !== publicKey) return err('REQUEST_REUSED');
  if (found?.ewon.deviceId) return answered(parts, found.ewon.deviceId);
  // before the broker is told of anybody
  if (!found || !isExpected(found.record, found.ewon)) return err('MOVE_UNKNOWN');
  const made = await giveIdentity(house, true, (doing, deviceId) => admitted(house, doing, coming, deviceId));
  if (made.ok) return answered(parts, made.value.deviceId);
  if (made.fault.code !== 'CONFLICT') return made;
  // the same request twice at once: the other one was first
  const first = await house.store.transact((tx) => find(tx, request.move, publicKey));
  return first?.ewon.deviceId ? answered(parts, first.ewon.deviceId) : made;
}

type Found = { readonly record: ImportRecord; readonly ewon: ImportedEwon };

async function find(tx: StoreTx, importId: string, publicKey: string): Promise<Found | undefined> {
  const record = await tx.import(importId);
  const ewon = record && (await tx.importedEwon(importId, publicKey));
  return ewon && { record, ewon };
}

async function answered({ house, facts }: Parts, deviceId: EwonRecord['deviceId']): Promise<Result<WizardGrant>> {
  const record = await house.store.transact(async (tx) => {
    const ewon = await tx.ewon(deviceId);
    return ewon && tx.registration(ewon.registrationId);
  });
  if (!record) return err('UNLINKED');
  const standing = await standingOf(house, record.registrationId, facts);
  if (!standing.ok) return standing;
  if (standing.value.is === 'over') return { ok: false, fault: standing.value.fault };
  if (standing.value.is === 'pending') throw new Error('this is a bug: an Ewon whose registration is pending');
  return ok({ token: record.token, grant: standing.value.answer });
}

async function admitted(
  house: House,
  doing: Doing,
  coming: Coming,
  deviceId: EwonRecord['deviceId'],
): Promise<Result<Approved>> {
  const { tx, telling, nowMs } = doing;
  const { device, csr, requestId, move } = coming.request;
  const { serial } = device;
  const publicKey = toBase64url(coming.publicKey);
  const found = await find(tx, move, publicKey);
  if (found?.ewon.deviceId) return err('CONFLICT', 'asked twice at once');
  const isAwaited = found && isExpected(found.record, found.ewon);
  const ewons = [...(await tx.ewons({ serial })), ...(await tx.ewons({ publicKey }))];
  const fault = judgeComing({ publicKey, serial, expected: isAwaited ? found.ewon : undefined, ewons });
  if (fault || !found) {
    const { code } = fault ?? err('MOVE_UNKNOWN').fault;
    const isSaid = found && house.refusalLines.take(`move ${publicKey} ${code}`) === undefined;
    const event = LOG_TEXTS.moveRefused(serial, code);
    if (isSaid) await telling.note(tx, { name: serial, subject: 'Ewon', event, severity: 'error', code });
    return { ok: false, fault: fault ?? err('MOVE_UNKNOWN').fault };
  }
  const { record: imported, ewon: expected } = found;
  const { name, before } = await nameFor(tx, expected);
  const account = await tx.account();
  const pool = (await tx.pools()).includes(imported.pool) ? imported.pool : account.autoRegistrationPool;
  const waiting = await tx.pendingOfKey(publicKey);
  if (waiting) await changeState(doing, waiting, 'void', LOG_TEXTS.superseded(serial));
  const record: RegistrationRecord = {
    ...{ registrationId: newToken(house.random), token: newToken(house.random), requestId, publicKey },
    ...{ fingerprint: fingerprintOf(coming.publicKey), ...device, note: '', csr },
    evidence: { slot: BY_IMPORT, t2mSha256: '' },
    ...{ address: coming.address, network: coming.network, grkId: NO_GRK, state: 'pending', replaces: null, pool },
    ...{ createdAt: timestampOf(nowMs), decidedAt: null, deviceId: null },
  };
  await tx.insertRegistration(record);
  const order = before
    ? { do: 'replace' as const, deviceId: before }
    : { do: 'approve' as const, properties: { name, pool } };
  const event = LOG_TEXTS.movedIn(name, imported.source.name);
  const done = await decide(house, doing, record, deviceId, order, { event, name });
  if (done.ok) await tx.keepImportedEwons(move, [{ ...expected, name, state: 'moved', deviceId }]);
  return done;
}

/**
 * The name that was agreed. Somebody may have taken it since: then one with a number, which the log and the import say; to refuse
 * the Ewon for it would leave a machine without its gateway.
 * @returns `before`: the Ewon of this very key that has the name still
 */
async function nameFor(
  tx: StoreTx,
  { name: agreed, publicKey }: ImportedEwon,
): Promise<{ readonly name: string; readonly before?: EwonRecord['deviceId'] }> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? agreed : numberedName(agreed, n);
    const named = await tx.ewonByName(name);
    if (!named) return { name };
    if (named.publicKey === publicKey) return { name, before: named.deviceId };
  }
}
