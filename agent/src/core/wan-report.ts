import { type Millis, timestampOf, type WanBody, type WanSource } from '@ewon-agent/contracts';
import { type Wan, type WanRules, wordOf } from './wan.ts';
import { type FieldName, kindOfLink, type LinkFacts } from './wan-link.ts';

// What is said of the way to the account: to the account (`up/wan`) and on the command line.

/** What `up/wan` says. `signal` is left to it though it moves: what moved alone is not told, see {@link factsKey}. */
export function wanBody(state: Wan, rules: WanRules, nowMs: Millis): WanBody {
  const { settled } = state;
  const name = settled?.link;
  const link = state.links.find((l) => l.name === name);
  const primary = rules.order.find((n) => state.links.some((l) => l.name === n)) ?? state.links[0]?.name;
  const dns = link?.dns?.value;
  const cellular = cellOf(link);
  return {
    link: kindOfLink(state.links, name),
    ...(name !== undefined && { interface: name }),
    state: wordOf(state, rules),
    connectivity: settled?.connectivity ?? 'unknown',
    since: timestampOf(settled?.sinceMs ?? nowMs),
    cause: settled?.cause ?? 'WAN_UNPROVED',
    ...(settled?.detail && { detail: settled.detail }),
    ...(link?.ip && { ip: link.ip.value }),
    ...(link?.gateway && { gateway: link.gateway.value }),
    ...(dns && { dns }),
    ...(cellular && { cellular }),
    ...(settled && name !== undefined && primary !== undefined && primary !== name && settled.at === 'online'
      ? { fallback: { primary, active: name, since: timestampOf(settled.sinceMs) } }
      : {}),
    probes: state.lastProbes.slice(0, 16),
    probeBytesThisMonth: Math.round(state.budget.bytes),
    probeBytesMax: rules.probeBytesMax,
    sources: link ? sourcesOf(link) : {},
    history: state.history,
  };
}

/** What makes a new message worth its bytes: not a signal that moved, nor a probe, nor a count, nor who said it. */
export function factsKey({
  link,
  interface: name,
  connectivity,
  since,
  cause,
  ip,
  gateway,
  dns,
  cellular,
  fallback,
}: WanBody): string {
  const { signal: _, ...cell } = cellular ?? {};
  return JSON.stringify([link, name, connectivity, since, cause, ip, gateway, dns, cell, fallback]);
}

const CELL_FIELDS = ['operator', 'lac', 'cellId', 'technology', 'signal'] as const;

function cellOf(link: LinkFacts | undefined): WanBody['cellular'] {
  const known = CELL_FIELDS.flatMap((field) => (link?.[field] ? [[field, link[field].value]] : []));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

function sourcesOf(link: LinkFacts): Readonly<Record<string, WanSource>> {
  const { name: _, ...fields } = link;
  return Object.fromEntries(Object.entries(fields).map(([field, { by }]: [string, { by: WanSource }]) => [field, by]));
}

/** One field of a link in words, with who said it and since when: for people. */
export function fieldText(link: LinkFacts, field: FieldName): string | undefined {
  const known = link[field];
  if (!known) return undefined;
  const value = Array.isArray(known.value) ? known.value.join(' ') : String(known.value);
  return `${value} (${known.by}, since ${timestampOf(known.sinceMs)})`;
}
