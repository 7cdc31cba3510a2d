import { MINUTE_MS } from '@ewon-agent/contracts';
import type { HeardAccessPoint } from './location-wifi.ts';

// What `nmcli` and `iw` say of access points in reach. Both are text for people; what is not of its form is left out.

/** The question to NetworkManager: it looks anew when its last look is older than half a minute. */
export function nmcliScan(interfaceName: string): readonly string[] {
  const fields = ['--terse', '--fields', 'BSSID,SIGNAL,CHAN,SSID'];
  return [...fields, 'device', 'wifi', 'list', 'ifname', interfaceName, '--rescan', 'auto'];
}

/** The question to the driver: a look of one's own needs CAP_NET_ADMIN; what others have seen anybody may read. */
export function iwScan(interfaceName: string, look: 'own' | 'of others'): readonly string[] {
  return ['dev', interfaceName, 'scan', ...(look === 'own' ? [] : ['dump'])];
}

/** Reads the answer to {@link nmcliScan}: a line each, a colon within a field is escaped. */
export function readNmcliScan(text: string): readonly HeardAccessPoint[] {
  return text.split('\n').flatMap((line) => {
    const [mac = '', percent = '', channel = '', ...name] = line
      .split(/(?<!\\):/)
      .map((field) => field.replaceAll(/\\(.)/g, '$1'));
    if (!MAC.test(mac)) return [];
    // NetworkManager makes 0 to 100 of -100 to -50 dBm
    return [
      {
        ...{ ssid: name.join(':'), mac: mac.toLowerCase() },
        ...whole('dBm', percent, (p) => p / 2 - 100),
        ...whole('channel', channel),
      },
    ];
  });
}

/** Reads the answer to {@link iwScan}: a paragraph each, which begins with `BSS`. What was not seen for five minutes is left out. */
export function readIwScan(text: string): readonly HeardAccessPoint[] {
  return text.split(/^(?=BSS [0-9a-f]{2}:)/m).flatMap((paragraph) => {
    const mac = /^BSS ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\b/.exec(paragraph)?.[1];
    const field = (name: string) => new RegExp(`^\\s*${name}:[ \\t]*(.*)$`, 'm').exec(paragraph)?.[1];
    const seenMs = Number(/^\s*last seen: (\d+) ms ago/m.exec(paragraph)?.[1] ?? 0);
    if (!mac || seenMs > SEEN_MAX_MS || /\bIBSS\b/.test(field('capability') ?? '')) return [];
    const dBm = Number(/^-?\d+(\.\d+)?(?= dBm)/.exec(field('signal') ?? '')?.[0] ?? Number.NaN);
    const channel = channelOf(Number(field('freq')));
    return [
      {
        ...{ ssid: unescaped(field('SSID') ?? ''), mac },
        ...(!Number.isNaN(dBm) && { dBm: Math.round(dBm) }),
        ...(channel !== undefined && { channel }),
      },
    ];
  });
}

const MAC = /^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$/;
const SEEN_MAX_MS = 5 * MINUTE_MS;

/** `iw` writes bytes that are not printable as `\x00`: a hidden network may be a row of zeros. */
function unescaped(ssid: string): string {
  return ssid.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** IEEE 802.11: 2.4 GHz, 5 GHz, 6 GHz. */
function channelOf(mhz: number): number | undefined {
  if (mhz === 2484) return 14;
  if (mhz >= 2412 && mhz <= 2472) return (mhz - 2407) / 5;
  if (mhz >= 5955 && mhz <= 7115) return (mhz - 5950) / 5;
  return mhz >= 5160 && mhz <= 5885 ? (mhz - 5000) / 5 : undefined;
}

function whole<K extends string>(
  name: K,
  text: string,
  make: (n: number) => number = (n) => n,
): { readonly [P in K]?: number } {
  return /^\d{1,3}$/.test(text) ? ({ [name]: make(Number(text)) } as { [P in K]: number }) : {};
}
