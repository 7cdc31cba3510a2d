import type { EwonFallback, Millis } from '@ewon-agent/contracts';
import { EWON_LINK, type LinkFacts, type LinkReading, type Links } from './wan-link.ts';

// What the Ewon's status export block (estat) says of its own WAN. Source: ewon-facts §4; keys it names are the only ones read.

/** 3GPP TS 27.007 §7.2: registered at home, registered while roaming. */
const REGISTERED = ['1', '5'];

/**
 * Reads the Ewon's way out: by modem while it has an address of PPP, else by cable.
 * @param name the link of this board that leads to the Ewon, where the Ewon is its router, else {@link EWON_LINK}
 */
export function ewonReading(estat: ReadonlyMap<string, string>, name: string): LinkReading {
  const wanIp = addressOf(estat.get('WanIp'));
  const pppIp = addressOf(estat.get('PppIp'));
  const cable = estat.get('EthWANCableIn');
  const knows = ['WanIp', 'PppIp', 'EthWANCableIn'].some((key) => estat.has(key));
  const isRouter = name !== EWON_LINK;
  const ip = pppIp ?? wanIp;
  return {
    ...{ source: 'ewon', name },
    ...(knows && { kind: pppIp || (!wanIp && cable !== '1' && estat.get('HasGsm') === '1') ? 'cellular' : 'ethernet' }),
    // the address of this board's own link is the kernel's to tell; what the Ewon knows is whether it goes on behind it
    ...(knows && (isRouter ? { wayOn: ip !== undefined } : { up: ip !== undefined || cable === '1' })),
    ...(!isRouter && ip !== undefined && { ip }),
    ...cellOf(estat),
  };
}

/** How the Ewon stands with its fallback. `beganMs`: when it fell back, by the wall; missing where that was before anybody looked. */
export type EwonFall = {
  readonly on: 'primary' | 'secondary';
  readonly settings: EwonFallback;
  readonly beganMs?: Millis;
};

/**
 * Compares the way that the Ewon takes with its settings. While it has none, it is where it was.
 * @param before what was known at the look before
 * @returns undefined where the status does not tell: cable and Wi-Fi have the same key
 */
export function ewonFall(
  before: EwonFall | undefined,
  { estat, settings }: { readonly estat: ReadonlyMap<string, string>; readonly settings: EwonFallback | 'none' },
  atMs: Millis,
): EwonFall | undefined {
  if (settings === 'none') return undefined;
  const isCellular = (kind: string) => kind === 'cellular';
  if (isCellular(settings.primary) === isCellular(settings.secondary)) return undefined;
  const way = wayOf(estat);
  const on =
    way === undefined ? before?.on : isCellular(way) === isCellular(settings.primary) ? 'primary' : 'secondary';
  if (on === undefined) return undefined;
  if (on === 'primary' || before?.on === 'secondary') return { ...(on === before?.on && before), on, settings };
  return { on, settings, ...(before && { beganMs: atMs }) };
}

/** What is said of a link that leads through an Ewon on its secondary way. */
export function fallReading(fall: EwonFall | undefined): Pick<LinkReading, 'fallback'> {
  if (fall?.on !== 'secondary') return {};
  const { settings, beganMs } = fall;
  const { primary, secondary: active, stayMs } = settings;
  return { fallback: { primary, active, ...(beganMs !== undefined && { returnsAtMs: beganMs + stayMs }) } };
}

function wayOf(estat: ReadonlyMap<string, string>): 'cellular' | 'ethernet' | undefined {
  if (addressOf(estat.get('PppIp'))) return 'cellular';
  return addressOf(estat.get('WanIp')) ? 'ethernet' : undefined;
}

/** Finds the link by which this board reaches the Ewon as its router. */
export function linkThroughEwon(links: Links, ewonAddress: string | undefined): string {
  const through = links.find((link: LinkFacts) => link.gateway?.value === ewonAddress && ewonAddress !== undefined);
  return through?.name ?? EWON_LINK;
}

function cellOf(estat: ReadonlyMap<string, string>): Partial<LinkReading> {
  const operator = /^\d{5,6}$/.exec(estat.get('GsmOpId') ?? '')?.[0];
  const netReg = estat.get('GsmNetReg');
  const [lac, cellId, signal] = [
    numberOf(estat.get('GsmLAC')),
    numberOf(estat.get('GsmCellId')),
    estat.get('GsmSignal'),
  ];
  return {
    ...(operator !== undefined && { operator }),
    ...(lac !== undefined && lac > 0 && { lac }),
    ...(cellId !== undefined && cellId > 0 && { cellId }),
    ...(signal !== undefined && /^-?\d{1,3}$/.test(signal) && { signal: Number(signal) }),
    ...(netReg !== undefined && estat.get('HasGsm') !== '0' && { registered: REGISTERED.includes(netReg) }),
  };
}

/** LAC and cell are written in decimal, or in hexadecimal with `0x` or a letter in it. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const hex = /^(?:0x)?([0-9A-Fa-f]{1,8})$/.exec(text)?.[1];
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}

function addressOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text !== '0.0.0.0' ? text : undefined;
}
