import { Agent } from 'node:https';
import { Duplex } from 'node:stream';
import { type Fault, SECOND_MS } from '@ewon-agent/contracts';
import { type ProxyOf, wayTo } from './account-way.ts';

/** A proxy looks a name up and connects before it answers; a request may be given up earlier, the tunnel is kept for the next. */
const TUNNEL_MS = 20 * SECOND_MS;

/** Connections to the account, kept open for a minute; where a proxy stands on the way, TLS is spoken inside of a tunnel through it. */
export type AccountAgent = { readonly agent: Agent; close(): void };

/** Opens nothing yet. A request that fails at the proxy fails with an error that has the `fault`. */
export function createAccountAgent(proxyOf: ProxyOf): AccountAgent {
  const agent = new Agent({
    keepAlive: true,
    keepAliveMsecs: 30_000,
    maxSockets: 4,
    timeout: 60_000,
    minVersion: 'TLSv1.2',
  });
  const closing = new AbortController();
  const connectStraight = agent.createConnection.bind(agent);
  agent.createConnection = (options, connected) => {
    const { host, port } = { host: options.host ?? '', port: Number(options.port) };
    if (!proxyOf(host, port)) return connectStraight(options);
    const failed = (fault: Fault) => connected?.(Object.assign(new Error(fault.code), { fault }), new Duplex());
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TUNNEL_MS)]);
    void wayTo(host, port, proxyOf, signal).then((way) => {
      if (!way.ok) return failed(way.fault);
      // as `options.socket` TLS is spoken inside of it, with sessions kept as ever
      connected?.(null, connectStraight({ ...options, ...way.value }) ?? new Duplex());
    });
    return undefined;
  };
  return {
    agent,
    close() {
      closing.abort();
      agent.destroy();
    },
  };
}
