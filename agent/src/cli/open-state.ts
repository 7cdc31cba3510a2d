import { mkdirSync } from 'node:fs';
import { err, type Millis, ok, type Result, type StateStorePort } from '@ewon-agent/contracts';
import { isLocked, openSqliteStore } from '../adapters/store-sqlite.ts';
import { storePath } from './places.ts';

/**
 * Opens the agent's memory, in a directory that is made when it is not there.
 * @param waitMs for another process to let go of it: a command that looks into it is through within milliseconds
 * Codes: AGENT_RUNNING_ALREADY, STATE_UNWRITABLE.
 */
export function openState(stateDir: string, waitMs: Millis = 0): Result<StateStorePort> {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    return ok(openSqliteStore(storePath(stateDir), () => Date.now(), waitMs));
  } catch (cause) {
    return isLocked(cause) ? err('AGENT_RUNNING_ALREADY', stateDir, cause) : err('STATE_UNWRITABLE', stateDir, cause);
  }
}
