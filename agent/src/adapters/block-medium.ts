import {
  type CardFiles,
  type CardMark,
  type CardPart,
  type CardPiece,
  type ClockPort,
  err,
  type Millis,
  type Result,
} from '@ewon-agent/contracts';
import type { BlockDevice } from '@ewon-agent/sdcard-tools/volume/block-device';
import { openBlockDevice } from '@ewon-agent/sdcard-tools/volume/block-device-file';
import { PIECE_BUDGET, readCardPiece } from '@ewon-agent/sdcard-tools/volume/card-piece';
import { errnoOf } from '@ewon-agent/sdcard-tools/volume/errno';
import { markCard } from '@ewon-agent/sdcard-tools/volume/mark-card';
import { CARD_BUDGET, readCard } from '@ewon-agent/sdcard-tools/volume/read-card';
import { asCardFault } from './card-fault.ts';

/** Right after a plug udev has not given us the rights yet, or (without devtmpfs) not made the file; it may take so long. */
const RIGHTS_MS = 1000;
const RIGHTS_RETRY_MS = 20;
const NOT_YET = ['EACCES', 'EPERM', 'ENOENT'];

type Asked = {
  readonly clock: Pick<ClockPort, 'after' | 'monotonic'>;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
};

type Timed = Asked & { readonly timeMs: Millis };

/** Reads the card on a block device within a time. Codes: those of {@link readCard}. */
export function readMedium(path: string, asked: Timed): Promise<Result<CardFiles>> {
  return reading(path, asked, (device, timeMs) => readCard(device, { ...CARD_BUDGET, timeMs }));
}

/** Reads a piece of a file of such a card within a time. Codes: those of {@link readCardPiece}. */
export function readMediumPiece(path: string, part: CardPart, asked: Timed): Promise<Result<CardPiece>> {
  return reading(path, asked, (device, timeMs) => readCardPiece(device, part, { ...PIECE_BUDGET, timeMs }));
}

async function reading<T>(
  path: string,
  asked: Timed,
  work: (device: BlockDevice, timeMs: Millis) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { clock, signal, timeMs } = asked;
  const startMs = clock.monotonic();
  const device = await openWhenAllowed(path, asked);
  if (!device.ok) return asCardFault(device, 'CARD_UNREADABLE');
  return closing(device.value, async () => {
    if (signal.aborted) return err('CARD_UNREADABLE', 'opened too late');
    const leftMs = timeMs - (clock.monotonic() - startMs);
    return work(device.value, Math.min(CARD_BUDGET.timeMs, leftMs));
  });
}

/** Marks the card on a block device, which nobody else may have open for writing. Codes: those of {@link markCard}. */
export async function markMedium(
  path: string,
  mark: CardMark,
  { signal }: Pick<Asked, 'signal'>,
): Promise<Result<void>> {
  const device = await openBlockDevice(path, 'readWrite');
  if (!device.ok) return asCardFault(device, 'CARD_UNWRITABLE');
  return closing(device.value, async () => {
    if (signal.aborted) return err('CARD_UNWRITABLE', 'opened too late');
    return asCardFault(await markCard(device.value, mark), 'CARD_UNWRITABLE');
  });
}

async function openWhenAllowed(path: string, { clock, signal }: Asked): Promise<Result<BlockDevice>> {
  const untilMs = clock.monotonic() + RIGHTS_MS;
  for (;;) {
    const device = await openBlockDevice(path, 'readOnly');
    const isEarly = !device.ok && NOT_YET.includes(errnoOf(device.fault.cause));
    if (!isEarly || signal.aborted || clock.monotonic() > untilMs) return device;
    await new Promise<void>((done) => clock.after(RIGHTS_RETRY_MS, done));
  }
}

async function closing<T>(device: BlockDevice, work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } finally {
    await device.close();
  }
}
