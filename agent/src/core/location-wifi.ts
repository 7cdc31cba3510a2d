import { ACCESS_POINTS_MAX, type WifiAccessPoint } from '@ewon-agent/contracts';
import { counted } from './location-change.ts';

// Which access points may be told. Their owners were not asked: who hides a network or ends its name in `_nomap` has said no, what
// moves leads nowhere, and one alone would tell where its owner lives.

/** One that was heard, as it names itself; an empty `ssid` is one that does not. `mac` lower-case with colons. */
export type HeardAccessPoint = {
  readonly ssid: string;
  readonly mac: string;
  readonly dBm?: number;
  readonly channel?: number;
};
export type AccessPointsFound = { readonly accessPoints: readonly WifiAccessPoint[]; readonly what: string };

/** Keeps those that may be told, the strongest first: at least two or none, at most {@link ACCESS_POINTS_MAX}. `what` counts without names. */
export function accessPointsOf(heard: readonly HeardAccessPoint[]): AccessPointsFound {
  const judged = heard.map((point) => ({ point, why: whyLeftOut(point) }));
  const may = judged.flatMap(({ point, why }) => (why ? [] : [point]));
  const sorted = may.toSorted((a, b) => (b.dBm ?? WEAKEST_DBM) - (a.dBm ?? WEAKEST_DBM));
  const once = sorted.filter((point, i) => sorted.findIndex(({ mac }) => mac === point.mac) === i);
  const isEnough = once.length > 1;
  const left = [...new Set(judged.flatMap(({ why }) => why ?? []))].map(
    (why) => `${judged.filter((one) => one.why === why).length} ${why}`,
  );
  const few = isEnough || once.length === 0 ? [] : ['one alone is not told'];
  const out = [...left, ...few];
  return {
    accessPoints: isEnough ? once.slice(0, ACCESS_POINTS_MAX).map(told) : [],
    what: `${counted(once.length, 'access point')}${out.length > 0 ? `; left out: ${out.join(', ')}` : ''}`,
  };
}

const WEAKEST_DBM = -120;

function whyLeftOut({ ssid, mac }: HeardAccessPoint): string | undefined {
  if (!/[^\0]/.test(ssid)) return 'hidden';
  if (/_nomap$/i.test(ssid) || /_optout/i.test(ssid)) return 'opted out';
  // bit 0: for many, bit 1: not from its maker, as a telephone that shares its line makes one
  return isMac(mac) && (Number.parseInt(mac.slice(0, 2), 16) & 0b11) === 0
    ? undefined
    : 'without an address of its own';
}

function isMac(mac: string): boolean {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) && mac !== '00:00:00:00:00:00';
}

function told({ mac, dBm, channel }: HeardAccessPoint): WifiAccessPoint {
  return {
    macAddress: mac,
    ...(dBm !== undefined && { signalStrength: dBm }),
    ...(channel !== undefined && { channel }),
  };
}
