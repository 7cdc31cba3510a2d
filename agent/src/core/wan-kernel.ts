import { ipv4OfHex, ipv6OfHex, isIpv4 } from './ip-text.ts';
import type { LinkReading } from './wan-link.ts';

// What the kernel says of the links of this board, from sysfs and procfs: a few small files, which cost less than a child. Pure:
// texts in, readings out; adapters/wan-linux.ts reads the files. Source: Linux Documentation/ABI/testing/sysfs-class-net,
// include/uapi/linux/route.h and if.h (6.1).

/** One folder of /sys/class/net. What could not be read is missing: `carrier` cannot while the link is switched off. */
export type SysfsLink = {
  readonly name: string;
  readonly operstate?: string;
  /** Hexadecimal, `0x1003`. */
  readonly flags?: string;
  readonly carrier?: string;
  /** ARPHRD_*: 1 Ethernet, 512 PPP, 519 raw IP, 65534 none. */
  readonly type?: string;
  /** `DEVTYPE` of uevent: wlan, wwan, bridge, vlan, … */
  readonly devtype?: string;
  /** It has hardware behind it. */
  readonly isDevice: boolean;
};
export type KernelTexts = {
  readonly links: readonly SysfsLink[];
  readonly addresses: readonly { readonly name: string; readonly ip: string }[];
  /** /proc/net/route, /proc/net/ipv6_route, /proc/net/arp, /etc/resolv.conf. */
  readonly routes: string;
  readonly routes6: string;
  readonly arp: string;
  readonly resolvConf: string;
};

const IFF_UP = 1;
const RTF_UP = 0x1;
const RTF_REJECT = 0x200;
const ATF_COM = 0x2;
/** `unknown` is what PPP and tunnels are while they work. */
const UP_STATES = ['up', 'unknown'];
const TUNNELS = ['tun', 'bridge', 'vlan', 'bond', 'dummy', 'wireguard', 'vxlan', 'macvlan'];

/**
 * Reads the links that can lead out: those with hardware behind them or PPP, and any that is named.
 * @param named interfaces that a person named; others are left out when there are any
 */
export function kernelReadings(texts: KernelTexts, named: readonly string[] = []): readonly LinkReading[] {
  const routes = [...routesIn(texts.routes), ...routes6In(texts.routes6)];
  const dns = nameServersIn(texts.resolvConf);
  return texts.links
    .filter((link) => (named.length > 0 ? named.includes(link.name) : isWanLink(link)))
    .map((link) => {
      const { name } = link;
      const ip = bestAddress(texts.addresses.filter((address) => address.name === name).map(({ ip }) => ip));
      const route = routes.filter((r) => r.name === name).sort((a, b) => a.metric - b.metric)[0];
      const gatewayAnswers = route?.gateway === undefined ? undefined : neighbourIn(texts.arp, name, route.gateway);
      return {
        ...{ source: 'kernel', name, kind: kindOf(link), up: isUp(link), routed: route !== undefined },
        ...(ip !== undefined && { ip }),
        ...(route && { metric: route.metric, ...(route.gateway !== undefined && { gateway: route.gateway }) }),
        ...(gatewayAnswers !== undefined && { gatewayAnswers }),
        ...(route && dns.length > 0 && { dns }),
      };
    });
}

type Route = { readonly name: string; readonly metric: number; readonly gateway?: string };

/** The default routes of /proc/net/route; those that reject are none. */
function routesIn(text: string): readonly Route[] {
  return rowsOf(text).flatMap(([name, destination, gateway, flags, , , metric, mask]) => {
    const bits = Number.parseInt(flags ?? '', 16);
    const isDefault = destination === '00000000' && mask === '00000000';
    if (!name || !isDefault || !(bits & RTF_UP) || bits & RTF_REJECT || name === '*') return [];
    const ip = ipv4OfHex(gateway ?? '');
    return [{ name, metric: Number(metric), ...(ip !== undefined && ip !== '0.0.0.0' && { gateway: ip }) }];
  });
}

/** The same of /proc/net/ipv6_route, where each link has rejecting ones. */
function routes6In(text: string): readonly Route[] {
  return rowsOf(text).flatMap(([destination, prefix, , , gateway, metric, , , flags, name]) => {
    const bits = Number.parseInt(flags ?? '', 16);
    if (!name || prefix !== '00' || !/^0{32}$/.test(destination ?? '') || name === 'lo') return [];
    if (!(bits & RTF_UP) || bits & RTF_REJECT) return [];
    const ip = ipv6OfHex(gateway ?? '');
    // a route of IPv4 is preferred where both are: what an Ewon's network has
    const route = { name, metric: Number.parseInt(metric ?? '0', 16) + 2 ** 20 };
    return [ip === undefined || /^0{32}$/.test(gateway ?? '') ? route : { ...route, gateway: ip }];
  });
}

function neighbourIn(arp: string, name: string, gateway: string): boolean | undefined {
  const row = rowsOf(arp).find(([ip, , , , , device]) => ip === gateway && device === name);
  return row && (Number.parseInt(row[2] ?? '', 16) & ATF_COM) !== 0;
}

/** The name servers of resolv.conf, at most eight. */
export function nameServersIn(resolvConf: string): readonly string[] {
  const servers = resolvConf
    .split('\n')
    .flatMap((line) => /^\s*nameserver\s+([0-9A-Fa-f.:%a-z]{2,60})/.exec(line)?.[1] ?? []);
  return servers.slice(0, 8);
}

function rowsOf(text: string): readonly (readonly string[])[] {
  return text.split('\n').map((line) => line.trim().split(/\s+/));
}

/** A global address before one that is only good on the link, IPv4 before IPv6. */
function bestAddress(addresses: readonly string[]): string | undefined {
  const isLinkLocal = (ip: string) => /^(169\.254\.|fe80:)/i.test(ip);
  const global = addresses.filter((ip) => !isLinkLocal(ip));
  return global.find(isIpv4) ?? global[0];
}

function isUp({ flags, carrier, operstate }: SysfsLink): boolean {
  return (Number(flags) & IFF_UP) !== 0 && carrier !== '0' && UP_STATES.includes(operstate ?? 'unknown');
}

function isWanLink({ name, type, devtype, isDevice }: SysfsLink): boolean {
  if (name === 'lo' || TUNNELS.includes(devtype ?? '')) return false;
  return isDevice || type === '512' || devtype === 'wwan';
}

function kindOf({ name, type, devtype }: SysfsLink): 'ethernet' | 'wifi' | 'cellular' {
  if (devtype === 'wlan') return 'wifi';
  return devtype === 'wwan' || type === '512' || type === '519' || /^(wwan|ppp|rmnet)/.test(name)
    ? 'cellular'
    : 'ethernet';
}
