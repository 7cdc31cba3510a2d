import type { Millis, WanKind, WanSource } from '@ewon-agent/contracts';

// What is known of each link, and from whom. Several sources know the same thing: the kernel has the address, the Ewon the
// cell, the modem the signal. Each field keeps who said it and since when it is so, for a person who doubts it.

/** What can be known of a link. */
export type LinkFields = {
  readonly kind: Exclude<WanKind, 'none'>;
  /** Administratively up, and with a carrier. */
  readonly up: boolean;
  readonly ip: string;
  readonly gateway: string;
  /** A default route leads out over it. */
  readonly routed: boolean;
  /** Of that route; the least one is taken. */
  readonly metric: number;
  /** What the kernel thinks of the gateway as a neighbour; missing while it was not asked. */
  readonly gatewayAnswers: boolean;
  readonly dns: readonly string[];
  /** What is behind the gateway has a way out: an Ewon that is the router tells so. */
  readonly wayOn: boolean;
  /** The Ewon behind the gateway is on its secondary way out; when it goes back by itself, by the wall, where that is known. */
  readonly fallback: { readonly primary: WanKind; readonly active: WanKind; readonly returnsAtMs?: Millis };
  /** The modem is registered in a network. */
  readonly registered: boolean;
  /** PLMN, five or six digits. */
  readonly operator: string;
  readonly lac: number;
  readonly cellId: number;
  readonly technology: string;
  readonly signal: number;
};
export type FieldName = keyof LinkFields;

/** What one source says of one link now. What it does not know is missing. */
export type LinkReading = { readonly source: WanSource; readonly name: string } & Partial<LinkFields>;
/** A value, who said it, and since when it is this one. */
export type Known<T> = { readonly value: T; readonly by: WanSource; readonly sinceMs: Millis };
export type LinkFacts = { readonly name: string } & { readonly [K in FieldName]?: Known<LinkFields[K]> };
/** Name of the Ewon's own way out where this board does not go through it: shown, and no link of this board. */
export const EWON_LINK = 'ewon';
/** In order of preference: the first is the primary. */
export type Links = readonly LinkFacts[];

/** Sources in the order in which they are believed. */
const KERNEL_FIRST: readonly WanSource[] = ['kernel', 'networkmanager', 'ewon', 'modem', 'configuration'];
const RADIO_FIRST: readonly WanSource[] = ['modem', 'ewon', 'networkmanager', 'kernel', 'configuration'];
/** A person knows what is plugged in; the kernel sees a modem that calls itself Ethernet. */
const PERSON_FIRST: readonly WanSource[] = ['configuration', 'networkmanager', 'ewon', 'kernel', 'modem'];
const BELIEVED: { readonly [K in FieldName]: readonly WanSource[] } = {
  kind: PERSON_FIRST,
  ...{ up: KERNEL_FIRST, ip: KERNEL_FIRST, gateway: KERNEL_FIRST, routed: KERNEL_FIRST, metric: KERNEL_FIRST },
  ...{ gatewayAnswers: KERNEL_FIRST, dns: KERNEL_FIRST, wayOn: KERNEL_FIRST, fallback: KERNEL_FIRST },
  ...{ registered: RADIO_FIRST, operator: RADIO_FIRST, lac: RADIO_FIRST, cellId: RADIO_FIRST },
  ...{ technology: RADIO_FIRST, signal: RADIO_FIRST },
};
const FIELDS = Object.keys(BELIEVED) as readonly FieldName[];
/** A board has two or three; more are a container host, and nobody reads on. */
export const LINKS_MAX = 16;

/**
 * Merges what all sources say now. What no source says any more is unknown again; what stays the same keeps its time.
 * @param order names in order of preference; others follow as they come
 */
export function mergeReadings(
  before: Links,
  readings: readonly LinkReading[],
  { atMs, order }: { readonly atMs: Millis; readonly order: readonly string[] },
): Links {
  const names = [...new Set([...order, ...readings.map(({ name }) => name)])].slice(0, LINKS_MAX);
  return names.flatMap((name) => {
    const of = readings.filter((reading) => reading.name === name);
    const last = before.find((link) => link.name === name);
    return of.length === 0 ? [] : [factsOf(name, of, { last, atMs })];
  });
}

function factsOf(
  name: string,
  readings: readonly LinkReading[],
  { last, atMs }: { readonly last: LinkFacts | undefined; readonly atMs: Millis },
): LinkFacts {
  const entries = FIELDS.flatMap((field) => {
    const said = saidOf(field, readings);
    if (!said) return [];
    const before = last?.[field];
    const isSame = before !== undefined && JSON.stringify(before.value) === JSON.stringify(said.value);
    return [[field, { ...said, sinceMs: isSame ? before.sinceMs : atMs }]];
  });
  return { name, ...Object.fromEntries(entries) };
}

function saidOf(field: FieldName, readings: readonly LinkReading[]): Omit<Known<unknown>, 'sinceMs'> | undefined {
  for (const by of BELIEVED[field]) {
    const reading = readings.find((r) => r.source === by && r[field] !== undefined);
    if (reading) return { value: reading[field], by };
  }
  return undefined;
}

/** The kind of a link by its name; `none` for one that is not there. */
export function kindOfLink(links: Links, name: string | undefined): WanKind {
  return links.find((link) => link.name === name)?.kind?.value ?? 'none';
}

/** The link that the kernel sends by: up, with an address, and with the default route of least metric. */
export function activeOf(links: Links): LinkFacts | undefined {
  const usable = links.filter((link) => link.up?.value === true && link.ip && link.routed?.value === true);
  const metricOf = (link: LinkFacts) => link.metric?.value ?? 0;
  return usable.reduce<LinkFacts | undefined>(
    (best, link) => (best === undefined || metricOf(link) < metricOf(best) ? link : best),
    undefined,
  );
}
