import type { House } from '../house.ts';

/** Work that is done in rounds, one after another, when something was told that it may concern. */
export type Rounds = {
  /** Something was told. */
  wake(): void;
  /** Resolves when no round runs. */
  settled(): Promise<void>;
  /** Begins no further round; resolves when the one that runs is over. */
  close(): Promise<void>;
};

/**
 * Starts with nothing; what was told before is found by the first round of the upkeep, which also tries again what failed.
 * @param name of the work, in the program's log
 * @param round one round; `closing` says when what it waits for is to be given up
 */
export function createRounds(
  { log }: Pick<House, 'log'>,
  name: string,
  round: (closing: AbortSignal) => Promise<void>,
): Rounds {
  let running: Promise<void> | undefined;
  let wanted = false;
  const closing = new AbortController();
  async function run(): Promise<void> {
    while (wanted && !closing.signal.aborted) {
      wanted = false;
      try {
        await round(closing.signal);
      } catch (cause) {
        log.write('error', name, 'round failed', { cause: String(cause) });
      }
    }
    running = undefined;
  }
  const settled = async (): Promise<void> => {
    while (running) await running;
  };
  return {
    wake() {
      wanted = true;
      if (!closing.signal.aborted) running ??= run();
    },
    settled,
    async close() {
      closing.abort();
      await settled();
    },
  };
}
