// The words in which a probe says why it failed; wan-judge.ts finds the cause by them, and people read them.

/** Of an error number of a socket; one without a word is its own. */
export function socketWord(code: string): string {
  return SOCKET_WORDS.get(code) ?? code;
}

/** Of an error of c-ares: no answer, the name is not there, the server says no. */
export function dnsWord(code: string): string {
  return DNS_WORDS.get(code) ?? code;
}

const SOCKET_WORDS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['ETIMEDOUT', 'timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'no address'],
]);
const DNS_WORDS: ReadonlyMap<string, string> = new Map([
  ['ETIMEOUT', 'timeout'],
  ['ECANCELLED', 'timeout'],
  ['EDESTRUCTION', 'timeout'],
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'unknown name'],
  ['ENODATA', 'unknown name'],
]);
