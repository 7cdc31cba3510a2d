import { existsSync } from 'node:fs';
import { CODES, type Fingerprint, printable, type Result } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import type { AgentConfig } from '../config/schema.ts';
import { initialState } from '../core/agent.ts';
import { readDocument } from '../core/document.ts';
import { type AgentStatus, EVENTS_SHOWN, type OtherAccount, statusOf } from '../core/status.ts';
import { recentEvents } from '../shell/event-log.ts';
import { AGENT_VERSION } from '../version.ts';
import { openState } from './open-state.ts';
import { controlPath, storePath } from './places.ts';

export type KnownStatus = { readonly running: boolean } & AgentStatus;

/**
 * Asks the running agent; where none runs, tells what it saved last.
 * Codes: AGENT_NOT_RUNNING (nothing was ever saved), AGENT_NOT_YOURS, AGENT_RUNNING_ALREADY (it does not answer), STATE_DAMAGED, STATE_UNWRITABLE.
 */
export async function readStatus(config: AgentConfig): Promise<Result<KnownStatus>> {
  const asked = await askControl(controlPath(config.stateDir), 'status');
  if (asked.ok) return { ok: true, value: { running: true, ...(asked.value as AgentStatus) } };
  if (!existsSync(storePath(config.stateDir))) return asked;
  return savedStatus(config);
}

function savedStatus({ stateDir }: AgentConfig): Result<KnownStatus> {
  const opened = openState(stateDir);
  if (!opened.ok) return opened;
  const { store, outbox, close } = opened.value;
  try {
    const loaded = store.load();
    const read = loaded.ok ? readDocument(loaded.value) : loaded;
    if (!read.ok) return read;
    const facts = {
      agentVersion: AGENT_VERSION,
      fingerprint: '' as Fingerprint,
      slots: [],
      bootCount: read.value.bootCount,
      events: recentEvents(outbox, EVENTS_SHOWN),
    };
    return { ok: true, value: { running: false, ...statusOf(initialState(read.value.registration), facts) } };
  } finally {
    close();
  }
}

/** What a person does next: about a card that is in and was refused, else about the registration. */
function nextStep({ slots, registration }: KnownStatus): string {
  const refused = slots.find(({ code }) => code !== undefined && CODES[code].severity === 'error');
  const next = refused?.next ?? registration.last?.next;
  return next ?? (registration.state === 'unregistered' ? 'Put in a card to register this Ewon.' : '');
}

function cardText({ card }: KnownStatus['slots'][number]): string {
  if (!card) return '';
  if (card.fault) return `(${card.fault.code}: the card was not written)`;
  const wiped = card.wiped === undefined ? '' : card.wiped ? 'key wiped' : 'key still on it';
  const said = [card.writing ? 'being written, do not pull' : '', card.receipt ? `receipt ${card.receipt}` : '', wiped];
  return `(${said.filter(Boolean).join(', ')})`;
}

function otherText({ account, directoryUrl, last }: OtherAccount, what: string): string {
  const trouble = last ? `, ${last.code}: ${last.detail || last.text}` : '';
  return `account ${account} at ${directoryUrl} ${what}${trouble}`;
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
    ['Moving to', r.moving ? otherText(r.moving, 'is being asked') : ''],
    ['Moved from', r.former ? otherText(r.former, 'is being told') : ''],
    ['Card key', r.grkId ?? ''],
    ['Last', r.last ? `${r.last.code}: ${r.last.text}` : ''],
    ['', r.last?.detail ?? ''],
    ['Next', nextStep(status)],
    [
      'Uplink',
      [uplink.state, uplink.since ? `since ${uplink.since}` : '', uplink.trouble ?? ''].filter(Boolean).join(' '),
    ],
    ...status.slots.map((s) => [
      `Slot ${s.slot}`,
      [s.state, s.code ?? '', s.detail ?? '', cardText(s)].filter(Boolean).join(' '),
    ]),
    ['LED', status.led],
    ['Location', status.location ? `${status.location.on ? 'on' : 'off'}: ${status.location.why}` : ''],
  ];
  const shown = lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${`${name}`.padEnd(14)}${printable(`${value}`, 200)}`);
  const events = status.events
    .slice(-8)
    .map((e) => `  ${e.at.slice(0, 19)}Z ${e.code.padEnd(22)} ${printable(e.text, 200)}`);
  return [...shown, ...(events.length > 0 ? ['Events', ...events] : [])].join('\n');
}
