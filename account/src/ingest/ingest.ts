import { type DeviceId, KIB } from '@ewon-agent/contracts';
import type { Change } from '../bus.ts';
import { storeFailureOf } from '../core/store-failure.ts';
import { isStream, readUp } from '../core/up-message.ts';
import { type House, tellChanges } from '../house.ts';
import type { Broker } from '../ports/broker.ts';
import { createAcknowledger } from './acknowledge.ts';
import { type CommandAddress, type Item, takeBatch } from './batch.ts';
import { createIgnored } from './ignored.ts';
import { createPatience } from './patience.ts';
import { type Arrival, createWaiting, type Room } from './waiting.ts';

/**
 * Takes the messages of devices and tells the devices what is committed.
 *
 * Obligations:
 * - Messages are committed in the order they were handed over, each of a stream once by its device, epoch and seq.
 * - An acknowledgement leaves after the commit and never before. What was there already is acknowledged again; what is
 *   ignored for good because of its content as well, because its device would send it for ever.
 * - While the store fails nothing is taken and nothing acknowledged; it is tried again until it works. A message that
 *   the store refuses while it takes others is ignored and holds up nobody.
 */
export type Ingest = {
  /** Resolves when the message has a place in memory, which says nothing of a commit. Rejects once it is closed. */
  take(topic: string, payload: Uint8Array, from?: string): Promise<void>;
  /** Resolves when all that was handed over is committed or ignored, and the acknowledgements are sent. */
  settled(): Promise<void>;
  /**
   * From now on a store that fails is not waited for: what is in hand then is left, unacknowledged. For a broker that
   * is about to close and waits until its last messages have a place.
   */
  stopWaiting(): void;
  /** Commits what was handed over, unless the store fails, and takes nothing more. */
  close(): Promise<void>;
};

/** 10,000 messages are one second of a fleet in full flow, 16 MiB what a small machine can spare. */
const ROOM: Room = { messages: 10_000, sizeBytes: 16 * 1024 * KIB };
/** Messages of one transaction: enough that its fsync costs little each, and everything else waits for it some 20 ms. */
const BATCH_MAX = 500;
/** How often a message may fail alone, with the store taking something else in between, until it is given up. */
const REFUSALS_MAX = 3;

export type IngestOptions = {
  readonly room?: Room;
  /** Tells the broker of an Ewon that was quarantined in the store just now. Does not reject. */
  readonly quarantine?: (deviceId: DeviceId) => Promise<void>;
  /** There is new evidence of where an Ewon is. Told after the commit. */
  readonly locationTold?: () => void;
  /** An Ewon told how it stands with patches. Told after the commit. */
  readonly patchTold?: () => void;
  /** The broker is not to keep what this Ewon told of its location: the account locates nobody. */
  readonly locationUnwanted?: (deviceId: DeviceId) => void;
};

/** Starts with nothing. */
export function createIngest(
  house: Pick<House, 'accountId' | 'store' | 'bus' | 'clock' | 'log'> & {
    /** A command is at its end: the broker need not keep it any more. Told after the commit. */
    readonly commandEnded: (of: CommandAddress) => void;
  },
  publish: Broker['publish'],
  { room = ROOM, quarantine = async () => {}, locationTold, locationUnwanted, patchTold }: IngestOptions = {},
): Ingest {
  const { accountId, store, clock, log } = house;
  const waiting = createWaiting(room);
  const acknowledger = createAcknowledger({ accountId, publish, log });
  const ignore = createIgnored(clock, log);
  const patience = createPatience({ store, clock, log });
  let closed = false;
  let running: Promise<void> | undefined;
  let expelling: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    for (;;) {
      // all that has come meanwhile goes into the next transaction
      await new Promise<void>((resolve) => setImmediate(resolve));
      const arrivals = waiting.next(BATCH_MAX);
      if (arrivals.length === 0) break;
      await take(arrivals.map(itemOf));
      waiting.done(arrivals);
    }
    running = undefined;
  }

  /** Commits all, in their order; what fails together is tried in halves, so that it is found which one it is. */
  async function take(items: readonly Item[], refusals = 0): Promise<void> {
    try {
      return await commit(items);
    } catch (cause) {
      if (!(await patience.untilStoreWorks(cause))) return;
      // the store was away or busy, which is no message's fault
      if (storeFailureOf(cause) !== 'refusal') return await take(items, refusals);
      const [alone] = items;
      if (items.length > 1) {
        const half = Math.ceil(items.length / 2);
        await take(items.slice(0, half));
        await take(items.slice(half));
      } else if (alone && refusals + 1 < REFUSALS_MAX) await take(items, refusals + 1);
      else if (alone) giveUp(alone, cause);
    }
  }

  async function commit(items: readonly Item[]): Promise<void> {
    const nowMs = clock.now();
    const done = await store.transact((tx) => takeBatch(tx, items, nowMs));
    const { changes, acknowledged, ignored, ended, quarantined, locations } = done;
    acknowledger.add(acknowledged);
    for (const what of ignored) ignore(what);
    for (const of of ended) house.commandEnded(of);
    for (const change of changes) tell(change);
    for (const deviceId of quarantined) expel(deviceId);
    for (const deviceId of locations.unwanted) locationUnwanted?.(deviceId);
    if (locations.told) locationTold?.();
    if (items.some(isOfPatches)) patchTold?.();
  }

  /** The commit does not wait for it: the answer of a broker may come behind messages that wait for the commit. */
  function expel(deviceId: DeviceId): void {
    expelling = Promise.all([expelling, quarantine(deviceId)]).then(() => {});
  }

  function tell(change: Change): void {
    try {
      tellChanges(house, [change]);
    } catch (cause) {
      // committed all the same: what a listener does wrong must not have it taken twice
      log.write('error', 'ingest', 'not everybody was told', { cause: String(cause) });
    }
  }

  function giveUp(item: Item, cause: unknown): void {
    if (item.at === 'unreadable') {
      ignore(item);
      return;
    }
    const { deviceId, place, message } = item.message;
    const { channel } = message;
    ignore({ why: 'refused by the store', detail: `epoch ${place.epoch}, seq ${place.seq}`, deviceId, channel }, cause);
    if (isStream(channel)) acknowledger.add([{ deviceId, place }]);
  }

  function itemOf({ topic, payload, from }: Arrival): Item {
    const read = readUp(accountId, topic, payload);
    return read.ok ? { at: 'message', message: read.value, from } : { at: 'unreadable', ...read.ignored };
  }

  return {
    async take(topic, payload, from) {
      if (closed) throw new Error('the account is closing');
      if (payload.length === 0) return; // a device takes away what the broker kept of it
      const placed = waiting.put({ topic, payload, from });
      running ??= run();
      await placed;
    },
    async settled() {
      while (running) await running;
      await acknowledger.idle();
      await expelling;
    },
    stopWaiting: patience.end,
    async close() {
      closed = true;
      patience.end();
      while (running) await running;
    },
  };
}

function isOfPatches(item: Item): boolean {
  return item.at === 'message' && item.message.message.channel === 'patch';
}
