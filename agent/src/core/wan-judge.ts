import type { Code, WanConnectivity, WanProbe } from '@ewon-agent/contracts';
import { activeOf, EWON_LINK, type LinkFacts, type Links } from './wan-link.ts';

// What follows from the facts of the links and from probes: is the way to the account whole, and if not, why not. The lowest
// layer that fails is the cause; what is above it only suffers.

/** `link` is the one the kernel sends by, or would. */
export type Verdict = {
  readonly at: 'online' | 'offline';
  readonly link?: string;
  readonly connectivity: WanConnectivity;
  readonly cause: Code;
  readonly detail: string;
};

/** What is wrong with the links themselves; undefined when one of them leads out, which costs nothing to know. */
export function localVerdict(all: Links): Verdict | undefined {
  if (activeOf(all)) return undefined;
  const links = all.filter(({ name }) => name !== EWON_LINK);
  const best = links.find(isUp) ?? links[0];
  const on = best ? { link: best.name } : {};
  const none = { at: 'offline', connectivity: 'none', ...on } as const;
  const up = links.filter(isUp);
  if (up.length === 0) {
    // the preferred link is what a person looks at first; that a spare port has no cable is nothing new
    if (links[0]?.registered?.value === false) return { ...none, cause: 'WAN_CELL_LOST', detail: links[0].name };
    return { ...none, cause: 'WAN_LINK_DOWN', detail: links.map(({ name }) => name).join(', ') || 'no link is there' };
  }
  const addressed = up.find((link) => link.ip !== undefined);
  if (!addressed) return { ...none, cause: 'WAN_ADDRESS_MISSING', detail: up.map(({ name }) => name).join(', ') };
  return {
    ...none,
    link: addressed.name,
    cause: 'WAN_ROUTE_MISSING',
    detail: `${addressed.name} has ${addressed.ip?.value}`,
  };
}

/**
 * What probes over the active link show. Without a failure the way is whole as far as they went.
 * @param link the facts of that link, as they were after the probes
 */
export function probedVerdict(link: LinkFacts, probes: readonly WanProbe[]): Verdict {
  const failed = probes.filter(({ layer, error }) => error !== undefined && layer !== 'http');
  const portal = probes.find(({ layer, error }) => layer === 'http' && error === PORTAL);
  const whole = { at: 'online', link: link.name, connectivity: 'full', cause: 'WAN_ONLINE', detail: '' } as const;
  if (failed.length === 0) return whole;
  const bad = (cause: Code, connectivity: WanConnectivity = 'none'): Verdict => {
    const detail = failed.map(({ layer, target, error }) => `${layer} ${target}: ${error}`).join(', ');
    return { at: 'offline', link: link.name, connectivity, cause, detail: detail.slice(0, 200) };
  };
  if (portal) return bad('WAN_PORTAL', 'portal');
  const worst = failed[0];
  const reached = probes.find(
    ({ layer, error }) => layer === 'tcp' && (error === undefined || ANSWERED.includes(error)),
  );
  if (worst?.layer === 'dns' && (reached || worst.error !== 'timeout')) {
    // a name server that says no is there, so the way is as well; one that is silent may be the only thing that is gone
    if (reached || !hasTcp(probes)) return bad('WAN_DNS_FAILED', 'limited');
  }
  const layer = failed.find(({ layer }) => layer !== 'dns') ?? worst;
  switch (layer?.layer) {
    case 'account':
      return {
        ...whole,
        connectivity: 'limited',
        cause: 'WAN_ACCOUNT_FAILED',
        detail: bad('WAN_ACCOUNT_FAILED').detail,
      };
    case 'tls':
      return bad('WAN_TLS_FAILED', 'limited');
    default:
      if (layer?.error !== undefined && ANSWERED.includes(layer.error)) return bad('WAN_REFUSED', 'limited');
      return bad(silenceOf(link), 'none');
  }
}

/** What is found out a few seconds later, when neighbours have given up and portals were asked; in this order only, so it ends. */
const LESS_EXACT: readonly Code[] = [
  'WAN_NO_ANSWER',
  'WAN_REFUSED',
  'WAN_TLS_FAILED',
  'WAN_DNS_FAILED',
  'WAN_PORTAL',
  'WAN_GATEWAY_SILENT',
];

/** Tells whether a verdict is about the same outage as the one before, with a nearer cause. */
export function isMoreExact(before: Verdict, { at, link, cause }: Verdict): boolean {
  if (before.at !== 'offline' || at !== 'offline' || before.link !== link) return false;
  const [last, now] = [LESS_EXACT.indexOf(before.cause), LESS_EXACT.indexOf(cause)];
  return last >= 0 && now > last;
}

/** The word for what a captive portal answers. */
export const PORTAL = 'portal';
/** Words of a TCP that was answered, though not as hoped. */
const ANSWERED: readonly string[] = ['refused', 'reset'];

/** Nothing answers: the nearest thing that is known to be wrong is why. */
function silenceOf(link: LinkFacts): Code {
  if (link.registered?.value === false && link.kind?.value === 'cellular') return 'WAN_CELL_LOST';
  if (link.gatewayAnswers?.value === false) return 'WAN_GATEWAY_SILENT';
  if (link.wayOn?.value === false) return 'WAN_LINK_DOWN';
  return 'WAN_NO_ANSWER';
}

function hasTcp(probes: readonly WanProbe[]): boolean {
  return probes.some(({ layer }) => layer === 'tcp');
}

function isUp(link: LinkFacts): boolean {
  return link.up?.value === true;
}
