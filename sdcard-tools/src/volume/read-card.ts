import {
  type CardFiles,
  err,
  MEDIUM_MAX_BYTES,
  ok,
  type Result,
  T2M_JSON_MAX_BYTES,
  T2M_TXT_MAX_BYTES,
} from '@ewon-agent/contracts';
import { cardNameOf, inStrictOrder, T2M_JSON, T2M_TXT } from '../core/easy-commissioning.ts';
import type { BlockDevice } from './block-device.ts';
import type { Fat, FatEntry } from './fat.ts';
import { findVolume, onFat } from './on-fat.ts';
import type { CardBudget } from './sectors.ts';
import { within } from './within.ts';

/** What reading a card may cost. A sound card takes about 10 sectors and 10 ms. */
export const CARD_BUDGET: CardBudget = {
  bytes: 512 * 1024, // a root directory of 16,000 entries; memory stays far below the 5 MB of threats.md
  sectors: 4096, // the longest directory FatFs follows is 2 MiB
  timeMs: 1800, // the slot must have decided within 2 s (threats.md)
};

/**
 * Reads what an Ewon would look for in the root of the first FAT partition: T2M.txt, T2M.json, and the names of the other files
 * of the list. Names are matched in any case; nothing is walked. One whole version of each file or a refusal.
 * Codes: CARD_MEDIUM_TOO_LARGE, CARD_NOT_FAT, CARD_DAMAGED, CARD_NOT_A_FILE, CARD_TOO_LARGE, CARD_BUDGET, CARD_UNREADABLE, CARD_GONE.
 */
export async function readCard(device: BlockDevice, budget: CardBudget = CARD_BUDGET): Promise<Result<CardFiles>> {
  if (device.sizeBytes > MEDIUM_MAX_BYTES) return err('CARD_MEDIUM_TOO_LARGE', `${device.sizeBytes} bytes`);
  return within(budget.timeMs, async (signal) => {
    const stoppable = stopping(device, signal);
    const volume = await findVolume(stoppable);
    if (!volume.ok) return volume;
    const read = await onFat(volume.value, budget, readFiles);
    if (!read.ok) return read;
    const same = await read.value.sectors.recheck();
    return same.ok ? ok(read.value.value) : same;
  });
}

function readFiles(fat: Fat): Result<CardFiles> {
  const mounted = fat.mount();
  if (!mounted.ok) return mounted;
  const entries = fat.list();
  if (!entries.ok) return entries;
  const t2mTxt = readOne(fat, entries.value, T2M_TXT, T2M_TXT_MAX_BYTES);
  if (!t2mTxt.ok) return t2mTxt;
  const t2mJson = readOne(fat, entries.value, T2M_JSON, T2M_JSON_MAX_BYTES);
  if (!t2mJson.ok) return t2mJson;
  const files = entries.value.filter((e) => !e.directory).map((e) => cardNameOf(e.name) ?? '');
  return ok({
    ...(t2mTxt.value && { t2mTxt: t2mTxt.value }),
    ...(t2mJson.value && { t2mJson: t2mJson.value }),
    otherFiles: inStrictOrder(files.filter((name) => name !== T2M_TXT && name !== T2M_JSON)),
  });
}

function readOne(
  fat: Fat,
  entries: readonly FatEntry[],
  name: string,
  maxBytes: number,
): Result<Uint8Array | undefined> {
  const found = entries.filter((e) => cardNameOf(e.name) === name);
  if (found.some((e) => e.directory)) return err('CARD_NOT_A_FILE', name);
  if (found.length > 1) return err('CARD_DAMAGED', `${found.length} files are named ${name}`);
  return found.length === 0 ? ok(undefined) : fat.read(name, maxBytes);
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
