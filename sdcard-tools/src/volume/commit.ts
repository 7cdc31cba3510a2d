import { err, type Result } from '@ewon-agent/contracts';
import type { BlockDevice } from './block-device.ts';
import type { Sectors } from './sectors.ts';

/** Is told how far a piece of work has come; the last call has both numbers equal. */
export type Progress = (far: { readonly done: number; readonly total: number }) => void;

/**
 * Puts sectors on the device in the order in which FatFs wrote them, neighbours together, and flushes.
 * Codes: TARGET_REFUSED (opened for reading), CARD_UNWRITABLE, CARD_GONE.
 */
export async function commit(
  device: BlockDevice,
  place: { readonly startBytes: number; readonly sectorBytes: number },
  sectors: ReturnType<Sectors['written']>,
  progress: Progress = () => {},
): Promise<Result<void>> {
  if (!device.write || !device.flush) return err('TARGET_REFUSED', 'opened for reading only');
  let run: { readonly first: number; readonly parts: Uint8Array[] } | undefined;
  const runs: NonNullable<typeof run>[] = [];
  for (const [sector, bytes] of sectors) {
    if (run && sector === run.first + run.parts.length && run.parts.length < RUN_MAX_SECTORS) {
      run.parts.push(bytes);
    } else {
      run = { first: sector, parts: [bytes] };
      runs.push(run);
    }
  }
  let done = 0;
  for (const { first, parts } of runs) {
    const written = await device.write(place.startBytes + first * place.sectorBytes, Buffer.concat(parts));
    if (!written.ok) return written;
    done += parts.length;
    progress({ done: done * place.sectorBytes, total: sectors.size * place.sectorBytes });
  }
  return device.flush();
}

const RUN_MAX_SECTORS = 256;
