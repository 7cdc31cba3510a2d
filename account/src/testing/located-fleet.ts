import { deviceIdFrom, type LocationOffBy, parseSerial, type Timestamp, timestampOf } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import { createRandomNode } from '../adapters/random-node.ts';
import { type Location, noLocation } from '../core/location.ts';
import type { EwonRecord } from '../core/records.ts';
import { openDatabase } from '../store/open-database.ts';
import type { StoreTx } from '../store/store.ts';
import { createVirtualClock } from './clock-virtual.ts';
import { ewonRecord } from './records.ts';

// A fleet that has told where it is, put into the database of an account that is not running: a thousand registrations
// by themselves take longer than what a test or a bench wants to know about them.

/** Where a fleet of a machine builder might be: towns with many, and single ones far away. Degrees, and how far around. */
const TOWNS: readonly (readonly [lat: number, lng: number, around: number])[] = [
  ...([
    [50.62, 4.33, 0.4],
    [51.05, 3.72, 0.3],
    [48.86, 2.35, 0.6],
    [52.52, 13.4, 0.8],
    [45.46, 9.19, 0.7],
  ] as const),
  ...([
    [40.42, -3.7, 1.5],
    [59.33, 18.07, 1.2],
    [52.23, 21.01, 1],
    [40.71, -74.01, 2],
    [41.88, -87.63, 3],
  ] as const),
  ...([
    [-23.55, -46.63, 2],
    [-33.87, 151.21, 1.5],
    [35.68, 139.69, 1],
    [31.23, 121.47, 2],
    [19.08, 72.88, 2],
  ] as const),
  ...([
    [-26.2, 28.05, 1.5],
    [25.2, 55.27, 0.5],
    [-18.14, 178.44, 2.5],
    [78.22, 15.65, 0.1],
    [-54.8, -68.3, 0.1],
  ] as const),
];
/** How exact each source usually is, in metres, and how many of twenty Ewons are found by it. */
const SOURCES = [
  { source: 'gnss', accuracy: 12, of20: 6 },
  { source: 'wifi', accuracy: 65, of20: 4 },
  { source: 'cell', accuracy: 2300, of20: 7 },
  { source: 'ip', accuracy: 180_000, of20: 3 },
] as const;

/** An Ewon of such a fleet, with its place or with who does not allow that it has one. */
export type FleetMember = { readonly ewon: EwonRecord } & (
  | { readonly location: Location; readonly locationOff?: never }
  | { readonly location?: never; readonly locationOff: LocationOffBy }
);

/** The members of a fleet, always the same: one in five offline; every second goes by Ethernet, the others by a modem. */
export function locatedFleet(
  count: number,
  at: Timestamp,
): readonly { readonly ewon: EwonRecord; readonly location: Location }[] {
  const chance = chanceFrom(7);
  return Array.from({ length: count }, (_, i) => {
    // four of five are in the first ten towns
    const [lat, lng, around] = TOWNS[chance() < 0.8 ? i % 10 : i % TOWNS.length] ?? [0, 0, 0];
    const location: Location = {
      lat: lat + (chance() - 0.5) * around,
      lng: turned(lng + (chance() - 0.5) * around),
      ...sourceOf(i % 20),
      at,
    };
    const id = String(i + 1).padStart(4, '0');
    const ewon = ewonRecord({
      deviceId: deviceIdFrom(Buffer.from(`fleet ${i}`.padEnd(17))),
      name: `Pump ${id}`,
      serial: assertOk(parseSerial(`${1600 + Math.floor(i / 10_000)}-${id.slice(-4)}-21`)),
      pool: 'Default',
      description: '',
      customFields: ['', '', ''],
      online: i % 5 !== 4,
      lastSeenAt: at,
    });
    return { ewon, location };
  });
}

/**
 * Puts a fleet into the SQLite of an account.
 * @param stateDir of an account that was started once and runs no more
 */
export async function fillWithFleet(stateDir: string, fleet: readonly FleetMember[]): Promise<void> {
  const clock = createVirtualClock(Date.parse(fleet[0]?.ewon.createdAt ?? timestampOf(0)));
  const { store } = await openDatabase({ stateDir, clock, random: createRandomNode() });
  try {
    const [account] = await store.accounts();
    if (!account) throw new Error(`this is a bug: no account in ${stateDir}`);
    await store.account(account.accountId).transact(async (tx) => {
      for (const [i, member] of fleet.entries()) await put(tx, member, i);
    });
  } finally {
    await store.close();
  }
}

async function put(tx: StoreTx, { ewon, location, locationOff }: FleetMember, i: number): Promise<void> {
  const { deviceId, serial, model, firmware, agent } = ewon;
  const at = ewon.lastSeenAt ?? ewon.createdAt;
  const head = { v: 1, at, epoch: 'e1' } as const;
  await tx.insertEwon(ewon);
  await tx.keepLocation({ ...noLocation(deviceId), location: location ?? null, offBy: locationOff ?? null });
  await tx.retain(deviceId, 'inventory', { ...head, seq: 2, serial, model, firmware, agent, slots: [] });
  const load = { rssBytes: 80_000_000, cpuMs: 60_000, eventLoopLagMs: 1, uptimeMs: 3_600_000, queued: 0 };
  await tx.retain(deviceId, 'health', { ...head, seq: 3, ...load });
  const way =
    i % 2 === 0
      ? ({ link: 'ethernet', interface: 'eth1' } as const)
      : ({ link: 'cellular', interface: 'wwan0' } as const);
  const stands = { state: 'online', connectivity: 'full', since: at, cause: 'WAN_ONLINE' } as const;
  const probes = { probes: [], probeBytesThisMonth: 8420, probeBytesMax: 1_000_000, sources: {} };
  await tx.retain(deviceId, 'wan', {
    ...head,
    seq: 4,
    ...way,
    ...stands,
    ...probes,
    history: [{ at, ...way, ...stands }],
  });
}

function sourceOf(place: number): Pick<Location, 'source' | 'accuracy'> {
  let left = place;
  for (const { source, accuracy, of20 } of SOURCES) {
    if (left < of20) return { source, accuracy };
    left -= of20;
  }
  throw new Error('this is a bug: the shares are of twenty');
}

function turned(lng: number): number {
  return lng > 180 ? lng - 360 : lng;
}

/** Chance that is the same in every run: the multiplier and increment of Numerical Recipes (1992), §7.1. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
