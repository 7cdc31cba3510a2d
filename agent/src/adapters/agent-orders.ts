import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '@ewon-agent/contracts';
import { type OnlineOrder, ORDER_FILES } from '../core/version-orders.ts';
import { readVersions, type Versions } from '../core/version-state.ts';
import { readIfThere } from './durable-file.ts';
import { KEPT_FILES, type VersionPlaces } from './version-places.ts';

// The agent's side of the directory that it shares with root.

/** Puts an order where root looks for it: the whole of it at once, for the group to read. @throws what the disk says */
export function putOrder({ ordersDir }: Pick<VersionPlaces, 'ordersDir'>, name: string, order: object): void {
  const path = join(ordersDir, name);
  writeFileSync(`${path}.new`, JSON.stringify(order), { mode: 0o600 });
  chmodSync(`${path}.new`, 0o640); // the agent's umask keeps its group out
  renameSync(`${path}.new`, path);
}

/** What root keeps of versions. Codes: PATCH_SAVED_DAMAGED. */
export function versionsOfRoot({ versionsDir }: Pick<VersionPlaces, 'versionsDir'>): Result<Versions> {
  return readVersions(readIfThere(join(versionsDir, KEPT_FILES.state)));
}

/**
 * Says that this version works: its store, its device key and its outbox are open, and it was online with its account. For whoever calls:
 * that is so each time that it is announced. Root is told only where a version is on trial, so it costs the reading of a small file.
 * Codes: PATCH_SAVED_DAMAGED; nothing throws, and where nothing can be told the trial ends by itself.
 */
export function tellOnline(places: VersionPlaces, version: string): Result<void> {
  try {
    const versions = versionsOfRoot(places);
    if (!versions.ok) return versions;
    const order: OnlineOrder = { version };
    if (versions.value.trial) putOrder(places, ORDER_FILES.online, order);
  } catch {
    // no directory of orders: this agent is not run by the package, or its unit is masked
  }
  return ok(undefined);
}
