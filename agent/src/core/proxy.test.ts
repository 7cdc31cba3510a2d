import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { planProxy, proxyTo } from './proxy.ts';

const way = (environment: Record<string, string>, host: string, port = 443) =>
  proxyTo(assertOk(planProxy(undefined, environment)), host, port)?.host;

suite('which way the account is reached', (test) => {
  test('without configuration and environment: straight', () => {
    assert.equal(assertOk(planProxy(undefined, {})), undefined);
    assert.equal(assertOk(planProxy(undefined, { HTTPS_PROXY: '', NO_PROXY: '*' })), undefined);
    assert.equal(proxyTo(undefined, 'account.example', 443), undefined);
  });

  test('a configured proxy is taken for everything, whatever the environment says', () => {
    const settings = { url: 'http://proxy.plant.example:3128', user: 'gateway', passwordFile: '/etc/proxy' };
    const plan = assertOk(planProxy(settings, { HTTPS_PROXY: 'http://other:1', NO_PROXY: '*' }));
    const { url: _url, ...credentials } = settings;
    const proxy = { host: 'proxy.plant.example', port: 3128, ...credentials };
    for (const host of ['account.example', '127.0.0.1', 'localhost']) assert.deepEqual(proxyTo(plan, host, 443), proxy);
  });

  const addresses: Readonly<Record<string, readonly [string, number] | undefined>> = {
    'http://proxy:3128': ['proxy', 3128],
    'http://proxy:3128/': ['proxy', 3128],
    'proxy:3128': ['proxy', 3128],
    'http://proxy': ['proxy', 1080],
    'http://proxy:80': ['proxy', 80],
    'http://[fd00::1]:8080': ['fd00::1', 8080],
    'https://proxy:3128': undefined,
    'socks5://proxy:1080': undefined,
    'http://user:secret@proxy:3128': undefined,
    'http://user@proxy:3128': undefined,
    'http://': undefined,
    'no address': undefined,
  };
  for (const [named, address] of Object.entries(addresses)) {
    test(`HTTPS_PROXY=${named}: ${address ? address.join(' port ') : 'CONFIG_INVALID, nothing of it shown'}`, () => {
      for (const name of ['HTTPS_PROXY', 'https_proxy']) {
        const plan = planProxy(undefined, { [name]: named });
        if (address) {
          const proxy = proxyTo(assertOk(plan), 'account.example', 443);
          assert.deepEqual([proxy?.host, proxy?.port], address);
        } else {
          assertFault(plan, 'CONFIG_INVALID');
          assert.doesNotMatch(plan.ok ? '' : (plan.fault.detail ?? ''), /secret/);
        }
      }
    });
  }

  const exceptions: readonly (readonly [rules: string, host: string, port: number, isStraight: boolean])[] = [
    ['', 'account.example', 443, false],
    ['', '127.0.0.1', 443, true],
    ['', '127.255.0.9', 443, true],
    ['', 'localhost', 443, true],
    ['', '::1', 443, true],
    ['', '127.example', 443, false],
    ['*', 'account.example', 443, true],
    ['account.example', 'account.example', 443, true],
    ['Account.Example', 'account.EXAMPLE', 443, true],
    ['.example', 'account.example', 443, true],
    ['*.example', 'account.example', 443, true],
    ['example', 'account.example', 443, true],
    ['example', 'counterexample', 443, false],
    ['other, account.example', 'account.example', 443, true],
    ['other account.example', 'account.example', 443, true],
    ['account.example:8883', 'account.example', 443, false],
    ['account.example:8883', 'account.example', 8883, true],
    ['10.0.0.0/8', '10.9.8.7', 443, true],
    ['10.0.0.0/8', '11.0.0.1', 443, false],
    ['192.168.4.0/23', '192.168.5.255', 443, true],
    ['192.168.4.0/23', '192.168.6.0', 443, false],
    ['0.0.0.0/0', '8.8.8.8', 443, true],
    ['10.0.0.0/33', '10.0.0.1', 443, false],
    ['10.0.0.0/x', '10.0.0.1', 443, false],
    ['1.2.3.4', '1.2.3.4', 443, true],
    ['3.4', '1.2.3.4', 443, false],
    ['fd00::1', 'fd00::1', 443, true],
    ['[fd00::1]:443', 'fd00::1', 443, true],
    ['.', 'account.example', 443, false],
  ];
  for (const [rules, host, port, isStraight] of exceptions) {
    test(`NO_PROXY="${rules}": ${host}:${port} ${isStraight ? 'straight' : 'through the proxy'}`, () => {
      const environment = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: rules };
      assert.equal(way(environment, host, port), isStraight ? undefined : 'proxy');
    });
  }
});
