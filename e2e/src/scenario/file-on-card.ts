import { err, KIB } from '@ewon-agent/contracts';
import { memoryDevice } from '@ewon-agent/sdcard-tools/volume/block-device-memory';
import { findVolume } from '@ewon-agent/sdcard-tools/volume/find-volume';
import { onFat } from '@ewon-agent/sdcard-tools/volume/on-fat';

/** What a computer needs to read of a card for one of its files. */
const BUDGET = { bytes: 1024 * KIB, sectors: 8192 };
const FILE_MAX_BYTES = 256 * KIB;

/** Reads a file in the root of a FAT card, as text; undefined when it is not there, or when there is no FAT. */
export async function readFileOnCard(image: Uint8Array, name: string): Promise<string | undefined> {
  const volume = await findVolume(memoryDevice(image));
  if (!volume.ok || volume.value.kind === 'exfat') return undefined;
  const read = await onFat(volume.value, BUDGET, (fat) => {
    const mounted = fat.mount();
    if (!mounted.ok) return mounted;
    const entries = fat.list([name]);
    if (!entries.ok) return entries;
    const [found] = entries.value;
    return found ? fat.read(found.name, FILE_MAX_BYTES) : err('CARD_NO_T2M', name);
  });
  return read.ok ? Buffer.from(read.value.value).toString('utf8') : undefined;
}
