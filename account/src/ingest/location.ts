import { type DeviceId, type LocationMessage, timestampOf } from '@ewon-agent/contracts';
import { noLocation } from '../core/location.ts';
import { publicAddress } from '../core/public-address.ts';
import { forgetPlace, noteAddress } from '../service/places.ts';
import { isGeolocationOn } from '../service/policy.ts';
import type { Batch } from './batch.ts';

// What devices tell of where they are, as it is taken. A place is looked for after the commit (service/locator.ts).

/** What of a message may be kept: while the account locates nobody, that it came, and nothing of what it says. */
export async function permitted(
  { tx, locations }: Batch,
  deviceId: DeviceId,
  message: LocationMessage,
): Promise<LocationMessage> {
  if (!message.evidence || (await isGeolocationOn(tx))) return message;
  locations.unwanted.push(deviceId);
  const { evidence: _, ...head } = message;
  return { ...head, withdrawn: 'account' };
}

/** Notes that a place is to be looked for, or that none may be known any more. @param from as the broker saw it */
export async function takeLocation(
  { tx, nowMs, locations }: Batch,
  deviceId: DeviceId,
  message: LocationMessage,
  from: string | undefined,
): Promise<void> {
  if (!message.evidence) {
    await forgetPlace(tx, deviceId, nowMs);
    await tx.keepLocation({ ...noLocation(deviceId), offBy: message.withdrawn });
    return;
  }
  const known = (await tx.locationOf(deviceId)) ?? noLocation(deviceId);
  const address = from === undefined ? known.address : (publicAddress(from) ?? null);
  await tx.keepLocation({ ...known, offBy: null, address, dueAt: timestampOf(nowMs), tries: 0 });
  locations.told = true;
}

/** Notes where a device came from that told evidence before. */
export async function takeAddress({ tx, nowMs, locations }: Batch, deviceId: DeviceId, from: string): Promise<void> {
  if ((await noteAddress(tx, { deviceId, address: publicAddress(from) ?? null, nowMs })) === 'due')
    locations.told = true;
}
