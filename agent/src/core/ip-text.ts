/** Tells whether a text is an IPv4 address in dotted decimal. */
export function isIpv4(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

/** Reads the eight digits of /proc/net/route: the bytes of the address, turned round on the boards we run on (little-endian). */
export function ipv4OfHex(hex: string): string | undefined {
  if (!/^[0-9A-Fa-f]{8}$/.test(hex)) return undefined;
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}

/** Reads the 32 digits of /proc/net/ipv6_route, without shortening zeros beyond their group. */
export function ipv6OfHex(hex: string): string | undefined {
  if (!/^[0-9A-Fa-f]{32}$/.test(hex)) return undefined;
  const groups = (hex.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16));
  return groups.join(':');
}

/** Finds the addresses that /etc/hosts gives a name. */
export function hostsFor(hostsFile: string, name: string): readonly string[] {
  return hostsFile.split('\n').flatMap((line) => {
    const [address, ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    return address && names.some((n) => n.toLowerCase() === name.toLowerCase()) ? [address] : [];
  });
}
