import { type DeviceId, type Millis, timestampOf, topicFor } from '@ewon-agent/contracts';
import { type LocationRecord, noLocation } from '../core/location.ts';
import { MOVED, movedAlarm } from '../core/moved.ts';
import { publicAddress } from '../core/public-address.ts';
import type { RegistrationRecord } from '../core/records.ts';
import type { House, Telling } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import { ewonRow } from './ewon-row.ts';

/**
 * Forgets where an Ewon is, by what it was found, and that it is not where it belongs. That it told something stays noted,
 * so that a broker which gives the same again is not believed.
 */
export async function forgetPlace(tx: StoreTx, deviceId: DeviceId, nowMs: Millis): Promise<void> {
  await tx.forgetLocation(deviceId);
  const told = await tx.retained(deviceId, 'location');
  if (told?.evidence) {
    const { evidence: _, ...head } = told;
    await tx.retain(deviceId, 'location', { ...head, withdrawn: 'unknown' });
  }
  const alarm = (await tx.alarmsOf([deviceId])).find(({ code }) => code === MOVED);
  if (!alarm) return;
  const closed = movedAlarm(alarm, { is: 'there' }, { ...alarm, at: timestampOf(nowMs) });
  // its text says how far it went
  await tx.keepAlarms([{ ...(closed ?? alarm), text: '' }]);
}

/**
 * Forgets all places and all evidence of them: the account locates nobody any more.
 * @returns those of which a broker may keep evidence
 */
export async function forgetAllPlaces(tx: StoreTx, telling: Telling, nowMs: Millis): Promise<readonly DeviceId[]> {
  const places = await tx.locations();
  const told = (await tx.allRetained('location')).filter(({ message }) => message.evidence);
  for (const deviceId of new Set([...places, ...told].map((of) => of.deviceId))) await forgetPlace(tx, deviceId, nowMs);
  for (const { deviceId, offBy } of places) {
    await tx.keepLocation({ ...noLocation(deviceId), offBy: offBy ?? 'account' });
    await tellEwon(tx, telling, deviceId);
  }
  return told.map(({ deviceId }) => deviceId);
}

/** The account locates again: what only it had forbidden is unknown until the devices tell anew. */
export async function allowPlaces(tx: StoreTx, telling: Telling): Promise<void> {
  for (const { deviceId, offBy } of await tx.locations()) {
    if (offBy !== 'account') continue;
    await tx.forgetLocation(deviceId);
    await tellEwon(tx, telling, deviceId);
  }
}

/** Has the broker keep no evidence of these. */
export function takeEvidenceAway(
  { accountId, herald }: Pick<House, 'accountId' | 'herald'>,
  deviceIds: readonly DeviceId[],
): void {
  for (const deviceId of deviceIds) herald.keep(topicFor({ accountId, deviceId }, 'location'), '');
}

/**
 * Notes the address an Ewon came from, which counts only for those that told evidence: who never did is not located.
 * @returns `due` when it may be another place
 */
export async function noteAddress(
  tx: StoreTx,
  { deviceId, address, nowMs }: Pick<LocationRecord, 'deviceId' | 'address'> & { readonly nowMs: Millis },
): Promise<'due' | undefined> {
  const known = await tx.locationOf(deviceId);
  if (!known || known.offBy !== null || known.address === address) return undefined;
  const isByAddress = (known.location?.source ?? 'ip') === 'ip';
  await tx.keepLocation({ ...known, address, ...(isByAddress && { dueAt: timestampOf(nowMs), tries: 0 }) });
  return isByAddress ? 'due' : undefined;
}

/** Notes the address of a request of a device. One that is not routed is that of something before this server, and says nothing. */
export async function cameFrom(
  house: Pick<House, 'store' | 'clock' | 'locator'>,
  { deviceId }: Pick<RegistrationRecord, 'deviceId'>,
  from: string,
): Promise<void> {
  const address = publicAddress(from);
  if (deviceId === null || address === undefined) return;
  const nowMs = house.clock.now();
  const due = await house.store.transact((tx) => noteAddress(tx, { deviceId, address, nowMs }));
  if (due) house.locator.wake();
}

async function tellEwon(tx: StoreTx, telling: Telling, deviceId: DeviceId): Promise<void> {
  const ewon = await tx.ewon(deviceId);
  if (ewon) telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, ewon) });
}
