import { err, MEDIUM_MAX_BYTES, ok, type Result } from '@ewon-agent/contracts';
import type { BlockDevice } from './block-device.ts';
import { type Exfat, onExfat } from './exfat.ts';
import type { Fat } from './fat.ts';
import { findVolume } from './find-volume.ts';
import { onFat } from './on-fat.ts';
import type { CardBudget } from './sectors.ts';
import { within } from './within.ts';

/** What is to be read of a card, by the kind of its first partition. */
export type CardPrograms<T> = {
  /** Runs again and again; see {@link onFat}. */
  fat(fat: Fat): Result<T>;
  exfat(exfat: Exfat): Promise<Result<T>>;
};

/**
 * Runs a program on the first partition of a card, within a budget; what it read is read again at the end, so that it is one whole
 * version or a refusal.
 * Codes: those of the program, CARD_MEDIUM_TOO_LARGE, CARD_NOT_FAT, CARD_DAMAGED, CARD_BUDGET, CARD_UNREADABLE, CARD_GONE.
 */
export async function onCard<T>(
  device: BlockDevice,
  budget: CardBudget,
  programs: CardPrograms<T>,
): Promise<Result<T>> {
  if (device.sizeBytes > MEDIUM_MAX_BYTES) return err('CARD_MEDIUM_TOO_LARGE', `${device.sizeBytes} bytes`);
  return within(budget.timeMs, async (signal) => {
    const volume = await findVolume(stopping(device, signal));
    if (!volume.ok) return volume;
    const read =
      volume.value.kind === 'exfat'
        ? await onExfat(volume.value, budget, programs.exfat)
        : await onFat(volume.value, budget, programs.fat);
    if (!read.ok) return read;
    const same = await read.value.sectors.recheck();
    return same.ok ? ok(read.value.value) : same;
  });
}

/** A device that asks for nothing more once it was told to stop. */
function stopping(device: BlockDevice, signal: AbortSignal): BlockDevice {
  return {
    ...device,
    read: async (offset, length) => {
      if (signal.aborted) return err('CARD_UNREADABLE', 'time is over');
      return device.read(offset, length);
    },
  };
}
