import { assert, suite } from '@ewon-agent/contracts/testing';
import { sourceNetworkOf } from './source-network.ts';

suite('source network', (test) => {
  const table = {
    '192.0.2.77': '192.0.2.0/24',
    '::ffff:192.0.2.77': '192.0.2.0/24',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '2001:DB8::1': '2001:db8::/64',
    '2001:db8:0:1::': '2001:db8:0:1::/64',
    'fe80::1%eth0': 'fe80::/64',
    '::1': '0::/64',
    'not an address': 'unknown',
    '': 'unknown',
  };
  for (const [address, network] of Object.entries(table)) {
    test(`"${address}" is of ${network}`, () => assert.equal(sourceNetworkOf(address), network));
  }
  test('two addresses of one site are of one network, of two sites of two', () => {
    assert.equal(sourceNetworkOf('2001:db8:1:2::9'), sourceNetworkOf('2001:db8:1:2:ffff::'));
    assert.notEqual(sourceNetworkOf('2001:db8:1:2::9'), sourceNetworkOf('2001:db8:1:3::9'));
  });
});
