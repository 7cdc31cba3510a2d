import { err, ok, type Result } from '@ewon-agent/contracts';
import { type Fat, fatOver } from './fat.ts';
import { type ReadBudget, type Sectors, sectorsOf, type Volume } from './sectors.ts';

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
