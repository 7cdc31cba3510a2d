import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { connect, isIP, isIPv4, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { bareHost, type Millis, type WanProbe } from '@ewon-agent/contracts';
import { hostsFor } from '../core/ip-text.ts';
import { portalIn } from '../core/wan-portal.ts';
import { dnsWord, socketWord } from '../core/wan-probe-words.ts';
import { DNS_BYTES, streamBytes, TCP_BYTES } from '../core/wan-spent.ts';
import type { ProofOrder, ProofOutcome } from '../shell/wan.ts';
import { type ProxyOf, wayTo } from './account-way.ts';
import { tlsFaultOf } from './tls-fault.ts';

/** What is proved: the way from an address of this board to the account. */
export type ProbeOrder = Omit<ProofOrder, 'link'> & {
  readonly timeoutMs: Millis;
  readonly proxyOf: ProxyOf;
  /** /etc/hosts unless told. */
  readonly hostsFile?: string;
};

/** A portal is near: it answers at once. */
const PORTAL_MS = 800;
const PAGE_MAX_BYTES = 2048;

/** Proves the way from the lowest layer up, and stops at the first that fails. Never throws. */
export async function probeWay(order: ProbeOrder): Promise<ProofOutcome> {
  const ledger = createLedger();
  const account = new URL(order.url);
  const proxy = order.proxyOf(bareHost(account.hostname), portOf(account));
  const host = proxy?.host ?? bareHost(account.hostname);
  const port = proxy?.port ?? portOf(account);
  const known = order.knownAddress !== undefined && isIP(host) === 0 ? order.knownAddress : undefined;
  // both at once: the time until a loss is known counts, and a name server that is gone must not look like a way that is
  const [address, knownTcp] = await Promise.all([
    addressOf(host, order, ledger),
    known === undefined ? undefined : openTcp(known, port, order, ledger),
  ]);
  const reuses = address !== undefined && address === known;
  if (!reuses) knownTcp?.destroy();
  const socket = reuses ? knownTcp : address === undefined ? undefined : await openTcp(address, port, order, ledger);
  let isWhole = socket !== undefined;
  if (socket && order.depth === 'account')
    isWhole = await askAccount(socket, { account, order, ledger, isProxied: proxy !== undefined });
  socket?.destroy();
  const target = address ?? known;
  // what is silent to a first question is no portal, or is looked at with the next one
  const isSilent = ledger.probes.every(({ error }) => error === 'timeout');
  if (!isWhole && !proxy && target !== undefined && !(isSilent && order.depth === 'tcp'))
    await lookForPortal(target, { account, order, ledger });
  return {
    ...{ probes: ledger.probes, bytes: ledger.bytes() },
    ...(isWhole && address !== undefined && isIP(host) === 0 && !proxy && { address }),
  };
}

type Ledger = ReturnType<typeof createLedger>;

function createLedger() {
  const probes: WanProbe[] = [];
  let spent = 0;
  return {
    probes,
    bytes: () => spent,
    spend(bytes: number): void {
      spent += bytes;
    },
    note(
      layer: WanProbe['layer'],
      target: string,
      { sinceMs, error }: { sinceMs: number; error?: string | undefined },
    ) {
      const ms = Math.round(performance.now() - sinceMs);
      probes.push({ layer, target: target.slice(0, 300), ms, ...(error !== undefined && { error }) });
    },
  };
}

async function addressOf(host: string, { ip, nameServers, timeoutMs, hostsFile }: ProbeOrder, ledger: Ledger) {
  if (isIP(host)) return host;
  const hosts = await readFile(hostsFile ?? '/etc/hosts', 'utf8').catch(() => '');
  const listed = hostsFor(hosts, host).find((address) => isIPv4(address) === isIPv4(ip));
  if (listed !== undefined) return listed;
  const sinceMs = performance.now();
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  const late = AbortSignal.timeout(timeoutMs);
  late.addEventListener('abort', () => resolver.cancel());
  if (isIPv4(ip)) resolver.setLocalAddress(ip);
  if (nameServers.length > 0) resolver.setServers([...nameServers]);
  ledger.spend(DNS_BYTES);
  try {
    const [address] = isIPv4(ip) ? await resolver.resolve4(host) : await resolver.resolve6(host);
    ledger.note('dns', host, { sinceMs, error: address === undefined ? 'no address' : undefined });
    return address;
  } catch (cause) {
    ledger.note('dns', host, { sinceMs, error: dnsWord(codeOf(cause)) });
    return undefined;
  }
}

function openTcp(address: string, port: number, order: ProbeOrder, ledger: Ledger): Promise<Socket | undefined> {
  const sinceMs = performance.now();
  ledger.spend(TCP_BYTES);
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, ...over(order, address) });
    const late = AbortSignal.timeout(order.timeoutMs);
    let isOver = false;
    const end = (error?: string) => {
      if (isOver) return; // errors of the open socket are for who uses it
      isOver = true;
      late.removeEventListener('abort', tooLate);
      ledger.note('tcp', `${address}:${port}`, { sinceMs, error });
      if (error !== undefined) socket.destroy();
      resolve(error === undefined ? socket : undefined);
    };
    const tooLate = () => end('timeout');
    late.addEventListener('abort', tooLate);
    socket.once('connect', () => end());
    socket.on('error', (cause) => end(socketWord(codeOf(cause))));
  });
}

type Account = {
  readonly account: URL;
  readonly order: ProbeOrder;
  readonly ledger: Ledger;
  readonly isProxied: boolean;
};

/** TLS, and one request without a body. */
async function askAccount(socket: Socket, { account, order, ledger, isProxied }: Account): Promise<boolean> {
  const host = bareHost(account.hostname);
  const late = AbortSignal.timeout(2 * order.timeoutMs); // two or three round trips, and a slow board computes
  let under = socket;
  if (isProxied) {
    const way = await wayTo(host, portOf(account), order.proxyOf, late);
    if (!way.ok || !('socket' in way.value)) {
      ledger.note('tls', host, { sinceMs: performance.now(), error: way.ok ? 'no tunnel' : way.fault.code });
      return false;
    }
    under = way.value.socket;
  }
  const sinceMs = performance.now();
  const tls = connectTls({
    socket: under,
    host,
    ca: order.ca,
    minVersion: 'TLSv1.2',
    ...(isIP(host) ? {} : { servername: host }),
  });
  const secured = await new Promise<string | undefined>((resolve) => {
    late.addEventListener('abort', () => resolve('timeout'));
    tls.once('secureConnect', () => resolve(undefined));
    tls.on('error', (cause) => resolve(tlsFaultOf(cause)?.code ?? socketWord(codeOf(cause))));
    tls.once('close', () => resolve('closed'));
  });
  ledger.note('tls', host, { sinceMs, error: secured });
  const answered = secured === undefined ? await askHead(tls, { account, late, ledger }) : false;
  ledger.spend(streamBytes(under.bytesRead + under.bytesWritten));
  tls.destroy();
  if (isProxied) under.destroy();
  return answered;
}

async function askHead(
  tls: Socket,
  { account, late, ledger }: { readonly account: URL; readonly late: AbortSignal; readonly ledger: Ledger },
): Promise<boolean> {
  const sinceMs = performance.now();
  const path = new URL('nonce', account).pathname;
  tls.write(`HEAD ${path} HTTP/1.1\r\nHost: ${account.host}\r\nConnection: close\r\n\r\n`);
  const head = await firstBytes(tls, late);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
  const error = status === 0 ? (late.aborted ? 'timeout' : 'no HTTP') : status >= 500 ? `status ${status}` : undefined;
  ledger.note('account', account.host, { sinceMs, error });
  return error === undefined;
}

/** A portal answers port 80 of every address. */
async function lookForPortal(address: string, { account, order, ledger }: Omit<Account, 'isProxied'>): Promise<void> {
  const sinceMs = performance.now();
  ledger.spend(TCP_BYTES);
  const late = AbortSignal.timeout(Math.min(order.timeoutMs, PORTAL_MS));
  const socket = connect({ host: address, port: 80, ...over(order, address) });
  socket.on('error', () => socket.destroy()); // nobody there: no portal
  socket.once('connect', () =>
    socket.write(`GET / HTTP/1.1\r\nHost: ${account.hostname}\r\nConnection: close\r\n\r\n`),
  );
  const page = await firstBytes(socket, late);
  ledger.spend(streamBytes(socket.bytesRead + socket.bytesWritten));
  socket.destroy();
  const error = portalIn(page, account.hostname);
  if (error !== undefined) ledger.note('http', `${address}:80`, { sinceMs, error });
}

/** What came until the headers ended, the other side closed, or it was too late. */
function firstBytes(socket: Socket, late: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const end = () => resolve(text);
    late.addEventListener('abort', end);
    if (late.aborted) end();
    socket.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('latin1')).slice(0, PAGE_MAX_BYTES);
      if (text.includes('\r\n\r\n') || text.length === PAGE_MAX_BYTES) end();
    });
    socket.once('close', end);
  });
}

/** Out over the link that is proved, where its address is of the same family. */
function over({ ip }: ProbeOrder, address: string): { readonly localAddress?: string } {
  return isIPv4(address) === isIPv4(ip) ? { localAddress: ip } : {};
}

function portOf(url: URL): number {
  return Number(url.port || 443);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code).slice(0, 40) : 'failed';
}
