import { join } from 'node:path';
import { openSqliteOutbox } from '@ewon-agent/agent/adapters/outbox-sqlite';
import type { OutboxEntry } from '@ewon-agent/contracts';
import { filesOnDisk } from './files-on-disk.ts';

const OUTBOX = 'outbox.db';

/**
 * Opens the outbox on the disk of a board that has no power, by the agent's own adapter, in a copy.
 * @param image the disk, whose journal is replayed
 * @param into a directory for the copy
 * @returns what waits in it of agent/src/testing/outbox-writer.ts, in order; the agent's own events are left out
 */
export function outboxOnDisk(image: string, into: string): readonly OutboxEntry[] {
  filesOnDisk(image, [OUTBOX, `${OUTBOX}-wal`], into);
  const outbox = openSqliteOutbox(join(into, OUTBOX), () => Date.now());
  try {
    if (outbox.opened.damage) throw new Error(`the outbox on ${image} is damaged`, { cause: outbox.opened.damage });
    return outbox.waiting(0, 1_000_000).filter(({ body }) => 'group' in JSON.parse(body));
  } finally {
    outbox.close();
  }
}
