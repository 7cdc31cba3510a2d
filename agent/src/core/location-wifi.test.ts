import { assert, suite } from '@ewon-agent/contracts/testing';
import { accessPointsOf, type HeardAccessPoint } from './location-wifi.ts';
import { readIwScan, readNmcliScan } from './wifi-scan.ts';

const point = (last: number, more: Partial<HeardAccessPoint> = {}): HeardAccessPoint => ({
  ...{ ssid: 'plant', mac: `00:1c:10:00:00:${last.toString(16).padStart(2, '0')}`, dBm: -40 - last, channel: 6 },
  ...more,
});

suite('access points that may be told', (test) => {
  test('the strongest come first, each once, 32 at most, without their names', () => {
    const { accessPoints, what } = accessPointsOf([...Array.from({ length: 40 }, (_, i) => point(39 - i)), point(0)]);
    assert.deepEqual(accessPoints[0], { macAddress: '00:1c:10:00:00:00', signalStrength: -40, channel: 6 });
    assert.deepEqual([accessPoints.length, accessPoints.at(-1)?.signalStrength], [32, -71]);
    assert.equal(what, '40 access points');
    assert.ok(!/plant/.test(JSON.stringify(accessPoints)));
  });

  const table: readonly (readonly [why: string, more: Partial<HeardAccessPoint>, what: string])[] = [
    ['a hidden one', { ssid: '' }, '1 hidden'],
    ['a hidden one of zeros', { ssid: '\0\0\0\0' }, '1 hidden'],
    ['_nomap', { ssid: 'home_nomap' }, '1 opted out'],
    ['_NOMAP', { ssid: 'HOME_NOMAP' }, '1 opted out'],
    ['_optout before _nomap', { ssid: 'home_optout_nomap' }, '1 opted out'],
    ['locally administered', { mac: '02:1c:10:00:00:09' }, '1 without an address of its own'],
    ['multicast', { mac: '01:00:5e:00:00:01' }, '1 without an address of its own'],
    ['broadcast', { mac: 'ff:ff:ff:ff:ff:ff' }, '1 without an address of its own'],
    ['zeros', { mac: '00:00:00:00:00:00' }, '1 without an address of its own'],
    ['no address', { mac: '' }, '1 without an address of its own'],
  ];
  for (const [why, more, out] of table)
    test(`${why} is left out and counted`, () => {
      const found = accessPointsOf([point(1), point(2), point(9, more)]);
      assert.deepEqual([found.accessPoints.length, found.what], [2, `2 access points; left out: ${out}`]);
    });

  test('one alone is not told, none is none', () => {
    const alone = accessPointsOf([point(1), point(2, { ssid: '' })]);
    assert.deepEqual(
      [alone.accessPoints, alone.what],
      [[], '1 access point; left out: 1 hidden, one alone is not told'],
    );
    assert.deepEqual(accessPointsOf([]), { accessPoints: [], what: '0 access points' });
  });

  test('a name that only has _nomap in it is no opting out', () => {
    assert.equal(accessPointsOf([point(1, { ssid: '_nomap_not' }), point(2)]).accessPoints.length, 2);
  });
});

const IW = `BSS 00:1c:10:aa:bb:01(on wlan0) -- associated
	TSF: 80873394586 usec (0d, 22:27:53)
	freq: 2437
	beacon interval: 100 TUs
	capability: ESS Privacy ShortSlotTime (0x0411)
	signal: -48.00 dBm
	last seen: 156 ms ago
	Information elements from Probe Response frame:
	SSID: plant: hall 4
	DS Parameter set: channel 6
BSS 00:1c:10:aa:bb:02(on wlan0)
	freq: 5180.0
	capability: ESS (0x0011)
	signal: -71.00 dBm
	last seen: 8 ms ago
	SSID: \\x00\\x00\\x00
BSS 00:1c:10:aa:bb:03(on wlan0)
	freq: 2484
	capability: IBSS (0x0002)
	signal: -60.00 dBm
	SSID: from telephone to telephone
BSS 00:1c:10:aa:bb:04(on wlan0)
	freq: 6115
	capability: ESS (0x0011)
	signal: -80.00 dBm
	last seen: 400000 ms ago
	SSID: long ago
`;

suite('what nmcli and iw say', (test) => {
  test('iw: a paragraph each; ad hoc ones and those not seen for long are left out', () => {
    assert.deepEqual(readIwScan(IW), [
      { ssid: 'plant: hall 4', mac: '00:1c:10:aa:bb:01', dBm: -48, channel: 6 },
      { ssid: '\0\0\0', mac: '00:1c:10:aa:bb:02', dBm: -71, channel: 36 },
    ]);
    for (const text of ['', 'command failed: Device or resource busy (-16)', IW.slice(40)])
      assert.ok(Array.isArray(readIwScan(text)));
  });

  test('nmcli: a line each, colons within a field escaped, percent made to dBm', () => {
    const text = '00\\:1C\\:10\\:AA\\:BB\\:01:78:6:plant\\: hall 4\n00\\:1C\\:10\\:AA\\:BB\\:02:20:36:\nnonsense\n';
    assert.deepEqual(readNmcliScan(text), [
      { ssid: 'plant: hall 4', mac: '00:1c:10:aa:bb:01', dBm: -61, channel: 6 },
      { ssid: '', mac: '00:1c:10:aa:bb:02', dBm: -90, channel: 36 },
    ]);
  });
});
