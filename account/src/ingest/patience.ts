import { SECOND_MS } from '@ewon-agent/contracts';
import type { House } from '../house.ts';

/** Tells a store that fails from a message that it refuses, and waits for the store. */
export type Patience = {
  /**
   * Resolves when the store takes something, at once when it does already.
   * @param cause what failed, for the log
   * @returns false when it is not waited for any longer
   */
  untilStoreWorks(cause: unknown): Promise<boolean>;
  /** From now on nothing is waited for. */
  end(): void;
};

/** A store that fails is asked again after this time. */
const STORE_RETRY_MS = SECOND_MS;

/** Makes one. That the store fails is said once down and once up. */
export function createPatience({ store, clock, log }: Pick<House, 'store' | 'clock' | 'log'>): Patience {
  let ended = false;
  let endPause = (): void => {};

  /** Writes what is there already: on a full disk reading still works. */
  async function works(): Promise<boolean> {
    try {
      await store.transact(async (tx) => tx.updateAccount({ name: (await tx.account()).name }));
      return true;
    } catch {
      return false; // what it says is what failed before, and that is logged
    }
  }
  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(STORE_RETRY_MS, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });
  }
  return {
    async untilStoreWorks(cause) {
      if (await works()) return true;
      log.write('error', 'ingest', 'the store fails, messages wait', { cause: String(cause) });
      do {
        if (ended) return false;
        await pause();
      } while (!(await works()));
      log.write('info', 'ingest', 'the store works again');
      return true;
    },
    end() {
      ended = true;
      endPause();
    },
  };
}
