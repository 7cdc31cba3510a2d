import { existsSync } from 'node:fs';
import { CODES, type Code, isCode, printable, type Result } from '@ewon-agent/contracts';
import { createSystemClock } from '../adapters/clock-system.ts';
import { askControl } from '../adapters/control-socket.ts';
import { readIfThere } from '../adapters/durable-file.ts';
import type { AgentConfig } from '../config/schema.ts';
import { initialWan } from '../core/wan.ts';
import type { Drilled } from '../core/wan-drill.ts';
import { type LinkFacts, mergeReadings } from '../core/wan-link.ts';
import { fieldText, wanBody } from '../core/wan-report.ts';
import { NOTHING_SAVED, readSavedWan } from '../core/wan-saved.ts';
import type { WanStatus } from '../shell/wan.ts';
import { openWan, WAN_DEFAULTS } from './open-wan.ts';
import { controlPath, wanPath } from './places.ts';

/** `watched`: a running agent tells this. Else it is what the board says just now, and what was saved last. */
export type KnownWan = { readonly watched: boolean } & WanStatus;

/**
 * Asks the running agent; where none runs, or it does not watch, reads the links of this board, sends nothing, and adds what was saved last.
 * Codes: AGENT_NOT_YOURS, STATE_DAMAGED.
 */
export async function readWan(config: AgentConfig): Promise<Result<KnownWan>> {
  const asked = await askControl(controlPath(config.stateDir), 'wan');
  if (asked.ok && asked.value !== null) return { ok: true, value: { watched: true, ...(asked.value as WanStatus) } };
  if (!asked.ok && asked.fault.code === 'AGENT_NOT_YOURS') return asked;
  const path = wanPath(config.stateDir);
  const saved = existsSync(path) ? readSavedWan(readIfThere(path)) : { ok: true as const, value: NOTHING_SAVED };
  if (!saved.ok) return saved;
  const wan = config.wan ?? WAN_DEFAULTS;
  const { rules, read } = openWan({ config, wan, clock: createSystemClock(), proxyOf: () => undefined });
  const nowMs = Date.now();
  const links = mergeReadings([], await read([]), { atMs: nowMs, order: rules.order });
  const { settled: _, ...kept } = saved.value; // how it stood then is in the history
  const body = wanBody({ ...initialWan(kept), links }, rules, nowMs);
  return { ok: true, value: { watched: false, ...body, state: 'disabled', links } };
}

/**
 * Asks the running agent to prove the way over each link; a drill switches nothing.
 * Codes: AGENT_NOT_RUNNING, AGENT_NOT_YOURS, WAN_NOT_WATCHED, NOT_LINKED, WAN_BUDGET_SPENT.
 */
export async function drillWan(config: AgentConfig): Promise<Result<readonly Drilled[]>> {
  const asked = await askControl(controlPath(config.stateDir), 'drill');
  return asked.ok ? (asked.value as Result<readonly Drilled[]>) : asked;
}

/** Words a drill for a terminal, a line for each link. */
export function drillText(drilled: readonly Drilled[]): string {
  if (drilled.length === 0) return 'No link that could lead out was found on this board; see docs/wan.md, "wan.links".';
  return drilled
    .map(({ link, whole, cause, detail, probes, bytes }) => {
      const layers = probes.map(({ layer, ms, error }) => `${layer} ${error ?? `${ms} ms`}`).join(', ');
      const said = whole ? `whole: ${layers} (${bytes} bytes)` : `NOT WHOLE: ${cause}${detail ? `: ${detail}` : ''}`;
      return `${printable(link, 64).padEnd(8)} ${printable(said, 300)}`;
    })
    .join('\n');
}

/** Words it for a terminal of 80 columns. */
export function wanText(wan: KnownWan): string {
  const { fallback } = wan;
  const lines = [
    ['WAN', wan.watched ? `${wan.state}, ${wan.connectivity}, since ${wan.since}` : notWatched(wan)],
    ['Cause', wan.watched ? `${wan.cause}: ${causeText(wan.cause)}` : ''],
    ['', wan.watched ? (wan.detail ?? '') : ''],
    ['Next', wan.watched && wan.state !== 'online' ? nextOf(wan.cause) : ''],
    ['Link', wan.interface === undefined ? '' : `${wan.interface} (${wan.link})`],
    ['Fallback', fallback ? `${fallback.active} in place of ${fallback.primary} since ${fallback.since}` : ''],
    ['Returns', fallback?.returnsAt ?? ''],
    ['Probes', wan.probes.map(({ layer, ms, error }) => `${layer} ${error ?? `${ms} ms`}`).join(', ')],
    ['Probe bytes', `${wan.probeBytesThisMonth} of ${wan.probeBytesMax} this month`],
  ];
  const shown = lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${`${name}`.padEnd(13)}${printable(`${value}`, 200)}`);
  const links = wan.links.flatMap((link) => [`Link ${printable(link.name, 64)}`, ...fieldsOf(link)]);
  const none =
    wan.links.length === 0
      ? ['No link that could lead out was found on this board; see docs/wan.md, "wan.links".']
      : [];
  const history = wan.history
    .slice(-8)
    .map(
      ({ at, interface: on, state, cause }) =>
        `  ${at.slice(0, 19)}Z ${state.padEnd(8)} ${printable(on ?? '-', 16).padEnd(8)} ${cause}`,
    );
  return [...shown, ...none, ...links, ...(history.length > 0 ? ['History', ...history] : [])].join('\n');
}

function notWatched(wan: KnownWan): string {
  const links = wan.links.filter((link) => link.routed?.value === true).map(({ name }) => name);
  const out = links.length > 0 ? `a default route leads out over ${links.join(', ')}` : 'no default route leads out';
  return `not watched (no agent runs that does); ${out}`;
}

function fieldsOf(link: LinkFacts): readonly string[] {
  const { name: _, ...fields } = link;
  return Object.keys(fields).flatMap((field) => {
    const text = fieldText(link, field as keyof typeof fields);
    return text === undefined ? [] : [`  ${field.padEnd(15)}${printable(text, 200)}`];
  });
}

function causeText(cause: string): string {
  return isCode(cause) ? CODES[cause].text : '';
}

function nextOf(cause: string): string {
  return isCode(cause) ? CODES[cause as Code].next : '';
}
