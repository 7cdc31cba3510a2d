import { assert, suite } from '@ewon-agent/contracts/testing';
import { locationHead, locationStatus } from '../core/location-report.ts';
import { type KnownLocation, locationText } from './location.ts';

const AT = '2026-03-01T12:00:00.000Z';
const ON = { on: true, by: 'account', why: 'policy 7 of the account' } as const;
const OFF = { on: false, by: 'board', why: 'there is a file geolocation.off at the board' } as const;
const RULES = { sources: ['cells', 'gnss'] } as const;
const LEDGER = [
  { did: 'on', what: 'account', at: AT, until: AT, times: 1 },
  { did: 'read', source: 'gnss', what: 'a fix', at: AT, until: '2026-03-01T12:10:00.000Z', times: 600 },
  { did: 'sent', what: '1 cell, a fix within 9 m, the address (nothing was told before)', at: AT, until: AT, times: 1 },
] as const;
const TOLD = {
  ...{ deviceId: 'd_1', at: AT, arrived: true },
  evidence: {
    considerIp: true,
    cellTowers: [
      { radioType: 'lte', mobileCountryCode: 206, mobileNetworkCode: 1, locationAreaCode: 6699, cellId: 27_447_297 },
    ],
    wifiAccessPoints: [{ macAddress: '00:1c:10:00:00:01' }, { macAddress: '00:1c:10:00:00:02' }],
    gnss: { lat: 50.8503, lng: 4.3517, accuracy: 9, at: AT },
  },
} as const;
const known = (status: Omit<KnownLocation, 'running' | 'configured'>, more: Partial<KnownLocation> = {}) =>
  locationText({ running: true, configured: true, ...status, ...more });

suite('ewon-agent location', (test) => {
  test('on: the switch, what was told last with its place, and the ledger', () => {
    const text = known(locationStatus({ told: TOLD, ledger: LEDGER }, RULES, ON));
    const lines = text.split('\n');
    assert.deepEqual(lines.slice(0, 6), [
      'Location     on: policy 7 of the account',
      'Sources      cells, gnss',
      'Told         2026-03-01T12:00:00.000Z 1 cell, 2 access points, a fix within 9 m, the address',
      '             fix 50.8503 4.3517 within 9 m, taken 2026-03-01T12:00:00.000Z',
      '             cell lte 206-01 area 6699 cell 27447297',
      '             access point 00:1c:10:00:00:01',
    ]);
    assert.ok(lines.includes('  2026-03-01T12:00:00Z read      gnss  a fix (600 times, until 12:10:00)'), text);
  });

  test('off: who decided, nothing told, and what is still to be taken back', () => {
    const off = [{ did: 'off', what: 'board', at: AT, until: AT, times: 1 }] as const;
    assert.equal(
      known(locationStatus({ ledger: off }, RULES, OFF)),
      [
        'Location     off: there is a file geolocation.off at the board',
        'Told         nothing: the account knows no place from this Ewon',
        'Ledger',
        '  2026-03-01T12:00:00Z off             board',
      ].join('\n'),
    );
    const withdrawing = { deviceId: 'd_1', by: 'board' } as const;
    assert.match(
      known(locationStatus({ withdrawing, ledger: off }, RULES, OFF)),
      /^ +board: to be taken back at the next connection$/m,
    );
  });

  test('not configured, and not running, are said', () => {
    const text = known(locationStatus({ ledger: [] }, { sources: [] }, ON), { configured: false, running: false });
    assert.match(text, /^Location +off: no "location" in the configuration; see docs\/location\.md$/m);
    assert.match(text, /^Agent +NOT RUNNING \(last saved state\)$/m);
    assert.match(text, /^Ledger +empty: nothing was read or sent$/m);
  });

  test('what status and diag show of it is the switch and the newest of the ledger, and no place', () => {
    const long = Array.from({ length: 20 }, () => LEDGER).flat();
    const head = locationHead(locationStatus({ told: TOLD, ledger: long }, RULES, ON));
    assert.deepEqual([head.on, head.ledger.length], [true, 8]);
    assert.ok(!/50\.85|27447297|00:1c:10/.test(JSON.stringify(head)));
  });
});
