import type { Code, WanProbe } from '@ewon-agent/contracts';
import { probedVerdict } from './wan-judge.ts';
import { EWON_LINK, type LinkFacts, type Links } from './wan-link.ts';

// A drill: would the way to the account be whole over each link, also over one that is not taken now? Nothing is switched.

/** What a drill found for one link. `whole`: the account answered over it. */
export type Drilled = {
  readonly link: string;
  readonly whole: boolean;
  readonly cause: Code;
  readonly detail: string;
  readonly probes: readonly WanProbe[];
  readonly bytes: number;
};

/** The links that a drill is about: those of this board. */
export function drillable(links: Links): Links {
  return links.filter(({ name }) => name !== EWON_LINK);
}

/**
 * What is known of a link before a byte is spent: undefined where only a proof can tell.
 * @param sentBy the link by which the kernel sends from this one's address
 */
export function drilledWithoutProof(link: LinkFacts, sentBy: string | undefined): Drilled | undefined {
  const not = (cause: Code, detail: string) => ({ link: link.name, whole: false, cause, detail, probes: [], bytes: 0 });
  if (link.up?.value !== true) {
    return link.registered?.value === false ? not('WAN_CELL_LOST', link.name) : not('WAN_LINK_DOWN', link.name);
  }
  if (!link.ip) return not('WAN_ADDRESS_MISSING', link.name);
  if (sentBy === link.name) return undefined;
  const how = sentBy === undefined ? 'the kernel has no way' : `the kernel sends over ${sentBy}`;
  return not('WAN_ROUTE_MISSING', `from ${link.ip.value} ${how}; a rule by source leads over ${link.name}`);
}

/** What the proof of a link says. */
export function drilledByProof(link: LinkFacts, { probes, bytes }: Pick<Drilled, 'probes' | 'bytes'>): Drilled {
  const { at, cause, detail } = probedVerdict(link, probes);
  return { link: link.name, whole: at === 'online' && cause === 'WAN_ONLINE', cause, detail, probes, bytes };
}
