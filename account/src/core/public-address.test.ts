import { assert, suite } from '@ewon-agent/contracts/testing';
import { publicAddress } from './public-address.ts';

suite('addresses that say something of a place', (test) => {
  test('what the Internet routes, IPv4 in the clothes of IPv6 as IPv4', () => {
    const routed = { '145.1.1.1': '145.1.1.1', '::ffff:8.8.8.8': '8.8.8.8', '2A00:1450::5': '2a00:1450::5' };
    for (const [given, address] of Object.entries(routed)) assert.equal(publicAddress(given), address);
    for (const edge of ['9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.0.1', '172.32.0.1'])
      assert.equal(publicAddress(edge), edge);
    for (const edge of ['2001:200::1', '2001:db9::1', '2003::1', '2a01:4f8:c17:1:2:3:4:5', '2606:4700::'])
      assert.equal(publicAddress(edge), edge);
  });

  test('nothing of a house, of an operator, of this machine or of a book', () => {
    const v4 = ['0.0.0.0', '10.255.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '169.254.1.1', '172.16.0.1'];
    const more = [
      '172.31.255.255',
      '192.0.2.7',
      '192.168.0.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
    ];
    const v6 = ['::', '::1', 'fe80::1', 'fd12::1', 'ff02::1', '2001:db8::1', '2001::1', '2002:a00:1::', '3fff::1'];
    for (const address of [...v4, ...more, '255.255.255.255', '::ffff:10.0.0.1', ...v6, '64:ff9b::1'])
      assert.equal(publicAddress(address), undefined, address);
  });

  test('no text that is no address', () => {
    const texts = [
      '',
      'x',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '01.2.3.4',
      '2a00',
      '2a00:1:2:3:4:5:6:7:8',
      '2a00::1::2',
    ];
    for (const text of [...texts, '2a00:::1', 'fe80::1%eth0', '2a00:12345::', '-1.2.3.4', '2a00:1450'])
      assert.equal(publicAddress(text), undefined, text);
  });
});
