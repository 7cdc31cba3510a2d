import {
  type DeviceId,
  deviceIdFrom,
  err,
  type Fault,
  fromBase64url,
  ok,
  type Result,
  timestampOf,
} from '@ewon-agent/contracts';
import { decideApproval, judgeReplaced } from '../core/approval.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { EwonLink, EwonProperties, EwonRecord, GrkRecord, RegistrationRecord } from '../core/records.ts';
import { isUsedUp } from '../core/registration.ts';
import { type House, removeAtBroker, transactAndTell } from '../house.ts';
import { ewonView } from '../http/views.ts';
import type { StoreTx } from '../store/store.ts';
import { changeState, type Doing } from './change-state.ts';
import { endCommandsOf } from './commands.ts';
import { ewonRow } from './ewon-row.ts';
import { forgetPlace } from './places.ts';
import { tellOrders } from './policy.ts';
import { keepReplacement } from './replacement.ts';

/** What a person ordered: an identity of its own, or the place of another Ewon. */
export type ApprovalOrder =
  | { readonly do: 'approve'; readonly properties: Partial<EwonProperties> }
  | { readonly do: 'replace'; readonly deviceId: DeviceId };

/**
 * Carries out an approval. The broker admits the new device before the grant can be seen, so that a device which
 * connects at once is let in; when the approval then fails, it is revoked again.
 * Codes: NOT_FOUND, CONFLICT, NAME_TAKEN, PENDING_EXPIRED, UPLINK_UNREACHABLE (the broker; nothing was done).
 */
export async function approve(house: House, registrationId: string, order: ApprovalOrder): Promise<Result<EwonRecord>> {
  const asked = await house.store.transact((tx) => tx.registration(registrationId));
  if (!asked) return err('NOT_FOUND', 'registration');
  return giveIdentity(house, asked.state === 'pending', (doing, deviceId) =>
    decide(house, doing, asked, deviceId, order),
  );
}

/** What approvals before this one would have given away, were they done: names, and uses of each key. */
export type GivenBefore = { readonly names: ReadonlySet<string>; readonly uses: ReadonlyMap<string, number> };
const NOTHING: GivenBefore = { names: new Set(), uses: new Map() };

/**
 * Tells what an Ewon would be called, and where it would go, if it were approved with these properties. Changes nothing.
 * @param before as many others of its list were approved
 * Codes: those of {@link approve} but the broker's.
 */
export async function tryApproval(
  house: House,
  registrationId: string,
  given: Partial<EwonProperties>,
  before = NOTHING,
): Promise<Result<EwonProperties>> {
  return house.store.transact(async (tx) => {
    const record = await tx.registration(registrationId);
    if (!record) return err('NOT_FOUND', 'registration');
    const { fault } = decideApproval(record, 'approve', house.clock.now());
    if (fault) return { ok: false, fault };
    const grk = await tx.grkOfRequest(record.grkId);
    if (isUsedUp(grk, before.uses.get(record.grkId) ?? 0)) return usedUp(grk, record);
    const properties = await propertiesFor(tx, record, given, before.names);
    return 'code' in properties ? { ok: false, fault: properties } : ok(properties);
  });
}

/**
 * Gives a device an identity: what `decideIn` writes is one transaction, before which the broker admits it and after which others are told.
 * @param isWanted it may come to that; else the broker is not told
 * Codes: UPLINK_UNREACHABLE (the broker; nothing was done), those of `decideIn`.
 */
export async function giveIdentity(
  house: House,
  isWanted: boolean,
  decideIn: (doing: Doing, deviceId: DeviceId) => Promise<Result<Approved>>,
): Promise<Result<EwonRecord>> {
  const deviceId = deviceIdFrom(house.random.bytes(17));
  const device = { accountId: house.accountId, deviceId };
  try {
    if (isWanted) await house.broker.admit(device);
  } catch (cause) {
    return err('UPLINK_UNREACHABLE', 'nothing was approved', cause);
  }
  let done: Result<Approved>;
  try {
    done = await transactAndTell(house, (tx, telling, nowMs) => decideIn({ tx, telling, nowMs }, deviceId));
  } catch (error) {
    await house.broker.revoke(device);
    throw error;
  }
  if (!done.ok) {
    if (isWanted) await house.broker.revoke(device);
    return done;
  }
  await tellOrders(house, [deviceId]);
  for (const left of done.value.left) await removeAtBroker(house, { accountId: house.accountId, deviceId: left });
  return ok(done.value.ewon);
}

/** The Ewon, and those that it took the place of. */
export type Approved = { readonly ewon: EwonRecord; readonly left: readonly DeviceId[] };

/** Carries an approval out, within a transaction. @param said text for the log, and under which name; without it the usual ones. Codes: see {@link approve}. */
export async function decide(
  house: House,
  doing: Doing,
  { registrationId }: Pick<RegistrationRecord, 'registrationId'>,
  deviceId: DeviceId,
  order: ApprovalOrder,
  said?: { readonly event: string; readonly name: string },
): Promise<Result<Approved>> {
  const { tx, telling, nowMs } = doing;
  const record = await tx.registration(registrationId);
  if (!record) return err('NOT_FOUND', 'registration');
  // an overdue record becomes expired here; that is kept, and the order refused
  if (decideApproval(record, order.do, nowMs).fault) {
    const fault = await changeState(doing, record, order.do);
    if (fault) return { ok: false, fault };
  }
  const target = order.do === 'replace' ? await tx.ewon(order.deviceId) : undefined;
  const refusal = order.do === 'replace' ? judgeReplaced(target, record.publicKey) : undefined;
  if (refusal) return { ok: false, fault: refusal };
  const properties = target ?? (await propertiesFor(tx, record, order.do === 'approve' ? order.properties : {}));
  if ('code' in properties) return { ok: false, fault: properties };

  const usual = order.do === 'replace' ? LOG_TEXTS.replaced : LOG_TEXTS.approved;
  const { event, name: under } = said ?? { event: usual(record.serial, properties.name), name: record.serial };
  const grk = await tx.grkOfRequest(record.grkId); // none where a user added it by the wizard
  if (isUsedUp(grk, 0)) return usedUp(grk, record);
  if (grk) await tx.updateGrk(grk.grkId, { uses: grk.uses + 1 });
  await changeState(doing, record, order.do, event, { deviceId, name: under });

  const subject = { accountId: house.accountId, deviceId };
  const key = fromBase64url(record.publicKey) ?? new Uint8Array();
  const certificate = await house.ca.issueDeviceCertificate(key, subject, nowMs); // its CSR was checked when it came
  const left = await leaveRoom(doing, record, target, deviceId);
  const { serial, pem, notBeforeMs, notAfterMs } = certificate;
  await tx.insertCertificate({
    serial,
    deviceId,
    pem,
    notBefore: timestampOf(notBeforeMs),
    notAfter: timestampOf(notAfterMs),
    revokedAt: null,
  });
  const { publicKey, fingerprint, model, firmware, agent, note } = record;
  const { name, pool, description, customFields } = properties;
  const ewon: EwonRecord = {
    ...{ deviceId, registrationId, name, pool, description, customFields },
    ...{ publicKey, fingerprint, serial: record.serial, model, firmware, agent, note },
    link: 'linked',
    brokerTold: true,
    online: false,
    lastSeenAt: null,
    certificateSerial: serial,
    createdAt: timestampOf(nowMs),
    ...{ quarantinedAt: null, renewalAskedAt: null, renewalAllowedAt: null, boots: null },
  };
  await tx.insertEwon(ewon);
  telling.tell({ type: 'ewon', id: deviceId, row: ewonView(ewon) });
  return ok({ ewon, left });
}

/**
 * Ends what the new Ewon takes the place of: the replaced one, and one with the same device key, which has
 * forgotten that it was linked (one device has one identity).
 */
async function leaveRoom(
  doing: Doing,
  record: RegistrationRecord,
  target: EwonRecord | undefined,
  deviceId: DeviceId,
): Promise<DeviceId[]> {
  const forgot = await doing.tx.linkedOfKey(record.publicKey);
  const leaving = new Map<EwonRecord, EwonLink>(forgot.map((ewon) => [ewon, 'unlinked']));
  for (const ewon of leaving.keys()) if (ewon.deviceId === target?.deviceId) leaving.delete(ewon);
  if (target) leaving.set(target, 'replaced');
  for (const [ewon, link] of leaving) await endLink(doing, ewon, link);
  if (target) await keepReplacement(doing, { deviceId, serial: record.serial }, target);
  return [...leaving.keys()].map((ewon) => ewon.deviceId);
}

/** Ends an Ewon's link: certificate revoked, offline, the broker still to be told. */
export async function endLink({ tx, telling, nowMs }: Doing, ewon: EwonRecord, link: EwonLink): Promise<EwonRecord> {
  const ended = { ...ewon, link, online: false, brokerTold: false };
  await tx.updateEwon(ewon.deviceId, { link, online: false, brokerTold: false });
  await tx.revokeCertificates(ewon.deviceId, timestampOf(nowMs));
  await endCommandsOf({ tx, telling, nowMs }, ewon);
  await forgetPlace(tx, ewon.deviceId, nowMs);
  telling.tell({ type: 'ewon', id: ewon.deviceId, row: await ewonRow(tx, ended) });
  return ended;
}

function usedUp(grk: GrkRecord | undefined, { grkId }: RegistrationRecord): Result<never> {
  return err('GRK_USED_UP', `${grk?.usesMax} uses of key ${grkId}`);
}

async function propertiesFor(
  tx: StoreTx,
  record: RegistrationRecord,
  given: Partial<EwonProperties>,
  taken: ReadonlySet<string> = NOTHING.names,
): Promise<EwonProperties | Fault> {
  const pool = given.pool ?? record.pool;
  if (!(await tx.pools()).includes(pool)) return err('NOT_FOUND', `pool ${pool}`).fault;
  if (given.name !== undefined && taken.has(given.name)) return err('NAME_TAKEN', `${given.name}, of this list`).fault;
  if (given.name !== undefined && (await tx.ewonByName(given.name))) return err('NAME_TAKEN', given.name).fault;
  let name = given.name ?? record.serial;
  for (let n = 2; taken.has(name) || (await tx.ewonByName(name)); n++) name = `${record.serial} (${n})`;
  return {
    name,
    pool,
    description: given.description ?? '',
    customFields: given.customFields ?? ['', '', ''],
  };
}
