// Which way a connection to the account takes: straight, or through the proxy of the site. Pure; adapters/proxy-tunnel.ts
// does it. The configuration decides; without one the environment does, as it does for curl and for Go.

import { bareHost, err, ok, type Result } from '@ewon-agent/contracts';

/** A proxy that is asked for a tunnel (HTTP CONNECT). The password stands in a file and is read when it is needed. */
export type SiteProxy = {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly passwordFile?: string;
};

/** A proxy, and where to it is not taken. */
export type ProxyPlan = { readonly proxy: SiteProxy; readonly except: (host: string, port: number) => boolean };

/** What the configuration says; `url` is `http://host[:port]`. */
export type ProxySettings = { readonly url: string; readonly user?: string; readonly passwordFile?: string };

/** A proxy without a port in its address listens here, as curl has it. */
const PROXY_PORT = 1080;

/**
 * Makes the plan of configuration and environment (`https_proxy`, `no_proxy`, and the same in capitals).
 * A configured proxy is taken for everything. One of the environment is not taken to this machine itself, nor to what
 * `no_proxy` names, and must not carry a password: the environment of a service is not secret.
 * @returns undefined when there is no proxy. Codes: CONFIG_INVALID.
 */
export function planProxy(
  configured: ProxySettings | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Result<ProxyPlan | undefined> {
  if (configured) {
    const { url, ...credentials } = configured;
    const proxy = addressOf(url);
    if (!proxy) return err('CONFIG_INVALID', 'proxy.url: must be http://HOST:PORT');
    return ok({ proxy: { ...proxy, ...credentials }, except: () => false });
  }
  const named = environment['https_proxy'] || environment['HTTPS_PROXY'];
  if (!named) return ok(undefined);
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  if (URL.parse(written)?.username || URL.parse(written)?.password) {
    return err('CONFIG_INVALID', 'HTTPS_PROXY: has a user or a password in it; set proxy.user and proxy.passwordFile');
  }
  const proxy = addressOf(written);
  if (!proxy) return err('CONFIG_INVALID', 'HTTPS_PROXY: must be http://HOST:PORT');
  const rules = (environment['no_proxy'] ?? environment['NO_PROXY'] ?? '').split(/[\s,]+/).filter(Boolean);
  const except = (host: string, port: number) =>
    isThisMachine(host) || rules.some((rule) => isNamedBy(rule.toLowerCase(), host.toLowerCase(), port));
  return ok({ proxy, except });
}

/** The proxy on the way to this host (without brackets) and port; undefined when the way is straight. */
export function proxyTo(plan: ProxyPlan | undefined, host: string, port: number): SiteProxy | undefined {
  return plan && !plan.except(host, port) ? plan.proxy : undefined;
}

function addressOf(url: string): SiteProxy | undefined {
  const read = URL.parse(url);
  if (read?.protocol !== 'http:' || read.hostname === '' || read.username !== '' || read.password !== '') {
    return undefined;
  }
  // URL leaves 80 out because it is the port of http, where it may have been written
  const port = Number(read.port) || (/:0*80\/?$/.test(url) ? 80 : PROXY_PORT);
  return { host: bareHost(read.hostname), port };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `*`, a name with all below it, an address, or IPv4 addresses with a prefix length; each but `*` with a port or without. */
function isNamedBy(rule: string, host: string, port: number): boolean {
  if (rule === '*') return true;
  const [, bracketed, plain, onlyPort] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(rule) ?? [];
  if (onlyPort !== undefined && Number(onlyPort) !== port) return false;
  const name = (bracketed ?? plain ?? rule).replace(/^\*?\./, '');
  if (name === '') return false;
  const [network = '', length] = name.split('/');
  if (length !== undefined) return isInNetwork(host, network, Number(length));
  return host === name || (host.endsWith(`.${name}`) && ipv4(host) === undefined);
}

function isInNetwork(host: string, network: string, length: number): boolean {
  const [address, base] = [ipv4(host), ipv4(network)];
  if (address === undefined || base === undefined || !(length >= 0 && length <= 32)) return false;
  const size = 2 ** (32 - length);
  return Math.floor(address / size) === Math.floor(base / size);
}

function ipv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}
