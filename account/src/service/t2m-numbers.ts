import type { DeviceId } from '@ewon-agent/contracts';
import type { StoreTx } from '../store/store.ts';

// Scripts of Talk2M's API know an Ewon and a pool by a number. The number of an Ewon belongs to its place in the account: an Ewon that takes the
// place of another takes its number as well, and gives it back when that is undone.

/** What is numbered, of a pool. */
export function poolWhat(name: string): string {
  return `pool ${name}`;
}

/** The number of each of these Ewons. */
export async function numbersOfEwons(
  tx: StoreTx,
  deviceIds: readonly DeviceId[],
): Promise<ReadonlyMap<DeviceId, number>> {
  const before = new Map((await tx.standingReplacements()).map(({ deviceId, replacedId }) => [deviceId, replacedId]));
  const whats = new Map(deviceIds.map((deviceId) => [deviceId, ewonWhat(lastOf(before, deviceId))]));
  const numbers = await tx.numbersOf([...whats.values()]);
  return new Map(deviceIds.map((deviceId) => [deviceId, numbers.get(whats.get(deviceId) ?? '') ?? 0]));
}

/** The Ewon that stands in the place of a number. It may be one that is not listed any more. */
export async function ewonOfNumber(tx: StoreTx, number: number): Promise<DeviceId | undefined> {
  const what = await tx.whatOf(number);
  if (!what?.startsWith(EWON)) return undefined;
  const after = new Map((await tx.standingReplacements()).map(({ deviceId, replacedId }) => [replacedId, deviceId]));
  return lastOf(after, what.slice(EWON.length) as DeviceId);
}

/** The number of each of these pools. */
export async function numbersOfPools(tx: StoreTx, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const numbers = await tx.numbersOf(names.map(poolWhat));
  return new Map(names.map((name) => [name, numbers.get(poolWhat(name)) ?? 0]));
}

const EWON = 'ewon ';

function ewonWhat(deviceId: DeviceId): string {
  return `${EWON}${deviceId}`;
}

/** Goes from one to the next as far as it leads. */
function lastOf(next: ReadonlyMap<DeviceId, DeviceId>, first: DeviceId): DeviceId {
  const met = new Set<DeviceId>();
  let at = first;
  for (let to = next.get(at); to !== undefined && !met.has(to); to = next.get(at)) {
    met.add(at);
    at = to;
  }
  return at;
}
