import {
  DAY_MS,
  type DeviceId,
  err,
  fromBase64url,
  type Millis,
  ok,
  type Result,
  type Serial,
  type Timestamp,
  timestampOf,
} from '@ewon-agent/contracts';
import { type Candidate, rankCandidates } from '../core/candidates.ts';
import { LIST_TEXTS } from '../core/list-texts.ts';
import { hasPool, may, poolsWith } from '../core/permissions.ts';
import type { EwonRecord, ReplacementRecord } from '../core/records.ts';
import { type House, transactAndTell } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import type { Doing } from './change-state.ts';
import { ewonRow } from './ewon-row.ts';
import { tellOrders } from './policy.ts';

/** A person who chose the wrong Ewon notices when somebody misses it; a week covers who works on Mondays. */
export const UNDO_MS = 7 * DAY_MS;
/** More than a person compares. */
const CANDIDATES_MAX = 20;

/**
 * The Ewons whose place a waiting one may be meant to take, the likeliest first, each with the reason in words. Whoever reads
 * requests may not for that reason read Ewons: only those of pools where he may.
 * Codes: NOT_FOUND, NOT_PERMITTED (he may read no Ewons at all).
 */
export async function candidatesFor(
  house: House,
  registrationId: string,
): Promise<Result<readonly (Candidate & { readonly ewon: EwonRecord })[]>> {
  return house.store.transact(async (tx) => {
    const asks = await tx.registration(registrationId);
    if (!asks) return err('NOT_FOUND', 'registration');
    const { grants } = house.person;
    if (!may(grants, 'ewons.read')) return err('NOT_PERMITTED', 'needs ewons.read');
    const pools = poolsWith(grants, 'ewons.read');
    const isSeen = ({ pool }: EwonRecord) => hasPool(pools, pool);
    const first = { order: 'up', limit: CANDIDATES_MAX, ...(pools !== 'all' && { pools }) } as const;
    const link = ['linked', 'unlinked'] as const;
    const sameMac = new Map((await tx.ewonsOfMacs(asks.macs)).filter(isSeen).map((ewon) => [ewon.deviceId, ewon]));
    const note = asks.note.trim().toLowerCase();
    const noted = note === '' ? [] : (await tx.ewonPage({ ...first, sort: 'name', words: [note] })).rows;
    const known = new Map(
      [
        ...(await tx.ewons({ link, publicKey: asks.publicKey })).filter(isSeen),
        ...(await tx.ewons({ link, serial: asks.serial })).filter(isSeen),
        ...sameMac.values(),
        ...noted,
        ...(await tx.ewonPage({ ...first, sort: 'lastSeen', order: 'down', link: 'unlinked' })).rows,
        ...(await tx.ewonPage({ ...first, sort: 'lastSeen', order: 'down', status: 'offline' })).rows,
      ].map((ewon) => [ewon.deviceId, ewon]),
    );
    const shared = await macsOf(tx, [...sameMac.values()], asks.macs);
    const ewons = [...known.values()].map((ewon) => ({ ...ewon, sharedMacs: shared.get(ewon.deviceId) ?? [] }));
    const ranked = rankCandidates(asks, ewons).slice(0, CANDIDATES_MAX);
    return ok(
      ranked.flatMap((candidate) => {
        const ewon = known.get(candidate.deviceId);
        return ewon ? [{ ...candidate, ewon }] : [];
      }),
    );
  });
}

async function macsOf(
  tx: StoreTx,
  ewons: readonly EwonRecord[],
  macs: readonly string[],
): Promise<ReadonlyMap<DeviceId, readonly string[]>> {
  const shared = new Map<DeviceId, readonly string[]>();
  for (const { deviceId, registrationId } of ewons) {
    const came = await tx.registration(registrationId);
    shared.set(deviceId, came?.macs.filter((mac) => macs.includes(mac)) ?? []);
  }
  return shared;
}

/** Remembers that an Ewon took the place of another, and says so in the log of the other. */
export async function keepReplacement(
  { tx, telling, nowMs }: Doing,
  by: { readonly deviceId: DeviceId; readonly serial: Serial },
  { deviceId: replacedId, link: wasLink, name, serial }: EwonRecord,
): Promise<void> {
  await tx.keepReplacement({ deviceId: by.deviceId, replacedId, wasLink, at: timestampOf(nowMs), undoneAt: null });
  const event = telling.orderedBy(LIST_TEXTS.gavePlace(name, serial, by.serial));
  const line = { name, subject: 'Ewon', event, code: 'REPLACED', deviceId: replacedId } as const;
  await telling.note(tx, { ...line, isDecision: true });
}

/** Until when a replacement can be undone; undefined when it cannot be any more. */
export function undoableUntil({ at, undoneAt }: ReplacementRecord, nowMs: Millis): Timestamp | undefined {
  const untilMs = Date.parse(at) + UNDO_MS;
  return undoneAt === null && untilMs >= nowMs ? timestampOf(untilMs) : undefined;
}

/** A replacement that can still be undone: who has the place, who had it, and until when. */
export type Undoable = {
  readonly by: EwonRecord;
  readonly replaced: EwonRecord;
  readonly at: Timestamp;
  readonly until: Timestamp;
};

/** Lists the replacements that can still be undone, the latest first, where both Ewons are seen. */
export async function undoableReplacements(house: House): Promise<readonly Undoable[]> {
  return house.store.transact(async (tx) => {
    const since = timestampOf(house.clock.now() - UNDO_MS);
    const standing = await tx.replacementsSince(since);
    const seen = await tx.ewonsNamed(standing.flatMap(({ deviceId, replacedId }) => [deviceId, replacedId]));
    // who may decide need not be one who may read
    const pools = poolsWith(house.person.grants, 'ewons.read');
    const ewons = new Map(seen.filter(({ pool }) => hasPool(pools, pool)).map((ewon) => [ewon.deviceId, ewon]));
    return standing.flatMap(({ deviceId, replacedId, at }) => {
      const [by, replaced] = [ewons.get(deviceId), ewons.get(replacedId)];
      if (!by || replaced?.link !== 'replaced') return [];
      return [{ by, replaced, at, until: timestampOf(Date.parse(at) + UNDO_MS) }];
    });
  });
}

/** What an undone replacement left: the one that has its place back, and the one that had it. */
export type Undone = { readonly back: EwonRecord; readonly by: EwonRecord };

/**
 * Gives a replaced Ewon back its name and properties. One that was linked is linked again: its certificates stay revoked,
 * and it is given a new one for its key when it asks; one that has heard already that it was unlinked has to be registered
 * again. The one that had its place stays linked, under its serial number.
 * Codes: NOT_FOUND, CONFLICT (over, undone already, its name is taken by a third), UPLINK_UNREACHABLE (nothing was undone).
 */
export async function undoReplacement(house: House, deviceId: DeviceId): Promise<Result<Undone>> {
  const asked = await house.store.transact(async (tx) => {
    const found = await tx.replacementOf(deviceId);
    // before the broker is told anything: whoever does not see both has nothing to undo
    return found && (await tx.ewon(deviceId)) && (await tx.ewon(found.replacedId)) ? found : undefined;
  });
  if (!asked) return err('NOT_FOUND', 'replacement');
  const device = { accountId: house.accountId, deviceId: asked.replacedId };
  const mayLink = asked.wasLink === 'linked' && asked.undoneAt === null;
  try {
    if (mayLink) await house.broker.admit(device);
  } catch (cause) {
    return err('UPLINK_UNREACHABLE', 'nothing was undone', cause);
  }
  let done: Result<Undone>;
  try {
    done = await transactAndTell(house, (tx, telling, nowMs) => giveBack(house, { tx, telling, nowMs }, deviceId));
  } catch (error) {
    if (mayLink) await house.broker.revoke(device);
    throw error;
  }
  const isLinked = done.ok && done.value.back.link === 'linked';
  if (mayLink && !isLinked && !(await isLinkedNow(house, asked))) await house.broker.revoke(device);
  if (isLinked) await tellOrders(house, [asked.replacedId]);
  return done;
}

async function isLinkedNow(house: House, { replacedId }: ReplacementRecord): Promise<boolean> {
  return (await house.store.transact((tx) => tx.ewon(replacedId)))?.link === 'linked';
}

async function giveBack(house: House, doing: Doing, deviceId: DeviceId): Promise<Result<Undone>> {
  const { tx, telling, nowMs } = doing;
  const replacement = await tx.replacementOf(deviceId);
  const by = await tx.ewon(deviceId);
  const old = replacement && (await tx.ewon(replacement.replacedId));
  if (!replacement || !by || !old || old.link !== 'replaced') return err('NOT_FOUND', 'replacement');
  if (replacement.undoneAt !== null) return err('CONFLICT', `undone at ${replacement.undoneAt}`);
  if (undoableUntil(replacement, nowMs) === undefined)
    return err('CONFLICT', `it was replaced at ${replacement.at}; only for 7 days that can be undone`);
  const holder = await tx.ewonByName(old.name);
  if (holder && holder.deviceId !== deviceId) return err('NAME_TAKEN', old.name);
  const listed = by.link === 'linked' || by.link === 'unlinked';
  const name = listed ? await freeName(tx, by, old.name) : by.name;
  const now: EwonRecord = { ...by, name, description: '', customFields: ['', '', ''] };
  if (listed) await tx.updateEwon(deviceId, now);
  // the pool may have been removed since; the Ewon goes where the other was, which had its place
  const pool = (await tx.pools()).includes(old.pool) ? old.pool : by.pool;
  const back = await linkAgain(house, doing, { ...old, pool }, replacement);
  await tx.keepReplacement({ ...replacement, undoneAt: timestampOf(nowMs) });
  await telling.note(tx, {
    ...{ name: back.name, subject: 'Ewon', code: 'REPLACED', deviceId: back.deviceId, isDecision: true },
    event: telling.orderedBy(LIST_TEXTS.placeBack(back.name, back.serial)),
  });
  await telling.note(tx, {
    ...{ name, subject: 'Ewon', code: 'REPLACED', deviceId, isDecision: true },
    event: telling.orderedBy(LIST_TEXTS.placeLost(old.name, by.serial, name)),
  });
  if (listed) telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, now) });
  telling.tell({ type: 'ewon', id: back.deviceId, row: await ewonRow(tx, back) });
  telling.tell({ type: 'settings', id: 'replacements' }); // a page that lists them has no Ewons
  return ok({ back, by: now });
}

/** @returns the Ewon, linked with a certificate that nobody has yet where it may be, otherwise unlinked */
async function linkAgain(
  house: House,
  { tx, nowMs }: Doing,
  old: EwonRecord,
  { wasLink }: ReplacementRecord,
): Promise<EwonRecord> {
  const isOther = (await tx.linkedOfKey(old.publicKey)).length > 0;
  const { deviceId } = old;
  if (wasLink !== 'linked' || isOther) {
    const back: EwonRecord = { ...old, link: 'unlinked', online: false };
    await tx.updateEwon(deviceId, back);
    return back;
  }
  const key = fromBase64url(old.publicKey) ?? new Uint8Array(); // its CSR was checked when it came
  const made = await house.ca.issueDeviceCertificate(key, { accountId: house.accountId, deviceId }, nowMs);
  const [notBefore, notAfter] = [timestampOf(made.notBeforeMs), timestampOf(made.notAfterMs)];
  await tx.insertCertificate({ serial: made.serial, deviceId, pem: made.pem, notBefore, notAfter, revokedAt: null });
  const linked = { link: 'linked', online: false, brokerTold: true, certificateSerial: made.serial } as const;
  const back: EwonRecord = { ...old, ...linked };
  await tx.updateEwon(deviceId, back);
  return back;
}

/** A name after its serial number. @param givenBack it may have that still, as it does by default, but not any more */
async function freeName(tx: StoreTx, { serial, deviceId }: EwonRecord, givenBack: string): Promise<string> {
  let name: string = serial;
  for (let n = 2; ; n++) {
    const holder = await tx.ewonByName(name);
    if (name !== givenBack && (!holder || holder.deviceId === deviceId)) return name;
    name = `${serial} (${n})`;
  }
}
