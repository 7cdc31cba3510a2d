import { type CardMark, err, ok, RESULT_TXT_MAX_BYTES, type Result } from '@ewon-agent/contracts';
import { RESULT_TXT, T2M_JSON, T2M_TXT } from '../core/easy-commissioning.ts';
import { withReceipt } from '../core/result-txt.ts';
import type { BlockDevice } from './block-device.ts';
import type { Fat } from './fat.ts';
import { onFat } from './on-fat.ts';
import { CARD_BUDGET } from './read-card.ts';
import { wipeFiles } from './wipe-files.ts';
import { findWritable, writeCard } from './write-card.ts';

/**
 * Leaves on a card what it asked for: the receipt first, then the key is overwritten and removed. A card that is pulled in between
 * has its receipt, and its key still.
 * @param device opened for writing
 * Codes: CARD_EXFAT, CARD_FULL, CARD_UNWRITABLE, CARD_NOT_A_FILE, TARGET_REFUSED (a read-only file), those of reading a card.
 */
export async function markCard(device: BlockDevice, { receipt, wipe }: CardMark): Promise<Result<void>> {
  if (receipt) {
    const present = await readReceipts(device);
    if (!present.ok) return present;
    const bytes = withReceipt(present.value, receipt);
    if (!bytes.ok) return bytes;
    const written = await writeCard(device, [{ name: RESULT_TXT, bytes: bytes.value }]);
    if (!written.ok) return written;
  }
  return wipe ? wipeFiles(device, [T2M_TXT, T2M_JSON]) : ok(undefined);
}

async function readReceipts(device: BlockDevice): Promise<Result<Uint8Array | undefined>> {
  const volume = await findWritable(device);
  if (!volume.ok) return volume;
  const read = await onFat(volume.value, CARD_BUDGET, readReceiptsIn);
  return read.ok ? ok(read.value.value) : read;
}

function readReceiptsIn(fat: Fat): Result<Uint8Array | undefined> {
  const mounted = fat.mount();
  if (!mounted.ok) return mounted;
  const entries = fat.list([RESULT_TXT]);
  if (!entries.ok) return entries;
  const [found] = entries.value;
  if (found?.directory) return err('CARD_NOT_A_FILE', RESULT_TXT);
  return found ? fat.read(found.name, RESULT_TXT_MAX_BYTES) : ok(undefined);
}
