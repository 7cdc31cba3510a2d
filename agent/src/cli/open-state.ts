import { mkdirSync } from 'node:fs';
import { err, type Millis, type OutboxPort, ok, type Result, type StateStorePort } from '@ewon-agent/contracts';
import { openSqliteOutbox } from '../adapters/outbox-sqlite.ts';
import { isLocked } from '../adapters/sqlite-file.ts';
import { openSqliteStore } from '../adapters/store-sqlite.ts';
import { outboxPath, storePath } from './places.ts';

/**
 * Opens the agent's memory, in a directory that is made when it is not there.
 * @param waitMs for another process to let go of it: a command that looks into it is through within milliseconds
 * Codes: AGENT_RUNNING_ALREADY, STATE_UNWRITABLE.
 */
export function openState(
  stateDir: string,
  waitMs: Millis = 0,
): Result<{ readonly store: StateStorePort; readonly outbox: OutboxPort; close(): void }> {
  let store: StateStorePort | undefined;
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const opened = openSqliteStore(storePath(stateDir), () => Date.now(), waitMs);
    store = opened;
    const outbox = openSqliteOutbox(outboxPath(stateDir), () => Date.now(), waitMs);
    const close = () => {
      outbox.close();
      opened.close();
    };
    return ok({ store, outbox, close });
  } catch (cause) {
    store?.close();
    return isLocked(cause) ? err('AGENT_RUNNING_ALREADY', stateDir, cause) : err('STATE_UNWRITABLE', stateDir, cause);
  }
}
