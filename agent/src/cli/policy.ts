import { existsSync } from 'node:fs';
import { MINUTE_MS, printable, type Result } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import type { AgentConfig } from '../config/schema.ts';
import { readDocument } from '../core/document.ts';
import { NO_ORDERS } from '../core/orders.ts';
import { type PolicyStatus, policyStatusOf } from '../core/policy-status.ts';
import { boardSwitches, deviceSwitches } from './board-switches.ts';
import { openState } from './open-state.ts';
import { controlPath, storePath } from './places.ts';

export type KnownPolicy = { readonly running: boolean } & PolicyStatus;

/**
 * Asks the running agent; where none runs, explains what it saved last.
 * Codes: AGENT_NOT_RUNNING (nothing was ever saved), AGENT_NOT_YOURS, AGENT_RUNNING_ALREADY (it does not answer), STATE_DAMAGED, STATE_UNWRITABLE.
 */
export async function readPolicyStatus(config: AgentConfig): Promise<Result<KnownPolicy>> {
  const asked = await askControl(controlPath(config.stateDir), 'policy');
  if (asked.ok) return { ok: true, value: { running: true, ...(asked.value as PolicyStatus) } };
  if (asked.fault.code !== 'AGENT_NOT_RUNNING' || !existsSync(storePath(config.stateDir))) return asked;
  const opened = openState(config.stateDir);
  if (!opened.ok) return opened;
  try {
    const loaded = opened.value.store.load();
    const read = loaded.ok ? readDocument(loaded.value) : loaded;
    if (!read.ok) return read;
    const { registration, orders = NO_ORDERS } = read.value;
    const atMs = Date.now();
    const facts = {
      device: deviceSwitches(() => config),
      board: boardSwitches(config),
      atMs,
      offsetMs: offsetMsAt(atMs),
    };
    return { ok: true, value: { running: false, ...policyStatusOf(registration, orders, facts) } };
  } finally {
    opened.value.close();
  }
}

function offsetMsAt(atMs: number): number {
  return -new Date(atMs).getTimezoneOffset() * MINUTE_MS;
}

/** Words it for a terminal of 80 columns. */
export function policyText({
  account,
  version,
  issuedAt,
  decisions,
  window,
  denied,
  accountKeys,
}: KnownPolicy): string {
  const { geolocation, remoteManagement } = decisions;
  const said = ({ on, why }: typeof geolocation) => `${on ? 'on' : 'off'}: ${why}`;
  const policy = version === undefined ? 'none yet' : `version ${version} of ${issuedAt ?? ''}`;
  const lines = [
    ['Account', account ?? 'none: this Ewon is not linked'],
    ['Policy', account === undefined ? '' : policy],
    ['Geolocation', said(geolocation)],
    ['Remote management', said(remoteManagement)],
    [
      'Window',
      window
        ? `${window.days.join(' ')} ${window.from}-${window.to} ${window.zone}, ${window.openNow ? 'open' : 'closed'} now`
        : 'at any time',
    ],
    ['Patches denied', denied.join(', ')],
    ['Account key', accountKeys.join(', then ')],
  ];
  return lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${`${name}`.padEnd(19)}${printable(`${value}`, 200)}`)
    .join('\n');
}
