import {
  CARD_PIECE_MAX_BYTES,
  type CardFile,
  type EwonIdentity,
  err,
  type FirmwarePort,
  ok,
  type Result,
  SECOND_MS,
  type TagReading,
} from '@ewon-agent/contracts';
import type { WorldClock } from './clock-sim.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { PowerOn } from './power-sim.ts';

/** What FirmwarePort allows for an answer. */
const LIMIT_MS = 5 * SECOND_MS;
/** An Ewon works on a file for 1 to 20 s (AUG-0062 §5.1). */
const TAKE_MS = 2 * SECOND_MS;

/** A file that the Ewon has taken whole. */
export type TakenFile = { readonly name: string; readonly bytes: Uint8Array };

/** The Ewon beside the board, as its owner sees it. */
export type EwonControl = {
  /** The files that it took, in order. */
  readonly files: readonly TakenFile[];
  /** Sets a tag, or makes it; it comes last then. `good` unless told. */
  tag(name: string, value: number | string, quality?: TagReading['quality']): void;
  /** Makes it decline files of these names from now on, as one that is older than what it runs; none unless told. */
  decline(...names: readonly string[]): void;
};

/** An Ewon; what it took stays when the board has no power. */
export type Ewon = { readonly control: EwonControl; portFor(power: PowerOn): FirmwarePort };

type World = {
  readonly clock: WorldClock;
  readonly faults: FaultPlan;
  readonly identity: EwonIdentity;
  /** Whether it can be given files; it can not unless told. */
  readonly files?: 'taken';
};

/** Makes the Ewon beside the board. */
export function createEwon(world: World): Ewon {
  const files: TakenFile[] = [];
  const tags = new Map<string, TagReading>();
  let declined: readonly string[] = [];

  async function take(file: CardFile): Promise<Result<void>> {
    const well = await answer(world);
    if (!well.ok) return well;
    if (declined.includes(file.name)) return err('FIRMWARE_FILE_DECLINED', 'not for this Ewon');
    const bytes = await readWhole(file);
    if (!bytes.ok) return bytes;
    await world.clock.sleep(TAKE_MS);
    files.push({ name: file.name, bytes: bytes.value });
    return ok(undefined);
  }

  return {
    control: {
      files,
      tag(name, value, quality = 'good') {
        tags.set(name, { tag: name, value, quality });
      },
      decline(...names) {
        declined = names;
      },
    },
    portFor: (power) => ({
      identity: () => power.call('firmware.identity', () => answer(world)),
      tags: () => power.call('firmware.tags', async () => valuesOf(await answer(world), tags)),
      ...(world.files && { take: (file: CardFile) => power.call('firmware.take', () => take(file)) }),
    }),
  };
}

function valuesOf(well: Result<EwonIdentity>, tags: ReadonlyMap<string, TagReading>): Result<readonly TagReading[]> {
  return well.ok ? ok([...tags.values()]) : well;
}

async function readWhole({ name, sizeBytes, piece }: CardFile): Promise<Result<Uint8Array>> {
  const whole = new Uint8Array(sizeBytes);
  for (let done = 0; done < sizeBytes; ) {
    const bytes = await piece(done, Math.min(CARD_PIECE_MAX_BYTES, sizeBytes - done));
    if (!bytes.ok) return bytes;
    if (bytes.value.length === 0) return err('CARD_DAMAGED', `${name} ends at byte ${done} of ${sizeBytes}`);
    whole.set(bytes.value, done);
    done += bytes.value.length;
  }
  return ok(whole);
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
