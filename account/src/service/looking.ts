import {
  type DeviceId,
  err,
  type LocationEvidence,
  type Millis,
  ok,
  type Result,
  timestampOf,
} from '@ewon-agent/contracts';
import { nameOfCell } from '../core/cells.ts';
import type { Known, Verdict } from '../core/locate.ts';
import { afterVerdict, evidenceKeyOf, LOOKING_MS } from '../core/locating.ts';
import { type Location, type LocationRecord, noLocation } from '../core/location.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { Place } from '../core/message-order.ts';
import { judgeMove, MOVED, movedAlarm } from '../core/moved.ts';
import type { EwonRecord } from '../core/records.ts';
import { type House, type Telling, transactAndTell } from '../house.ts';
import { type LocationView, locationView } from '../http/views.ts';
import type { StoreTx } from '../store/store.ts';
import { ewonRow } from './ewon-row.ts';
import { isGeolocationOn } from './policy.ts';

/** An Ewon whose place is looked for, and what the store knows of it. */
export type Looking = {
  readonly deviceId: DeviceId;
  /** As it is while it is looked for. */
  readonly record: LocationRecord;
  readonly evidence: LocationEvidence;
  readonly place: Place;
  readonly known: Pick<Known, 'toldAt' | 'cells' | 'area'>;
  /** The address that it says to have itself. */
  readonly wanIp: string | undefined;
};

/** More cells of one area say no more of where it is. */
const AREA_CELLS_MAX = 1000;

/** Takes the Ewon that is due longest, so that nobody else looks for it for a while; undefined when none is. */
export async function beginLooking(house: Pick<House, 'store' | 'clock'>): Promise<Looking | undefined> {
  const nowMs = house.clock.now();
  return house.store.transact(async (tx) => {
    for (;;) {
      const [due] = await tx.dueLocations(timestampOf(nowMs), 1);
      if (!due) return undefined;
      const { deviceId } = due;
      const message = await tx.retained(deviceId, 'location');
      const isSought = (await tx.ewon(deviceId))?.link === 'linked' && (await isGeolocationOn(tx));
      const record = { ...due, dueAt: isSought && message?.evidence ? timestampOf(nowMs + LOOKING_MS) : null };
      await tx.keepLocation(record);
      if (record.dueAt === null || !message?.evidence) continue;
      const { evidence, at: toldAt, epoch, seq } = message;
      const names = evidence.cellTowers?.map(nameOfCell) ?? [];
      const cells = await tx.cellsNamed(names);
      const serving = cells.length === 0 ? names[0] : undefined;
      const area = serving ? await tx.cellsOfArea(serving, AREA_CELLS_MAX) : [];
      const wanIp = (await tx.retained(deviceId, 'wan'))?.ip;
      return { deviceId, record, evidence, place: { epoch, seq }, known: { toldAt, cells, area }, wanIp };
    }
  });
}

/** Keeps what was found, unless it is about something that counts no more: new evidence, a switch, an Ewon that is gone. */
export async function keepVerdict(
  house: Pick<House, 'store' | 'bus' | 'clock' | 'log'>,
  { deviceId, record, place }: Looking,
  verdict: Verdict,
): Promise<void> {
  await transactAndTell(house, async (tx, telling, nowMs) => {
    const ewon = await tx.ewon(deviceId);
    const present = await tx.locationOf(deviceId);
    if (!ewon || present?.dueAt !== record.dueAt || record.dueAt === null) return;
    const evidenceKey = evidenceKeyOf(place);
    const found = afterVerdict(present, { verdict, evidenceKey, nowMs });
    const home = found.location && (await judgeHome({ tx, telling, nowMs }, ewon, { ...found, ...place }));
    await tx.keepLocation({ ...found, home: home ?? found.home });
    telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, ewon) });
  });
}

/** Opens or closes the alarm of an Ewon that moved. @returns its home */
async function judgeHome(
  { tx, telling, nowMs }: { readonly tx: StoreTx; readonly telling: Telling; readonly nowMs: Millis },
  { deviceId, name }: EwonRecord,
  { home, location, epoch, seq }: Pick<LocationRecord, 'home' | 'location'> & Place,
): Promise<Location | null> {
  if (!location) return home;
  // who is meant to go about belongs wherever it is
  const verdict = judgeMove((await tx.isMobile(deviceId)) ? null : home, location);
  const known = (await tx.alarmsOf([deviceId])).find(({ code }) => code === MOVED);
  const text = howFar(verdict.distanceM, location);
  const alarm = movedAlarm(known, verdict, { deviceId, epoch, seq, text, at: timestampOf(nowMs) });
  if (!alarm) return verdict.home;
  await tx.keepAlarms([alarm]);
  if (alarm.open === (known?.open ?? false)) return verdict.home; // it is away still
  const event = alarm.open ? LOG_TEXTS.moved(name, text) : LOG_TEXTS.movedBack(name);
  const severity = alarm.open ? 'error' : 'info';
  await telling.note(tx, { name, subject: 'Ewon', event, severity, code: MOVED, deviceId });
  return verdict.home;
}

function howFar(metres: number, { source, accuracy }: Location): string {
  return `${km(metres)} from there, by ${WORDS[source]} within ${km(accuracy)}`;
}

const WORDS: Readonly<Record<Location['source'], string>> = {
  gnss: 'its receiver',
  wifi: 'access points',
  cell: 'cells',
  ip: 'its address',
};

function km(metres: number): string {
  return metres < 1000 ? `${Math.ceil(metres)} m` : `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} km`;
}

/**
 * Says whether an Ewon is meant to go about; either way it belongs where it is now, each time that is said. Codes: NOT_FOUND.
 * @param change that says nothing of it changes nothing
 */
export async function letMove(
  house: House,
  deviceId: DeviceId,
  change: { readonly moves?: boolean },
): Promise<Result<LocationView>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const ewon = await tx.ewon(deviceId);
    if (!ewon || (ewon.link !== 'linked' && ewon.link !== 'unlinked')) return err('NOT_FOUND', 'Ewon');
    if (change.moves === undefined) return ok(await placeOf(tx, ewon));
    const moves = change.moves ? 'moves' : 'stays';
    await tx.setMobile(deviceId, moves);
    await belongsThere(tx, deviceId);
    const known = (await tx.alarmsOf([deviceId])).find(({ code }) => code === MOVED);
    const closed = known && movedAlarm(known, { is: 'there' }, { ...known, at: timestampOf(nowMs) });
    if (closed) await tx.keepAlarms([closed]);
    const event = LOG_TEXTS.mayMove(ewon.name, moves);
    await telling.noteDone(tx, { event, deviceId });
    telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, ewon) });
    return ok(await placeOf(tx, ewon));
  });
}

/** Where one Ewon is, and how that was come by. */
export async function placeOf(tx: StoreTx, ewon: EwonRecord): Promise<LocationView> {
  const { deviceId } = ewon;
  const record = (await tx.locationOf(deviceId)) ?? noLocation(deviceId);
  return locationView(record, { name: ewon.name, moves: await tx.isMobile(deviceId) });
}

/** Where Ewons are is where they belong: a person says so who acknowledges the alarm. */
export async function belongsThere(tx: StoreTx, deviceId: DeviceId): Promise<void> {
  const known = await tx.locationOf(deviceId);
  if (known?.location) await tx.keepLocation({ ...known, home: known.location });
}
