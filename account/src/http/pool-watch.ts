import type { DeviceId } from '@ewon-agent/contracts';
import type { Change } from '../bus.ts';
import type { House } from '../house.ts';

/** A change; of an Ewon with the pool that it was in before. */
export type Placed = { readonly change: Change; readonly before?: string | undefined };

/** Knows the pool of every Ewon while somebody follows; one map for all who do. */
export type PoolWatch = {
  readonly poolOf: (deviceId: DeviceId) => string | undefined;
  /**
   * Tells what changes from here on, as soon as the pools are known, and what was committed together only when the pools are those
   * after all of it: a line about an Ewon that goes to another pool is told before the Ewon itself.
   * @param lost called when the pools cannot be read; nothing more is told
   * @returns ends it
   */
  follow(tell: (placed: Placed) => void, lost: () => void): () => void;
};

/** @param house without the limits of a caller */
export function watchPools({ bus, store, log }: Pick<House, 'bus' | 'store' | 'log'>): PoolWatch {
  const followers = new Set<{ readonly tell: (placed: Placed) => void; readonly lost: () => void }>();
  let pools = new Map<DeviceId, string>();
  let heard: Change[] = [];
  /** Counts readings, so that one that was overtaken is known. */
  let reading = 0;
  let isRead = false;
  let unsubscribe = (): void => {};

  const tellAll = (): void => {
    if (!isRead) return; // told when it is
    const placed = heard.map((change): Placed => {
      if (change.type !== 'ewon') return { change };
      const { deviceId, pool } = change.row;
      const before = pools.get(deviceId);
      pools.set(deviceId, pool);
      return { change, before };
    });
    heard = [];
    for (const { tell } of [...followers]) placed.forEach(tell);
  };
  const read = async (): Promise<void> => {
    reading += 1;
    const mine = reading;
    isRead = false;
    const found = await store
      .transact((tx) => tx.poolsOfEwons())
      .catch((cause: unknown) => {
        log.write('error', 'admin', 'streams of changes ended', { cause: String(cause) });
      });
    if (mine !== reading) return;
    if (!found) {
      for (const { lost } of [...followers]) lost();
      return;
    }
    pools = new Map(found);
    isRead = true;
    tellAll();
  };
  const hear = (change: Change): void => {
    heard.push(change);
    if (change.type === 'missed') void read();
    // all that was committed together is published without a pause
    else if (heard.length === 1) queueMicrotask(tellAll);
  };
  const stop = (): void => {
    unsubscribe();
    reading += 1;
    isRead = false;
    [pools, heard] = [new Map(), []];
  };
  return {
    poolOf: (deviceId) => pools.get(deviceId),
    follow(tell, lost) {
      const follower = { tell, lost };
      followers.add(follower);
      if (followers.size === 1) {
        unsubscribe = bus.subscribe(hear);
        void read();
      }
      return () => {
        if (followers.delete(follower) && followers.size === 0) stop();
      };
    },
  };
}
