/** A message as it came from a broker. */
export type Arrival = {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The address that its device is connected from, where the broker knows. */
  readonly from?: string | undefined;
};

/** How much may wait in memory. One message beyond `sizeBytes` is still taken. */
export type Room = { readonly messages: number; readonly sizeBytes: number };

/**
 * What has come and is not committed yet, in the order it came; at most as much as there is room for.
 *
 * Obligations:
 * - `put` resolves when the message has its place. Those that wait for a place get it in the order they came.
 * - What `next` gave keeps its room until it is `done`, so memory stays bounded while a transaction runs.
 */
export type Waiting = {
  put(arrival: Arrival): Promise<void>;
  /** The oldest that were not given out yet, at most so many; none when there are none. */
  next(limit: number): readonly Arrival[];
  done(arrivals: readonly Arrival[]): void;
  /** How many have a place. */
  readonly count: number;
};

/** Makes it empty. */
export function createWaiting(room: Room): Waiting {
  let ready: Arrival[] = [];
  let [count, sizeBytes] = [0, 0];
  const outside: { readonly arrival: Arrival; readonly enter: () => void }[] = [];

  const isFull = (): boolean => count >= room.messages || sizeBytes >= room.sizeBytes;
  const enter = ({ topic, payload, from }: Arrival): void => {
    // a copy: a payload of 100 bytes keeps the 64 KiB alive that were read from the socket with it
    const arrival = { topic, payload: Buffer.from(payload), from };
    ready.push(arrival);
    count += 1;
    sizeBytes += sizeOf(arrival);
  };
  const letIn = (): void => {
    while (!isFull()) {
      const first = outside.shift(); // short: a broker hands over one message of a device at a time
      if (!first) return;
      enter(first.arrival);
      first.enter();
    }
  };
  return {
    put(arrival) {
      if (outside.length === 0 && !isFull()) {
        enter(arrival);
        return Promise.resolve();
      }
      return new Promise((resolve) => outside.push({ arrival, enter: resolve }));
    },
    next(limit) {
      const given = ready.slice(0, limit);
      ready = ready.slice(limit);
      return given;
    },
    done(arrivals) {
      count -= arrivals.length;
      for (const arrival of arrivals) sizeBytes -= sizeOf(arrival);
      letIn();
    },
    get count() {
      return count;
    },
  };
}

/** What a message costs in memory beside its payload: topic, objects, a place in an array. */
const OVERHEAD_BYTES = 512;

function sizeOf({ payload }: Arrival): number {
  return payload.byteLength + OVERHEAD_BYTES;
}
