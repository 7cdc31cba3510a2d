import { isIPv4, isIPv6 } from 'node:net';

// A network is what one site, or one attacker, has at hand: /24 of IPv4, /64 of IPv6 (RFC 6177: the smallest
// network a site is given). Pending records and requests are counted for it.

/** The source network of an address: `192.0.2.0/24`, `2001:db8:0:1::/64`; `unknown` for anything else. */
export function sourceNetworkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(plain)) return 'unknown';
  return `${groupsOf(plain)
    .slice(0, 4)
    .join(':')
    .replace(/(:0)+$/, '')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...gap, ...right].map((group) => group.replace(/^0+(?=.)/, ''));
}
