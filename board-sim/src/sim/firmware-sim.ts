import { type EwonIdentity, err, type FirmwarePort, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import type { WorldClock } from './clock-sim.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { PowerOn } from './power-sim.ts';

/** What FirmwarePort allows for an answer. */
const LIMIT_MS = 5 * SECOND_MS;

type World = { readonly clock: WorldClock; readonly faults: FaultPlan; readonly identity: EwonIdentity };

/** Makes the Ewon beside the board, as a program with power sees it. */
export function createFirmware(world: World, power: PowerOn): FirmwarePort {
  return { identity: () => power.call('firmware.identity', () => answer(world)) };
}

async function answer({ clock, faults, identity }: World): Promise<Result<EwonIdentity>> {
  switch (faults.nextEwon()) {
    case 'well':
      return ok(identity);
    case 'refused':
      return err('FIRMWARE_UNREACHABLE', 'ECONNREFUSED');
    case 'silent':
    case 'drip':
      await clock.sleep(LIMIT_MS);
      return err('FIRMWARE_UNREACHABLE', `no answer within ${LIMIT_MS} ms`);
    case 'loginPage':
      return err('FIRMWARE_ANSWER_BAD', 'the answer is not a status of Key:Value lines');
    case 'noSerial':
      return err('FIRMWARE_ANSWER_BAD', 'no serial');
    case 'wrongPassword':
      return err('FIRMWARE_ANSWER_BAD', 'HTTP status 401');
    case 'endless':
      return err('FIRMWARE_ANSWER_BAD', 'more than 64 KiB');
  }
}
