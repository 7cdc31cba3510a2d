import { type ClockPort, type Code, err, type Millis, type Result, type SlotId } from '@ewon-agent/contracts';

/** One piece of work on the medium of a slot. */
export type LaneWork<T> = {
  readonly slot: SlotId;
  readonly timeMs: Millis;
  /** What is answered when time is over. */
  readonly late: Code;
  /** `signal` tells that nobody waits any more. */
  readonly work: (signal: AbortSignal) => Promise<Result<T>>;
};

/** See {@link createLanes}. */
export type Lanes = { run<T>(job: LaneWork<T>): Promise<Result<T>> };

/**
 * Of the four threads with which Node waits for files and names (UV_THREADPOOL_SIZE), so many at most may be held by media that do
 * not answer: the others keep the heartbeat going.
 */
const MOST_LEFT_BEHIND = 2;

/**
 * Lets one piece of work at a time touch the medium of a slot. A request that the kernel does not answer cannot be taken back; it is left
 * behind, and until it returns nothing more is asked of that slot.
 * Codes: `late` when time is over or the slot still hangs, those of the work otherwise.
 */
export function createLanes(clock: Pick<ClockPort, 'after'>): Lanes {
  const turns = new Map<SlotId, Promise<void>>();
  const hanging = new Set<SlotId>();

  return {
    async run({ slot, timeMs, late, work }) {
      const before = turns.get(slot);
      const turn = Promise.withResolvers<void>();
      turns.set(slot, turn.promise);
      const stop = new AbortController();
      const over = Promise.withResolvers<Result<never>>();
      let isBegun = false;
      const cancel = clock.after(timeMs, () => {
        if (isBegun) hanging.add(slot);
        stop.abort();
        over.resolve(err(late, `no answer within ${timeMs} ms`));
      });
      const begin = async () => {
        await before;
        if (hanging.has(slot) || stop.signal.aborted) return err(late, 'an earlier request still hangs');
        if (hanging.size >= MOST_LEFT_BEHIND) return err(late, 'other slots hang');
        isBegun = true;
        return work(stop.signal).finally(() => hanging.delete(slot));
      };
      try {
        return await Promise.race([begin(), over.promise]);
      } finally {
        cancel();
        turn.resolve();
      }
    },
  };
}
