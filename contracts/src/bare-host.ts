/** The host of an address as sockets and names of certificates have it: an IPv6 address without the brackets that a URL wants (RFC 3986 §3.2.2). */
export function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
