import { HOUR_MS, type LocationEvidence, MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../testing/facts.ts';
import { type CellRecord, placeByArea, placeByCells } from './cells.ts';
import { type Known, locate, type ServiceAnswer } from './locate.ts';
import type { PassedOver } from './location.ts';

const toldAt = timestampOf(NOW_MS);
const at = (ageMs: number) => timestampOf(NOW_MS - ageMs);
const FIX = { lat: 52.37, lng: 4.895, accuracy: 8, at: toldAt };
const TOWER = {
  radioType: 'lte',
  mobileCountryCode: 204,
  mobileNetworkCode: 4,
  locationAreaCode: 7,
  cellId: 1,
} as const;
const WIFI = [{ macAddress: '02:00:00:00:00:01' }, { macAddress: '02:00:00:00:00:02' }];
const HERE = { lat: 52.3, lng: 4.9, accuracy: 60 };
const FAR = { lat: 40.4, lng: -3.7 };
const NETHERLANDS = { is: 'found', country: 'NL', lat: 52.26, lng: 5.58, accuracy: 148_000 } as const;

function cell(facts: Partial<CellRecord> = {}): CellRecord {
  return { mcc: 204, mnc: 4, area: 7, cell: 1, radio: 'lte', lat: 52.4, lng: 4.9, rangeM: 2000, samples: 40, ...facts };
}
function known(facts: Partial<Known> = {}): Known {
  return { toldAt, cells: [], area: [], service: 'none', address: { is: 'none', why: 'not public' }, ...facts };
}
const found = (more: object = {}) => ({ is: 'found', ...HERE, ...more }) as ServiceAnswer;
const unknown: ServiceAnswer = { is: 'unknown' };
const failed: ServiceAnswer = { is: 'failed', why: 'HTTP 500' };
const bySource = (passed: readonly PassedOver[]) => Object.fromEntries(passed.map(({ source, why }) => [source, why]));

/** What it is, the evidence, what is known; source and accuracy of the place, and why better ones did not count. */
type Row = readonly [string, Partial<LocationEvidence>, Partial<Known>, string | null, Record<string, string>];
const NOTHING = { gnss: 'not told', wifi: 'not told' };
const ROWS: readonly Row[] = [
  ['a fix', { gnss: FIX }, {}, 'gnss 8', {}],
  ['a fix that claims to have no error', { gnss: { ...FIX, accuracy: 0 } }, {}, 'gnss 1', {}],
  ['a fix of an hour ago', { gnss: { ...FIX, at: at(HOUR_MS) } }, {}, 'gnss 8', {}],
  [
    'a fix of long ago',
    { gnss: { ...FIX, at: at(HOUR_MS + 1) } },
    {},
    null,
    { gnss: 'too old', wifi: 'not told', cell: 'not told', ip: 'not allowed' },
  ],
  [
    'a fix of a receiver whose weeks began anew',
    { gnss: { ...FIX, at: at(-6 * MINUTE_MS) }, considerIp: true },
    { address: NETHERLANDS },
    'ip/ipf 148000',
    { gnss: 'impossible', wifi: 'not told', cell: 'not told' },
  ],
  [
    'a fix at 0 N 0 E',
    { gnss: { ...FIX, lat: 0.001, lng: 0.001 }, cellTowers: [TOWER] },
    { cells: [cell()] },
    'cell 2000',
    { gnss: 'impossible', wifi: 'not told' },
  ],
  [
    'a fix that is anywhere',
    { gnss: { ...FIX, accuracy: 200_000 }, cellTowers: [TOWER] },
    { cells: [cell()] },
    'cell 2000',
    { gnss: 'impossible', wifi: 'not told' },
  ],
  [
    'a fix that one cell contradicts',
    { gnss: { ...FIX, ...FAR }, cellTowers: [TOWER] },
    { cells: [cell()] },
    'gnss 8',
    {},
  ],
  [
    'a fix that two cells contradict',
    { gnss: { ...FIX, ...FAR }, cellTowers: [TOWER] },
    { cells: [cell(), cell({ cell: 2 })] },
    'cell 2000',
    { gnss: 'contradicted', wifi: 'not told' },
  ],
  [
    'access points',
    { wifiAccessPoints: WIFI, cellTowers: [TOWER] },
    { service: { wifi: found() }, cells: [cell()] },
    'wifi 60',
    { gnss: 'not told' },
  ],
  [
    'access points without a service',
    { wifiAccessPoints: WIFI, cellTowers: [TOWER] },
    { cells: [cell()] },
    'cell 2000',
    { gnss: 'not told', wifi: 'no service' },
  ],
  [
    'access points that nobody knows',
    { wifiAccessPoints: WIFI },
    { service: { wifi: unknown } },
    null,
    { gnss: 'not told', wifi: 'not known', cell: 'not told', ip: 'not allowed' },
  ],
  [
    'access points of a train that the cell contradicts',
    { wifiAccessPoints: WIFI, cellTowers: [TOWER] },
    { service: { wifi: found(FAR) }, cells: [cell()] },
    'cell 2000',
    { gnss: 'not told', wifi: 'contradicted' },
  ],
  [
    'access points while the service fails',
    { wifiAccessPoints: WIFI, cellTowers: [TOWER] },
    { service: { wifi: failed }, cells: [cell()] },
    'cell 2000',
    { gnss: 'not told', wifi: 'service failed' },
  ],
  [
    'a cell of the table is not asked for',
    { cellTowers: [TOWER] },
    { cells: [cell()], service: {} },
    'cell 2000',
    NOTHING,
  ],
  [
    'a cell that one has measured',
    { cellTowers: [TOWER] },
    { cells: [cell({ samples: 1, rangeM: 10 })] },
    'cell 35000',
    NOTHING,
  ],
  [
    'a cell of which no range is known',
    { cellTowers: [TOWER] },
    { cells: [cell({ rangeM: 0 })] },
    'cell 35000',
    NOTHING,
  ],
  ['a cell of a service', { cellTowers: [TOWER] }, { service: { cell: found() } }, 'cell 60', NOTHING],
  [
    'the area of a cell of a service',
    { cellTowers: [TOWER] },
    { service: { cell: found({ fallback: 'lacf' }) } },
    'cell/lacf 60',
    NOTHING,
  ],
  [
    'the area where that is not wanted',
    { cellTowers: [TOWER], fallbacks: { lacf: false, ipf: false } },
    { area: [cell()], service: { cell: found({ fallback: 'lacf' }) } },
    null,
    { ...NOTHING, cell: 'not known', ip: 'not allowed' },
  ],
  [
    'an unknown cell of a known area',
    { cellTowers: [TOWER] },
    { area: [cell({ cell: 2 })] },
    'cell/lacf 35000',
    NOTHING,
  ],
  [
    'an unknown cell, and a service that fails',
    { cellTowers: [TOWER], considerIp: true },
    { service: { cell: failed }, address: NETHERLANDS },
    'ip/ipf 148000',
    { ...NOTHING, cell: 'service failed' },
  ],
  ['an address alone', { considerIp: true }, { address: NETHERLANDS }, 'ip 148000', { ...NOTHING, cell: 'not told' }],
  [
    'an address that does not count',
    { considerIp: false },
    { address: NETHERLANDS },
    null,
    { ...NOTHING, cell: 'not told', ip: 'not allowed' },
  ],
  [
    'an address that may not stand in for a cell',
    { cellTowers: [TOWER], considerIp: true, fallbacks: { lacf: true, ipf: false } },
    { address: NETHERLANDS },
    null,
    { ...NOTHING, cell: 'not known', ip: 'not allowed' },
  ],
  ['an address of a house', { considerIp: true }, {}, null, { ...NOTHING, cell: 'not told', ip: 'not public' }],
];

suite('where a device is', (test) => {
  for (const [what, evidence, facts, place, passed] of ROWS)
    test(`${what}: ${place ?? 'nowhere'}`, () => {
      const verdict = locate({ considerIp: false, ...evidence }, known(facts));
      const { location } = verdict;
      const way = location && [location.source, location.fallback].filter(Boolean).join('/');
      assert.equal(location && `${way} ${Math.round(location.accuracy)}`, place);
      assert.deepEqual(bySource(verdict.passed), passed);
      assert.equal(verdict.ask, undefined);
    });

  test('a service is asked about access points first, then about cells, and about nothing once there is a fix', () => {
    const evidence = { considerIp: false, wifiAccessPoints: WIFI, cellTowers: [TOWER] };
    assert.equal(locate(evidence, known({ service: {} })).ask, 'wifi');
    assert.equal(locate(evidence, known({ service: { wifi: unknown } })).ask, 'cell');
    assert.equal(locate({ ...evidence, gnss: FIX }, known({ service: {} })).ask, undefined);
  });

  test('of several cells the smallest that others agree with; one that lies apart is a mistake of the table', () => {
    const [wide, small, apart] = [cell({ rangeM: 9000 }), cell({ rangeM: 900 }), cell({ ...FAR, rangeM: 600 })];
    assert.equal(placeByCells([wide, small, apart])?.accuracy, 900);
    assert.equal(placeByCells([]), undefined);
  });

  test('an area is as wide as its cells; with few of them at least as wide as one cell may be', () => {
    const row = Array.from({ length: 20 }, (_, n) => cell({ cell: n, lat: 52 + n / 10 }));
    const accuracy = placeByArea(row)?.accuracy ?? 0;
    assert.ok(accuracy > 100_000 && accuracy < 110_000, `${accuracy}`);
    assert.equal(placeByArea(row.slice(0, 2))?.accuracy, 35_000);
  });
});
