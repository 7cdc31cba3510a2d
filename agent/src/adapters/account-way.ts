import type { Socket } from 'node:net';
import { type Fault, ok, type Result } from '@ewon-agent/contracts';
import type { SiteProxy } from '../core/proxy.ts';
import { openTunnel } from './proxy-tunnel.ts';

/** Tells which proxy stands on the way to a host (without brackets) and port, if one does. */
export type ProxyOf = (host: string, port: number) => SiteProxy | undefined;

/** What node:tls connects over: straight, or through a tunnel that is open. */
export type Way = { readonly host: string; readonly port: number } | { readonly host: string; readonly socket: Socket };

/**
 * Finds the way to a server, and opens the tunnel where a proxy stands on it.
 * Codes: those of {@link openTunnel}; a straight way has none.
 */
export async function wayTo(host: string, port: number, proxyOf: ProxyOf, signal: AbortSignal): Promise<Result<Way>> {
  const proxy = proxyOf(host, port);
  if (!proxy) return ok({ host, port });
  const tunnel = await openTunnel({ proxy, host, port, signal });
  return tunnel.ok ? ok({ host, socket: tunnel.value }) : tunnel;
}

/** A proxy that opens TLS shows a certificate of its own: it is that, rather than a hostile server, which a person meets. */
export function faultThrough(proxy: SiteProxy | undefined, fault: Fault): Fault {
  if (!proxy || fault.code !== 'TLS_UNTRUSTED') return fault;
  const detail = `${fault.detail ?? ''} through ${proxy.host}:${proxy.port}`;
  return { ...fault, code: 'PROXY_CERTIFICATE', detail };
}
