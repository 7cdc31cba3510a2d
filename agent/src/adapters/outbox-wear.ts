import type { SQLOutputValue } from 'node:sqlite';
import type { OutboxWritten } from '@ewon-agent/contracts';

const PAGE_BYTES = 4096;
/** A page in the log has a head of its own. */
const LOG_PAGE_BYTES = PAGE_BYTES + 24;

/** Counts what goes to the disk, from what SQLite tells of its log. */
export type Wear = {
  /** A file was opened: its log begins anew. */
  begin(): void;
  /** @param row what `PRAGMA wal_checkpoint(NOOP)` answered after the commit */
  committed(row: Record<string, SQLOutputValue> | undefined): void;
  written(): OutboxWritten;
};

export function createWear(): Wear {
  let [commits, bytes, pages, taken] = [0, 0, 0, 0];
  return {
    begin() {
      [pages, taken] = [0, 0];
    },
    committed(row) {
      const [pagesNow, takenNow] = [Number(row?.['log'] ?? 0), Number(row?.['checkpointed'] ?? 0)];
      // a log that was taken over whole is written from its beginning again
      if (pagesNow < pages || (takenNow < taken && pagesNow > 0)) [pages, taken] = [0, 0];
      if (pagesNow > pages) commits += 1;
      // pages that stand in the log several times are taken over once; counted as if each were, which is at most too much
      bytes += (pagesNow - pages) * LOG_PAGE_BYTES + (takenNow - taken) * PAGE_BYTES;
      [pages, taken] = [pagesNow, takenNow];
    },
    written: () => ({ commits, bytes }),
  };
}
