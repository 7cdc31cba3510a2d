import { existsSync } from 'node:fs';
import { type Fingerprint, printable, type Result } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import { openSqliteStore } from '../adapters/store-sqlite.ts';
import type { AgentConfig } from '../config/schema.ts';
import { initialState } from '../core/agent.ts';
import { readDocument } from '../core/document.ts';
import { type AgentStatus, statusOf } from '../core/status.ts';
import { AGENT_VERSION } from '../version.ts';
import { controlPath, storePath } from './places.ts';

export type KnownStatus = { readonly running: boolean } & AgentStatus;

/** Asks the running agent; where none runs, tells what it saved last. Codes: AGENT_NOT_RUNNING when nothing was ever saved. */
export async function readStatus(config: AgentConfig): Promise<Result<KnownStatus>> {
  const asked = await askControl(controlPath(config.stateDir), 'status');
  if (asked.ok) return { ok: true, value: { running: true, ...(asked.value as AgentStatus) } };
  if (!existsSync(storePath(config.stateDir))) return asked;
  return savedStatus(config);
}

function savedStatus({ stateDir }: AgentConfig): Result<KnownStatus> {
  const store = openSqliteStore(storePath(stateDir), () => Date.now());
  try {
    const loaded = store.load();
    const read = loaded.ok ? readDocument(loaded.value) : loaded;
    if (!read.ok) return read;
    const events = store.recentEvents(20).map((e) => JSON.parse(e.body));
    const facts = {
      agentVersion: AGENT_VERSION,
      fingerprint: '' as Fingerprint,
      slots: [],
      bootCount: read.value.bootCount,
      events,
    };
    return { ok: true, value: { running: false, ...statusOf(initialState(read.value.registration), facts) } };
  } finally {
    store.close();
  }
}

/** Words a status for a terminal of 80 columns. */
export function statusText(status: KnownStatus): string {
  const { registration: r, uplink } = status;
  const lines = [
    [
      'Agent',
      `${status.agent}, ${status.running ? `running, start ${status.startCount}` : 'NOT RUNNING (last saved state)'}`,
    ],
    ['Key', status.fingerprint],
    ['Registration', r.state],
    ['Account', r.account ?? ''],
    ['At', r.directoryUrl ?? ''],
    ['Ewon', r.name ? `${r.name} (${r.deviceId ?? ''})` : ''],
    ['Pool', r.pool ?? ''],
    ['Card key', r.grkId ?? ''],
    ['Last', r.last ? `${r.last.code}: ${r.last.text}` : ''],
    ['', r.last?.detail ?? ''],
    ['Next', r.last?.next ?? (r.state === 'unregistered' ? 'Put in a card to register this Ewon.' : '')],
    [
      'Uplink',
      [uplink.state, uplink.since ? `since ${uplink.since}` : '', uplink.trouble ?? ''].filter(Boolean).join(' '),
    ],
    ...status.slots.map((s) => [`Slot ${s.slot}`, [s.state, s.code ?? '', s.detail ?? ''].filter(Boolean).join(' ')]),
    ['LED', status.led],
  ];
  const shown = lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${`${name}`.padEnd(14)}${printable(`${value}`, 200)}`);
  const events = status.events
    .slice(-8)
    .map((e) => `  ${e.at.slice(0, 19)}Z ${e.code.padEnd(22)} ${printable(e.text, 200)}`);
  return [...shown, ...(events.length > 0 ? ['Events', ...events] : [])].join('\n');
}
