import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { bareHost, type Fault } from '@ewon-agent/contracts';
import { type ProxyOf, wayTo } from './account-way.ts';
import { tlsFaultOf } from './tls-fault.ts';

// OpenSSL looks at the dates last, and Node tells the last fault only: to a clock at 1970 every stranger's certificate
// is "not valid yet", and to one in the future "expired" (observed with Node 24.21). So where the dates are at fault, the
// server is asked for its certificate once more, and the rest of it is judged without them. Nothing is sent on that
// connection and nothing is trusted because of it: it only chooses what the refusal is called.

export type JudgedServer = {
  /** `https:`, `mqtts:` or `wss:`. */
  readonly url: string;
  /** PEM, one or several. */
  readonly ca: string;
  readonly signal: AbortSignal;
  /** The proxy on the way, if one can be; none unless told. */
  readonly proxyOf?: ProxyOf;
};

/** Registered with IANA; Node's URL names a port only when it is another one, and knows none for mqtts. */
const DEFAULT_PORTS = new Map([
  ['https:', 443],
  ['wss:', 443],
  ['mqtts:', 8883],
]);
/** A chain that is longer than this is none of ours. */
const CHAIN_MAX = 5;

/**
 * Looks for what is wrong with a server's certificate besides its dates.
 * @returns TLS_UNTRUSTED or TLS_NAME_MISMATCH; the fault that was given when it is not about dates, when nothing else is
 *   wrong, and when the server does not show its certificate again before the signal comes
 */
export async function faultBesideDates(fault: Fault, server: JudgedServer): Promise<Fault> {
  if (fault.code !== 'TLS_CLOCK' && fault.code !== 'TLS_EXPIRED') return fault;
  try {
    return (await judge(server)) ?? fault;
  } catch {
    return fault; // what cannot be looked at cannot be judged better: a key that OpenSSL does not know, say
  }
}

async function judge({ url, ca, signal, proxyOf = () => undefined }: JudgedServer): Promise<Fault | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Fault | undefined>();
  const { hostname, port: named, protocol } = new URL(url);
  const host = bareHost(hostname);
  const port = Number(named || DEFAULT_PORTS.get(protocol));
  const servername = isIP(host) ? {} : { servername: host };
  const way = await wayTo(host, port, proxyOf, signal);
  if (!way.ok) return undefined;
  const socket = connect({ ...way.value, ca, ...servername, rejectUnauthorized: false, minVersion: 'TLSv1.2' });
  const giveUp = () => socket.destroy();
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  socket.on('error', giveUp);
  socket.on('close', () => {
    signal.removeEventListener('abort', giveUp);
    resolve(undefined);
  });
  socket.on('secureConnect', () => {
    try {
      resolve(faultIn(socket, host, ca));
    } catch (error) {
      reject(error);
    }
    socket.destroy();
  });
  return promise;
}

function faultIn(socket: TLSSocket, host: string, ca: string): Fault | undefined {
  const shown = socket.getPeerX509Certificate();
  if (!shown || !isFrom(authoritiesIn(ca), shown)) return { code: 'TLS_UNTRUSTED', detail: 'not issued by our CA' };
  return tlsFaultOf(checkServerIdentity(host, shown.toLegacyObject()));
}

/** Follows the chain by its signatures to one of our authorities. */
function isFrom(authorities: readonly X509Certificate[], shown: X509Certificate): boolean {
  let certificate = shown;
  for (let length = 0; length < CHAIN_MAX; length++) {
    const issued = certificate;
    if (authorities.some((authority) => isIssuedBy(issued, authority))) return true;
    const issuer = issued.issuerCertificate;
    if (!issuer || issuer.fingerprint256 === issued.fingerprint256 || !isIssuedBy(issued, issuer)) return false;
    certificate = issuer;
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function authoritiesIn(ca: string): readonly X509Certificate[] {
  const blocks = ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((pem) => new X509Certificate(pem));
}
