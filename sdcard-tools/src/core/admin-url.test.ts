import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { looksLikeUrl, parseAdminUrl } from './admin-url.ts';

suite('the address of an admin API', (test) => {
  test('any machine over HTTPS', () => {
    const good = [
      ['https://account.example', 'https://account.example'],
      ['HTTPS://Account.Example:443/', 'https://account.example'],
      ['https://127.0.0.1:1', 'https://127.0.0.1:1'],
      ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ] as const;
    for (const [text, origin] of good) assert.equal(assertOk(parseAdminUrl(text)), origin);
  });

  test('this machine, in whatever spelling', () => {
    const good = [
      ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
      ['HTTP://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
      ['http://127.1.2.3:1', 'http://127.1.2.3:1'],
      ['http://0x7f.1:1', 'http://127.0.0.1:1'],
      ['http://localhost:8080', 'http://localhost:8080'],
      ['http://[::1]:8080/', 'http://[::1]:8080'],
    ] as const;
    for (const [text, origin] of good) assert.equal(assertOk(parseAdminUrl(text)), origin);
  });

  const SECRET = 'k3yToTheDoor';
  const bad: Readonly<Record<string, readonly string[]>> = {
    'another machine': ['http://192.0.2.1:80', 'http://127.0.0.1.example:80', 'http://127.example', 'http://[::2]:1'],
    'another protocol': ['ws://127.0.0.1:1', 'ftp://127.0.0.1', 'file:///tmp', 'javascript://127.0.0.1'],
    'more than host and port': ['http://127.0.0.1:1/api', 'http://127.0.0.1:1/?a=b', 'https://account.example/api'],
    'a sign-in link or a token': [
      `http://127.0.0.1:1/#once=${SECRET}`,
      `http://x:${SECRET}@127.0.0.1:1`,
      `https://${SECRET}@account.example`,
    ],
    'no address': ['', 'http://', `http://${SECRET}:port`, '127.0.0.1:80'],
  };
  for (const [what, texts] of Object.entries(bad)) {
    test(`${what} is refused and not repeated`, () => {
      for (const text of texts) {
        const { detail } = assertFault(parseAdminUrl(text), 'USAGE');
        assert.ok(!detail.toLowerCase().includes(SECRET.toLowerCase()), detail);
      }
    });
  }

  test('a directory is no address, whatever it is called', () => {
    for (const text of ['/var/lib/account', 'http', 'state', './a:b', 'C:\\state'])
      assert.ok(!looksLikeUrl(text), text);
    for (const text of ['http://127.0.0.1', 'HTTPS://x', 'ftp://x']) assert.ok(looksLikeUrl(text), text);
  });
});
