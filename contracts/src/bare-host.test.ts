import { bareHost } from './bare-host.ts';
import { assert, suite } from './testing/suite.ts';

suite('host without brackets', (test) => {
  for (const [host, bare] of [
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['192.0.2.1', '192.0.2.1'],
    ['account.example', 'account.example'],
  ] as const)
    test(`${host} is ${bare}`, () => assert.equal(bareHost(host), bare));
});
