import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { err, type Fault, ok, type Result } from '@ewon-agent/contracts';
import type { SiteProxy } from '../core/proxy.ts';
import { errorCodeOf } from './tls-fault.ts';

/** Where a tunnel leads, and until when it is waited for. */
export type TunnelOrder = {
  readonly proxy: SiteProxy;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
};

/**
 * Asks a proxy for a tunnel with HTTP CONNECT and, where there is a user, basic authentication. What is said inside
 * is TLS with the far side; the proxy sees its name and port. At most 16 KiB of an answer's headers are read (Node).
 * @returns a socket on which nothing has been said yet, and which the caller owns
 * Codes: PROXY_UNREACHABLE (also when given up), PROXY_AUTH, PROXY_REFUSED, PROXY_UPSTREAM, PROXY_PROTOCOL.
 * Source: RFC 9110 §9.3.6, RFC 7617
 */
export async function openTunnel({ proxy, host, port, signal }: TunnelOrder): Promise<Result<Socket>> {
  const authorization = await authorizationOf(proxy);
  if (!authorization.ok) return authorization;
  const at = `${proxy.host}:${proxy.port}`;
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve) => {
    const outgoing = request({
      ...{ method: 'CONNECT', host: proxy.host, port: proxy.port, path: target, agent: false },
      headers: { host: target, connection: 'keep-alive', ...authorization.value },
    });
    const settle = (result: Result<Socket>) => {
      signal.removeEventListener('abort', late);
      if (!result.ok) outgoing.destroy();
      resolve(result);
    };
    const late = () => settle(err('PROXY_UNREACHABLE', `no answer in time from ${at}`));
    signal.addEventListener('abort', late);
    // whatever the status, 1xx included
    outgoing.on('connect', ({ statusCode = 0 }, socket, head) => {
      const refusal = refusalOf(statusCode, head, at);
      if (!refusal) return settle(ok(socket as Socket));
      socket.destroy();
      settle({ ok: false, fault: refusal });
    });
    outgoing.on('error', (cause) => {
      const name = errorCodeOf(cause) ?? cause.message;
      settle(err(name.startsWith('HPE_') ? 'PROXY_PROTOCOL' : 'PROXY_UNREACHABLE', `${name} at ${at}`, cause));
    });
    outgoing.end();
    if (signal.aborted) late();
  });
}

function refusalOf(status: number, head: Uint8Array, at: string): Fault | undefined {
  // 401: tinyproxy 1.11 to a wrong password; to none it says 407
  if (status === 407 || status === 401) return { code: 'PROXY_AUTH', detail: `HTTP ${status} from ${at}` };
  if (status >= 500) return { code: 'PROXY_UPSTREAM', detail: `HTTP ${status} from ${at}` };
  if (status < 200) return { code: 'PROXY_PROTOCOL', detail: `HTTP ${status} from ${at}` };
  if (status >= 300) return { code: 'PROXY_REFUSED', detail: `HTTP ${status} from ${at}` };
  // in TLS the client speaks first: what comes now comes of the proxy
  return head.length > 0 ? { code: 'PROXY_PROTOCOL', detail: `bytes behind the answer of ${at}` } : undefined;
}

async function authorizationOf({ user, passwordFile }: SiteProxy): Promise<Result<Record<string, string>>> {
  if (user === undefined) return ok({});
  let password = '';
  try {
    // each time: who changes the password does not want to restart the agent
    if (passwordFile) password = (await readFile(passwordFile, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    return err('PROXY_AUTH', `${passwordFile} cannot be read, ${errorCodeOf(cause)}`, cause);
  }
  return ok({ 'proxy-authorization': `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });
}
