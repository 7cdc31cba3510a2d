import { err, ok, type Result } from '@ewon-agent/contracts';
import { TABLE_SECTOR_BYTES, volumeSectorBytes, volumeStart } from '../core/partition.ts';
import type { BlockDevice } from './block-device.ts';
import { type Fat, fatOver } from './fat.ts';
import { type ReadBudget, type Sectors, sectorsOf, type Volume } from './sectors.ts';

/** Finds the volume of a medium: no partition table, or its first partition. Codes: CARD_NOT_FAT, those of the device. */
export async function findVolume(device: BlockDevice): Promise<Result<Volume>> {
  if (device.sizeBytes < TABLE_SECTOR_BYTES) return err('CARD_NOT_FAT', `${device.sizeBytes} bytes`);
  const table = await device.read(0, TABLE_SECTOR_BYTES);
  if (!table.ok) return table;
  const start = volumeStart(table.value, device.sizeBytes);
  if (!start.ok) return start;
  const boot = start.value === 0 ? table : await device.read(start.value, TABLE_SECTOR_BYTES);
  if (!boot.ok) return boot;
  const sectorBytes = volumeSectorBytes(boot.value);
  return sectorBytes.ok ? ok({ device, startBytes: start.value, sectorBytes: sectorBytes.value }) : sectorBytes;
}

/** What came of a program: its answer, and the sectors it read and wrote, all of them in memory. */
export type FatOutcome<T> = { readonly value: T; readonly sectors: Sectors };

/**
 * Runs a program on a FAT volume, again and again until every sector it asks for is there. The program starts from nothing each
 * time, and what it writes is in memory only: see `sectors.written()`.
 * Codes: those of the program and of the device, CARD_BUDGET. Time is the caller's to watch.
 */
export async function onFat<T>(
  volume: Volume,
  budget: ReadBudget,
  program: (fat: Fat) => Result<T>,
): Promise<Result<FatOutcome<T>>> {
  const sectors = sectorsOf(volume, budget);
  const fat = await fatOver(sectors);
  for (;;) {
    sectors.begin();
    const result = guarded(() => program(fat));
    const lack = sectors.lacked();
    if (lack?.on === 'missing') {
      const fetched = await sectors.fetch(lack.sector);
      if (!fetched.ok) return fetched;
    } else if (result.ok) {
      return ok({ value: result.value, sectors });
    } else {
      return lack ? { ok: false, fault: lack.fault } : result;
    }
  }
}

/** A file system that drives FatFs out of its memory is stopped by WebAssembly; anything else that is thrown is a bug of ours. */
function guarded<T>(run: () => Result<T>): Result<T> {
  try {
    return run();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return err('CARD_DAMAGED', 'FatFs stopped', error);
    throw error;
  }
}
