import type { House } from '../house.ts';
import { roundRollouts } from './rollout.ts';

/** Moves rollouts when an Ewon has told something of patches, one round after another. */
export type RolloutRounds = {
  /** Something was told. */
  wake(): void;
  /** Resolves when no round runs. */
  settled(): Promise<void>;
  /** Begins no further round; resolves when the one that runs is over. */
  close(): Promise<void>;
};

/** Starts with nothing; what was told before is found by the first round of the upkeep. */
export function createRolloutRounds(house: House): RolloutRounds {
  let running: Promise<void> | undefined;
  let [wanted, closed] = [false, false];
  async function run(): Promise<void> {
    while (wanted && !closed) {
      wanted = false;
      try {
        await roundRollouts(house);
      } catch (cause) {
        // the upkeep tries it again
        house.log.write('error', 'rollout', 'round failed', { cause: String(cause) });
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
      if (!closed) running ??= run();
    },
    settled,
    async close() {
      closed = true;
      await settled();
    },
  };
}
