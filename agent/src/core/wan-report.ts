import { type Millis, timestampOf, type WanBody, type WanSource } from '@ewon-agent/contracts';
import { holdEndsMs, type Wan, type WanRules, wordOf } from './wan.ts';
import { type FieldName, kindOfLink, type LinkFacts, type LinkFields } from './wan-link.ts';

// What is said of the way to the account: to the account (`up/wan`) and on the command line.

/** What `up/wan` says. `signal` is left to it though it moves: what moved alone is not told, see {@link factsKey}. */
export function wanBody(state: Wan, rules: WanRules, nowMs: Millis): WanBody {
  const { settled } = state;
  const name = settled?.link;
  const link = state.links.find((l) => l.name === name);
  const primary = rules.order.find((n) => state.links.some((l) => l.name === n)) ?? state.links[0]?.name;
  const dns = link?.dns?.value;
  const cellular = cellOf(link);
  const isInPlace = settled?.at === 'online' && name !== undefined && primary !== undefined && primary !== name;
  const fallback = isInPlace ? ownFallback(state, rules, { primary, active: name }) : ewonFallback(state, link);
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
    ...(fallback && { fallback }),
    probes: state.lastProbes.slice(0, 16),
    probeBytesThisMonth: Math.round(state.budget.bytes),
    probeBytesMax: rules.probeBytesMax,
    sources: link ? sourcesOf(link) : {},
    history: state.history,
  };
}

/** The same of an Ewon that may not be located: what leads to its place is left out. */
export function withoutCell(body: WanBody): WanBody {
  const { cellular, ...rest } = body;
  if (!cellular) return body;
  const { lac: _, cellId: __, ...radio } = cellular;
  return Object.keys(radio).length === 0 ? rest : { ...rest, cellular: radio };
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

type Fallback = NonNullable<WanBody['fallback']>;

/** Which link is taken is the kernel's to choose, and when, nobody knows before; once the primary is proved again, the hold-down ends. */
function ownFallback(
  state: Wan,
  rules: WanRules,
  links: { readonly primary: string; readonly active: string },
): Fallback {
  const returnsAtMs = holdEndsMs(state, rules, links.primary);
  return {
    ...{ ...links, since: timestampOf(state.settled?.sinceMs ?? 0) },
    ...(returnsAtMs !== undefined && { returnsAt: timestampOf(returnsAtMs) }),
  };
}

/** The Ewon that this link leads through is on its own secondary way. */
function ewonFallback({ settled }: Wan, link: LinkFacts | undefined): Fallback | undefined {
  if (!link?.fallback || settled?.at !== 'online') return undefined;
  const { value, sinceMs } = link.fallback;
  return {
    ...{ primary: `ewon:${value.primary}`, active: `ewon:${value.active}`, since: timestampOf(sinceMs) },
    ...(value.returnsAtMs !== undefined && { returnsAt: timestampOf(value.returnsAtMs) }),
  };
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
  return `${wordsOf(known.value)} (${known.by}, since ${timestampOf(known.sinceMs)})`;
}

function wordsOf(value: LinkFields[FieldName]): string {
  if (typeof value !== 'object') return String(value);
  if (!('primary' in value)) return value.join(' ');
  const { primary, active, returnsAtMs } = value;
  const until = returnsAtMs === undefined ? '' : `, until ${timestampOf(returnsAtMs)}`;
  return `${active} in place of ${primary}${until}`;
}
