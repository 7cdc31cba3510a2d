import type { ClientRequest } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import {
  ACCOUNT_ANSWER_MAX_BYTES,
  type AccountAnswer,
  type AccountLinkPort,
  type AccountRequest,
  bareHost,
  err,
  type Fault,
  ok,
  type Result,
  SECOND_MS,
} from '@ewon-agent/contracts';
import { createAccountAgent } from './account-agent.ts';
import { faultThrough, type ProxyOf } from './account-way.ts';
import { faultBesideDates } from './tls-beside-dates.ts';
import { errorCodeOf, tlsFaultOf } from './tls-fault.ts';

/** The certificate was shown a moment ago: a server that takes longer to show it again does not want to. */
const SECOND_LOOK_MS = 5 * SECOND_MS;
/**
 * The way to the account over HTTPS: trusts the CA of the request and nothing else, keeps one connection per
 * account open for a minute so that a long poll and what follows share one handshake. Where a proxy stands on the way,
 * all of that happens inside of a tunnel through it.
 */
export function createHttpsAccountLink(proxyOf: ProxyOf = () => undefined): AccountLinkPort {
  const { agent, close } = createAccountAgent(proxyOf);
  return {
    async request(order) {
      const result = await exchange(order, agent);
      if (result.ok) return result;
      const late = AbortSignal.timeout(Math.min(order.timeoutMs, SECOND_LOOK_MS));
      const signal = order.signal ? AbortSignal.any([order.signal, late]) : late;
      const fault = await faultBesideDates(result.fault, { url: order.url, ca: order.ca, signal, proxyOf });
      const { hostname = '', port } = URL.parse(order.url) ?? {};
      return { ok: false, fault: faultThrough(proxyOf(bareHost(hostname), Number(port) || 443), fault) };
    },
    close,
  };
}

function exchange(order: AccountRequest, agent: Agent): Promise<Result<AccountAnswer>> {
  // node:tls takes an empty `ca` for none, and none for the CAs of the system
  if (order.ca === '') return Promise.resolve(err('TLS_UNTRUSTED', 'no CA to trust'));
  return new Promise((resolve) => {
    const deadline = AbortSignal.timeout(order.timeoutMs);
    const signal = order.signal ? AbortSignal.any([order.signal, deadline]) : deadline;
    const fail = (cause: unknown) => resolve(faultOf(signal.aborted ? signal.reason : cause, order));
    let outgoing: ClientRequest;
    try {
      outgoing = httpsRequest(order.url, {
        agent,
        method: order.method,
        ca: order.ca,
        signal,
        headers: {
          ...order.headers,
          ...(order.body === undefined ? {} : { 'content-length': Buffer.byteLength(order.body) }),
        },
      });
    } catch (cause) {
      return fail(cause); // an address or a header, from a card perhaps, that cannot be sent
    }
    outgoing.on('error', fail);
    signal.addEventListener('abort', fail); // a request that waits for its tunnel says nothing of its end
    outgoing.on('upgrade', (incoming, socket) => {
      socket.destroy();
      resolve(err('ACCOUNT_ERROR', `HTTP ${incoming.statusCode} that nobody asked for`));
    });
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size <= ACCOUNT_ANSWER_MAX_BYTES) return;
        resolve(err('ACCOUNT_ERROR', `answer is larger than ${ACCOUNT_ANSWER_MAX_BYTES} bytes`));
        incoming.destroy();
      });
      incoming.on('error', fail);
      incoming.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(incoming.headers).map(([k, v]) => [k, Array.isArray(v) ? v.join(', ') : (v ?? '')]),
        );
        resolve(ok({ status: incoming.statusCode ?? 0, headers, body: new Uint8Array(Buffer.concat(chunks)) }));
      });
    });
    outgoing.end(order.body);
  });
}

function faultOf(cause: unknown, order: AccountRequest): Result<AccountAnswer> {
  if (cause instanceof Error && 'fault' in cause) return { ok: false, fault: cause.fault as Fault }; // of the proxy
  const tls = tlsFaultOf(cause);
  if (tls) return { ok: false, fault: tls };
  const name = errorCodeOf(cause) ?? (cause instanceof Error ? cause.name : 'error');
  const host = URL.parse(order.url)?.host;
  // HPE_: no HTTP; EPROTO and ERR_SSL_: no TLS. Something is there, but not an account
  const isForeign = /^(HPE_|ERR_SSL_|EPROTO$)/.test(name);
  const detail = host ? `${name} at ${host}` : 'the address of the account is not a URL';
  return err(isForeign ? 'ACCOUNT_ERROR' : 'ACCOUNT_UNREACHABLE', detail, cause);
}
