import { isIPv6 } from 'node:net';
import {
  err,
  type Fault,
  isSignedByAside,
  type JwsHeader,
  type OpenedJws,
  ok,
  openJws,
  publicKeyOf,
  type Result,
} from '@ewon-agent/contracts';

// The door of the device interface (RFC 8555 §6): what a request must be before anybody looks at what it says.

/** How the client addressed us. The Host header is not part of it: whoever passes a request on can write that anew. */
export type Addressed = {
  /** Path as sent, without a query: a signed URL has none. */
  readonly path: string;
  /** Host names of this account, as {@link hostnamesOf} gives them. */
  readonly hostnames: readonly string[];
};

/** The names that a server certificate is for (see issueServerCertificate), spelled as URL spells them. */
export function hostnamesOf(names: readonly string[]): readonly string[] {
  const urls = [...names, 'localhost', '127.0.0.1'].map((name) => `https://${isIPv6(name) ? `[${name}]` : name}`);
  return urls.flatMap((url) => URL.parse(url)?.hostname ?? []);
}

/** A request whose form, address and nonce are good. Its signature is not verified yet. */
export type Knock = { readonly jws: OpenedJws; readonly nonce: string; readonly url: string };

/** Checks form, `url` and nonce of a request. Codes: BAD_REQUEST, BAD_NONCE. */
export function openRequest(
  body: unknown,
  addressed: Addressed,
  isGoodNonce: (nonce: string) => boolean,
): Result<Knock> {
  const jws = openJws(body, 'ewon-reg');
  if (!jws.ok) return jws;
  const { url, nonce } = jws.value.header;
  const fault = judgeUrl(url, addressed, 'url');
  if (fault) return { ok: false, fault };
  if (nonce === undefined || !isGoodNonce(nonce)) return err('BAD_NONCE');
  return ok({ jws: jws.value, nonce, url: url ?? '' });
}

/** The key of a request that brings its own, verified. Codes: BAD_REQUEST, BAD_SIGNATURE. */
export async function keyOfNewcomer({ jws }: Knock): Promise<Result<Uint8Array>> {
  const { jwk, kid }: JwsHeader = jws.header;
  const publicKey = publicKeyOf(jwk);
  if (!publicKey || kid !== undefined) return err('BAD_REQUEST', 'a registration is signed with "jwk", not "kid"');
  return (await isSignedByAside(jws, publicKey)) ? ok(publicKey) : err('BAD_SIGNATURE', 'JWS');
}

/** The last part of the Location that a request names as its `kid`. Codes: BAD_REQUEST. */
export function tokenOfKid({ jws }: Knock, addressed: Addressed, registrationsPath: string): Result<string> {
  const { jwk, kid } = jws.header;
  if (kid === undefined || jwk !== undefined) return err('BAD_REQUEST', 'this is signed with "kid", not "jwk"');
  const token = kid.slice(kid.lastIndexOf('/') + 1);
  const fault = judgeUrl(kid, { ...addressed, path: `${registrationsPath}/${token}` }, 'kid');
  return fault ? { ok: false, fault } : ok(token);
}

/** The path must be the same to the letter, the host a name of ours; the port may be another, of a tunnel or a router. */
function judgeUrl(url: string | undefined, { path, hostnames }: Addressed, what: string): Fault | undefined {
  // compared as sent, not as a parser understands it: no dot segments, no user part, no second spelling
  const [, authority = '', rest = ''] = url?.match(/^https:\/\/([A-Za-z0-9.:[\]-]+)(\/.*)$/) ?? [];
  const hostname = URL.parse(`https://${authority}`)?.hostname;
  if (rest === path && hostname !== undefined && hostnames.includes(hostname)) return undefined;
  return err('BAD_REQUEST', `${what} is ${url ?? 'missing'}, wanted https://${hostnames[0]}${path}`).fault;
}
