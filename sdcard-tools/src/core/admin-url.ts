import { err, ok, type Result } from '@ewon-agent/contracts';

/** Tells an address from the name of a directory. */
export function looksLikeUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * Reads the address of an admin API: `https://HOST`, or `http://127.0.0.1:PORT`: plain HTTP carries the key and the token, so it must not leave
 * the machine.
 * No fault repeats what was given: a sign-in link holds a secret.
 * @returns the origin, without a slash at its end
 * Codes: USAGE.
 */
export function parseAdminUrl(text: string): Result<string> {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    return err('USAGE', '--account is https://HOST, http://127.0.0.1:PORT or a state directory');
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash)
    return err('USAGE', '--account takes host and port only; a sign-in link is a secret and must not be an argument');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return err('USAGE', '--account by http:// is on this machine only; one elsewhere is reached by https://');
  return ok(url.origin);
}

/** URL has brought every spelling of an address into one form. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
