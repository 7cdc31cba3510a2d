import { type BoardPort, ok } from '@ewon-agent/contracts';
import type { PowerOn } from './power-sim.ts';

export type RestartControl = {
  /** How often a program has ordered a restart of the board; whoever plays the board switches it off and on. */
  readonly rebootsOrdered: number;
};

/** Makes the board as the agent may order it about. Each stretch of power is another start. */
export function createBoardPort(): RestartControl & { portFor(power: PowerOn): BoardPort } {
  let starts = 0;
  let rebootsOrdered = 0;
  return {
    get rebootsOrdered() {
      return rebootsOrdered;
    },
    portFor(power) {
      starts += 1;
      return {
        bootId: `start-${starts}`,
        reboot: () =>
          power.call('board.reboot', () => {
            rebootsOrdered += 1;
            return ok(undefined);
          }),
      };
    },
  };
}
