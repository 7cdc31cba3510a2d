import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Code, UplinkTarget } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import type { SiteProxy } from '../core/proxy.ts';
import { startServer, type TestServer } from '../testing/account-server.ts';
import { createTestCa } from '../testing/test-pki.ts';
import { type ProxyBehaviour, startProxy, type TestProxy } from '../testing/test-proxy.ts';
import { createHttpsAccountLink } from './account-https.ts';
import { createUplinkMqtt } from './uplink-mqtt.ts';

const [ca, foreign] = await Promise.all([createTestCa(), createTestCa()]);
const [sound, expired, interceptor] = await Promise.all([ca.issue('none'), ca.issue('expired'), foreign.issue('none')]);

const answer = (status: string) =>
  ({ does: 'write', text: `HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n` }) as const;

/** What a proxy may do, and what both who go through it must say of that. */
const TROUBLES: Readonly<Record<string, readonly [ProxyBehaviour, Code]>> = {
  'wants a password': [answer('407 Proxy Authentication Required'), 'PROXY_AUTH'],
  'wants another password': [answer('401 Unauthorized'), 'PROXY_AUTH'],
  'forbids it': [answer('403 Forbidden'), 'PROXY_REFUSED'],
  'knows no CONNECT': [answer('405 Method Not Allowed'), 'PROXY_REFUSED'],
  'is a portal that sends to a page': [answer('302 Found\r\nlocation: http://portal.test/'), 'PROXY_REFUSED'],
  'cannot reach the far side': [answer('502 Bad Gateway'), 'PROXY_UPSTREAM'],
  'is worn out': [answer('503 Service Unavailable'), 'PROXY_UPSTREAM'],
  'speaks before its time': [{ does: 'write', text: 'HTTP/1.1 200 OK\r\n\r\nWelcome!' }, 'PROXY_PROTOCOL'],
  'changes the protocol': [answer('101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x'), 'PROXY_PROTOCOL'],
  'is none': [{ does: 'write', text: '220 mail.test ESMTP\r\n' }, 'PROXY_PROTOCOL'],
  'sends headers without end': [{ does: 'endlessHeaders' }, 'PROXY_PROTOCOL'],
  'hangs up': [{ does: 'hangUp' }, 'PROXY_UNREACHABLE'],
  'says nothing': [{ does: 'silent' }, 'PROXY_UNREACHABLE'],
  'drips headers': [{ does: 'dripHeaders' }, 'PROXY_UNREACHABLE'],
  'says "continue" without end': [{ does: 'endlessInterim' }, 'PROXY_PROTOCOL'],
  'opens TLS': [{ does: 'openTls', identity: interceptor }, 'PROXY_CERTIFICATE'],
};
/** How long a test lets a connection wait; also what a test of waiting costs. */
const PATIENCE_MS = 250;

const uplinkTo = (url: string): UplinkTarget => ({
  ...{ url, ca: ca.pem, ...sound, clientId: 'd_x', receives: 'down/#' },
  will: { topic: 'up/status', payload: 'offline', qos: 1, retain: true },
  ...{ keepaliveMs: 30_000, connectTimeoutMs: PATIENCE_MS },
});
const SILENT = { received: () => {}, closed: () => {} };

suite('through a proxy', (test) => {
  const open: (TestProxy | TestServer)[] = [];
  test.after.each(() => Promise.all(open.splice(0).map((one) => one.close())));

  const proxied = async (behaviour: ProxyBehaviour, more: Partial<SiteProxy> = {}) => {
    const proxy = await startProxy(behaviour);
    open.push(proxy);
    const proxyOf = () => ({ host: proxy.host, port: proxy.port, ...more });
    const link = createHttpsAccountLink(proxyOf);
    const ask = (url: string, timeoutMs = 5000) =>
      link.request({ method: 'GET', url, headers: {}, ca: ca.pem, timeoutMs });
    return { proxy, link, ask, uplink: createUplinkMqtt(proxyOf) };
  };
  const account = async (identity = sound) => {
    const server = await startServer({ does: 'answer', status: 200, body: Buffer.from('here') }, identity);
    open.push(server);
    return server;
  };

  test('requests to the account share one tunnel, which names the account and no more', async () => {
    const { proxy, link, ask } = await proxied({ does: 'tunnel' });
    const { url } = await account();
    for (const _ of [1, 2]) assert.equal(Buffer.from(assertOk(await ask(`${url}/secret`)).body).toString(), 'here');
    const { host } = new URL(url);
    assert.equal(proxy.heads.length, 1);
    assert.match(proxy.heads[0] ?? '', new RegExp(`^CONNECT ${host} HTTP/1.1\r\n`));
    assert.doesNotMatch(proxy.heads.join(), /secret|authorization/i);
    link.close();
    await eventually(() => proxy.connections() === 0, { what: 'the tunnel is closed' });
  });

  test('user and password are sent, and a changed password file is read', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'proxy-'));
    const passwordFile = join(dir, 'password');
    writeFileSync(passwordFile, 'p:1\n');
    const { proxy, link, ask } = await proxied(answer('407 No'), { user: 'gateway', passwordFile });
    const { url } = await account();
    assertFault(await ask(url), 'PROXY_AUTH');
    writeFileSync(passwordFile, 'p:2');
    assertFault(await ask(url), 'PROXY_AUTH');
    assert.deepEqual(
      proxy.heads.map((head) => Buffer.from(/authorization: Basic (\S+)/i.exec(head)?.[1] ?? '', 'base64').toString()),
      ['gateway:p:1', 'gateway:p:2'],
    );
    rmSync(dir, { recursive: true });
    assert.match(assertFault(await ask(url), 'PROXY_AUTH').detail ?? '', /password cannot be read, ENOENT/);
    link.close();
  });

  for (const [what, [behaviour, code]] of Object.entries(TROUBLES)) {
    test(`a proxy that ${what}: ${code}, to requests and to the uplink, and nothing is left open`, async () => {
      const { proxy, link, ask, uplink } = await proxied(behaviour);
      const { url, requests } = await account();
      const isWaiting = code === 'PROXY_UNREACHABLE' && behaviour.does !== 'hangUp';
      // a request that is given up says so itself; what the proxy said would have come later
      assertFault(await ask(url, isWaiting ? PATIENCE_MS : 5000), isWaiting ? 'ACCOUNT_UNREACHABLE' : code);
      const target = { ...uplinkTo(url.replace('https', 'mqtts')), connectTimeoutMs: isWaiting ? PATIENCE_MS : 5000 };
      assertFault(await uplink.open(target, SILENT), code);
      assert.deepEqual(requests, []);
      link.close();
      if (!isWaiting) await eventually(() => proxy.connections() === 0, { what: 'no connection is left' });
    });
  }

  test('nobody at the address of the proxy: PROXY_UNREACHABLE', async () => {
    const { proxy, link, ask, uplink } = await proxied({ does: 'tunnel' });
    const { url } = await account();
    await proxy.close();
    open.splice(open.indexOf(proxy), 1);
    assertFault(await ask(url), 'PROXY_UNREACHABLE');
    assertFault(await uplink.open(uplinkTo(url.replace('https', 'mqtts')), SILENT), 'PROXY_UNREACHABLE');
    link.close();
  });

  test("the account's own certificate is judged through the tunnel as without: expired, and of whom", async () => {
    const { link, ask } = await proxied({ does: 'tunnel' });
    assertFault(await ask((await account(expired)).url), 'TLS_EXPIRED');
    assertFault(await ask((await account(await foreign.issue('expired'))).url), 'PROXY_CERTIFICATE');
    assertFault(await ask((await account(await ca.issue('wrongName'))).url), 'TLS_NAME_MISMATCH');
    link.close();
  });
});
