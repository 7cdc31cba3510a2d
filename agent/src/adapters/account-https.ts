import { Agent, request as httpsRequest } from 'node:https';
import {
  ACCOUNT_ANSWER_MAX_BYTES,
  type AccountAnswer,
  type AccountLinkPort,
  type AccountRequest,
  err,
  ok,
  type Result,
} from '@ewon-agent/contracts';
import { tlsFaultOf } from './tls-fault.ts';

/**
 * The way to the account over HTTPS: trusts the CA of the request and nothing else, keeps one connection per
 * account open for a minute so that a long poll and what follows share one handshake.
 */
export function createHttpsAccountLink(): AccountLinkPort {
  const agent = new Agent({
    keepAlive: true,
    keepAliveMsecs: 30_000,
    maxSockets: 4,
    timeout: 60_000,
    minVersion: 'TLSv1.2',
  });

  return {
    request: (order) => exchange(order, agent),
    close: () => agent.destroy(),
  };
}

function exchange(order: AccountRequest, agent: Agent): Promise<Result<AccountAnswer>> {
  return new Promise((resolve) => {
    const deadline = AbortSignal.timeout(order.timeoutMs);
    const signal = order.signal ? AbortSignal.any([order.signal, deadline]) : deadline;
    const outgoing = httpsRequest(order.url, {
      agent,
      method: order.method,
      ca: order.ca,
      signal,
      headers: {
        ...order.headers,
        ...(order.body === undefined ? {} : { 'content-length': Buffer.byteLength(order.body) }),
      },
    });
    outgoing.on('error', (cause) => resolve(faultOf(cause, order)));
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
      incoming.on('error', (cause) => resolve(faultOf(cause, order)));
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

function faultOf(cause: Error, order: AccountRequest): Result<AccountAnswer> {
  const tls = tlsFaultOf(cause);
  if (tls) return { ok: false, fault: tls };
  const code = 'code' in cause ? String(cause.code) : '';
  if (code.startsWith('HPE_')) return err('ACCOUNT_ERROR', `${code} from ${new URL(order.url).host}`, cause);
  return err('ACCOUNT_UNREACHABLE', `${code || cause.name} at ${new URL(order.url).host}`, cause);
}
