import { err, ok, type Result } from '@ewon-agent/contracts';

/** Tells an address from the name of a directory. */
export function looksLikeUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * Reads the address of an admin API: `http://127.0.0.1:PORT`. Plain HTTP carries the key and the token, so it must not leave the machine.
 * No fault repeats what was given: a sign-in link holds a secret.
 * @returns the origin, without a slash at its end
 * Codes: USAGE.
 */
export function parseAdminUrl(text: string): Result<string> {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:') return err('USAGE', '--account is http://127.0.0.1:PORT or a state directory');
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash)
    return err('USAGE', '--account takes host and port only; a sign-in link is a secret and must not be an argument');
  if (!isLoopback(url.hostname))
    return err('USAGE', '--account is on this machine only; forward a remote one: ssh -L PORT:127.0.0.1:PORT HOST');
  return ok(url.origin);
}

/** URL has brought every spelling of an address into one form. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
