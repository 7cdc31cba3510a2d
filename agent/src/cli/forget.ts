import { existsSync } from 'node:fs';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import type { AgentConfig } from '../config/schema.ts';
import { documentOf, readDocument } from '../core/document.ts';
import { transition } from '../core/registration.ts';
import { openState } from './open-state.ts';
import { controlPath, storePath } from './places.ts';

/**
 * Unlinks this Ewon. Where the agent does not run, the order is saved, and told the account at its next start.
 * Codes: NOT_LINKED, AGENT_NOT_RUNNING, AGENT_NOT_YOURS, AGENT_RUNNING_ALREADY (it does not answer), STATE_DAMAGED, STATE_UNWRITABLE.
 */
export async function forgetLink(config: AgentConfig): Promise<Result<'ordered' | 'saved'>> {
  const asked = await askControl(controlPath(config.stateDir), 'forget');
  if (asked.ok) return ok('ordered');
  if (asked.fault.code !== 'AGENT_NOT_RUNNING' || !existsSync(storePath(config.stateDir))) return asked;
  const opened = openState(config.stateDir);
  if (!opened.ok) return opened;
  const { store, close } = opened.value;
  try {
    const loaded = store.load();
    const read = loaded.ok ? readDocument(loaded.value) : loaded;
    if (!read.ok) return read;
    if (read.value.registration.at === 'unregistered') return err('NOT_LINKED');
    const [registration] = transition(read.value.registration, { on: 'ForgetOrdered' });
    const saved = store.save(documentOf({ ...read.value, registration }));
    return saved.ok ? ok('saved') : saved;
  } finally {
    close();
  }
}
