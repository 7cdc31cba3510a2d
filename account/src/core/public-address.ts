// Which addresses say something of a place: those that the Internet routes. What is for use within a house, a network of
// an operator, or a book is never looked up. Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.

/** Not routed: first address and length of the prefix. */
const RESERVED_4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // behind an operator's own translation
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24], // documentation, as are 198.51.100.0 and 203.0.113.0
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3], // multicast and beyond
];
/** Within 2000::/3, the only part that is routed: the first two groups, and how many bits of them count. */
const RESERVED_6: readonly (readonly [number, number])[] = [
  [0x2001_0000, 23], // protocols: Teredo, benchmarks, ORCHID
  [0x2001_0db8, 32], // documentation
  [0x2002_0000, 16], // 6to4: the address of a relay
  [0x3fff_0000, 20], // documentation
];

/**
 * The address as a database of addresses is asked for it, or undefined when it says nothing of a place.
 * IPv4 in the clothes of IPv6 (`::ffff:…`) is IPv4.
 */
export function publicAddress(text: string): string | undefined {
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, '');
  if (plain.includes('.')) {
    const value = numberOf4(plain);
    const isReserved = (start: string, bits: number) => sameStart(value ?? 0, numberOf4(start) ?? 0, bits);
    return value === undefined || RESERVED_4.some(([start, bits]) => isReserved(start, bits)) ? undefined : plain;
  }
  const start = startOf6(plain);
  if (start === undefined || !sameStart(start, 0x2000_0000, 3)) return undefined;
  return RESERVED_6.some(([reserved, bits]) => sameStart(start, reserved, bits)) ? undefined : plain.toLowerCase();
}

function sameStart(a: number, b: number, bits: number): boolean {
  return a >>> (32 - bits) === b >>> (32 - bits);
}

function numberOf4(text: string): number | undefined {
  const parts = text.split('.');
  const isOne = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isOne ? parts.reduce((value, part) => value * 256 + Number(part), 0) : undefined;
}

/** The first 32 bits; a routed address has its first two groups written out, as `2a00::1` has not: then the second is 0. */
function startOf6(text: string): number | undefined {
  if (!/^[0-9a-f:]{3,39}$/i.test(text) || text.includes(':::') || text.split('::').length > 2) return undefined;
  const [head = ''] = text.split('::');
  const [first, second = '0', ...rest] = head.split(':');
  const isWhole = text.includes('::') || rest.length === 6;
  const groups = [first ?? '', second, ...rest];
  if (!isWhole || groups.length > 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Number.parseInt(first ?? '', 16) * 0x1_0000 + Number.parseInt(second, 16);
}
