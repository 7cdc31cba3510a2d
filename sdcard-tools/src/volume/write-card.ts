import { err, MEDIUM_MAX_BYTES, ok, type Result } from '@ewon-agent/contracts';
import { smallestFat32Bytes } from '../core/image-size.ts';
import { type BlockDevice, readingBack } from './block-device.ts';
import { commit, type Progress } from './commit.ts';
import type { Fat } from './fat.ts';
import { withLabel } from './fat-label.ts';
import { type FoundVolume, findVolume } from './find-volume.ts';
import { onFat } from './on-fat.ts';
import type { ReadBudget } from './sectors.ts';

export type NamedBytes = { readonly name: string; readonly bytes: Uint8Array };

/** What writing may cost: the free-space search of a full 128 GB card reads its whole table of 16 MiB. */
const WRITE_BUDGET: ReadBudget = { bytes: 64 * 1024 * 1024, sectors: 1_000_000 };

/**
 * Makes an empty FAT32 file system without a partition table, below {@link smallestFat32Bytes} a FAT16 or FAT12.
 * Everything that was on the device is lost.
 * @param options.label at most 11 characters of A-Z, 0-9, space, `_` and `-`
 * Codes: TARGET_REFUSED (size or label), CARD_MEDIUM_TOO_LARGE, CARD_UNWRITABLE, CARD_GONE.
 */
export async function formatFat(device: BlockDevice, options: { readonly label?: string } = {}): Promise<Result<void>> {
  if (device.sizeBytes > MEDIUM_MAX_BYTES) return err('CARD_MEDIUM_TOO_LARGE', `${device.sizeBytes} bytes`);
  const { label } = options;
  if (label !== undefined && !/^[A-Z0-9_-][A-Z0-9 _-]{0,10}$/.test(label)) return err('TARGET_REFUSED', 'the label');
  const kind = device.sizeBytes >= smallestFat32Bytes ? 'FAT32' : 'FAT';
  const volume = { device, startBytes: 0, sizeBytes: device.sizeBytes, sectorBytes: 512 };
  const formatted = await onFat(volume, WRITE_BUDGET, (fat) => fat.format(kind));
  if (!formatted.ok) return formatted;
  const sectors = formatted.value.sectors.written();
  return commit(device, volume, label === undefined ? sectors : withLabel(sectors, label));
}

/**
 * Writes files into the root of the first FAT partition, in place of files of the same names in any case, and reads them back, from the
 * medium itself where the device can.
 * What a replaced or removed file held is overwritten with zeros where it stood, so that no key stays behind in free space (a card's own
 * flash controller may still keep a copy that only it can reach).
 * @param options.remove names of files that go away in the same stroke; one that is not there is fine
 * Codes: CARD_NOT_FAT, CARD_EXFAT, CARD_DAMAGED, CARD_NOT_A_FILE, CARD_FULL, CARD_UNWRITABLE, CARD_UNREADABLE, CARD_GONE, TARGET_REFUSED.
 */
export async function writeCard(
  device: BlockDevice,
  files: readonly NamedBytes[],
  options: { readonly remove?: readonly string[]; readonly progress?: Progress } = {},
): Promise<Result<void>> {
  const volume = await findWritable(device);
  if (!volume.ok) return volume;
  const planned = await onFat(volume.value, WRITE_BUDGET, (fat) => putFiles(fat, files, options.remove ?? []));
  if (!planned.ok) return planned;
  const committed = await commit(device, volume.value, planned.value.sectors.written(), options.progress);
  return committed.ok ? compare(readingBack(device), files) : committed;
}

/** Finds a volume that {@link writeCard} can write to. Codes: CARD_NOT_FAT, CARD_EXFAT, CARD_DAMAGED, CARD_UNREADABLE, CARD_GONE. */
export async function findWritable(device: BlockDevice): Promise<Result<FoundVolume>> {
  const volume = await findVolume(device);
  return volume.ok && volume.value.kind === 'exfat' ? err('CARD_EXFAT') : volume;
}

function putFiles(fat: Fat, files: readonly NamedBytes[], remove: readonly string[]): Result<void> {
  const mounted = fat.mount();
  if (!mounted.ok) return mounted;
  const names = [...remove, ...files.map((f) => f.name)];
  const entries = fat.list(names);
  if (!entries.ok) return entries;
  const find = (name: string) => entries.value.find((e) => e.name.toLowerCase() === name.toLowerCase());
  for (const name of names) {
    const entry = find(name);
    if (entry?.directory) return err('CARD_NOT_A_FILE', name);
    if (entry?.readOnly) return err('TARGET_REFUSED', `${name} has the read-only attribute`);
  }
  for (const name of remove.filter(find)) {
    const scrubbed = fat.scrub(name);
    if (!scrubbed.ok) return scrubbed;
    const removed = fat.remove(name);
    if (!removed.ok) return removed;
  }
  for (const { name, bytes } of files) {
    const scrubbed = find(name) ? fat.scrub(name) : ok(undefined);
    if (!scrubbed.ok) return scrubbed;
    const written = fat.write(name, bytes);
    if (!written.ok) return written;
  }
  return ok(undefined);
}

async function compare(device: BlockDevice, files: readonly NamedBytes[]): Promise<Result<void>> {
  const volume = await findVolume(device);
  if (!volume.ok) return volume;
  const read = await onFat(volume.value, WRITE_BUDGET, (fat) => {
    const mounted = fat.mount();
    if (!mounted.ok) return mounted;
    for (const { name, bytes } of files) {
      const back = fat.read(name, bytes.length);
      if (!back.ok) return back;
      if (Buffer.compare(back.value, bytes) !== 0) return err('CARD_UNWRITABLE', `${name} reads back otherwise`);
    }
    return ok(undefined);
  });
  return read.ok ? ok(undefined) : read;
}
