import { distanceM, type LocationEvidence } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { changeOf, evidenceText, isEmptyEvidence } from './location-change.ts';

const AT = '2026-03-01T12:00:00.000Z';
const IP: LocationEvidence = { considerIp: true };
const cell = (cellId: number, area = 6699): LocationEvidence => ({
  ...IP,
  cellTowers: [
    {
      radioType: 'lte',
      mobileCountryCode: 206,
      mobileNetworkCode: 1,
      locationAreaCode: area,
      cellId,
      signalStrength: -80,
    },
  ],
});
const wifi = (...last: readonly number[]): LocationEvidence => ({
  ...IP,
  wifiAccessPoints: last.map((n) => ({
    macAddress: `00:11:22:33:44:${String(n).padStart(2, '0')}`,
    signalStrength: -n,
  })),
});
const fix = (lat: number, accuracy = 10): LocationEvidence => ({ ...IP, gnss: { lat, lng: 4, accuracy, at: AT } });
/** A degree of latitude is some 111 km. */
const METRES = 1 / 111_195;

suite('a change of the location', (test) => {
  const table: readonly (readonly [
    what: string,
    LocationEvidence | undefined,
    LocationEvidence,
    string | undefined,
  ])[] = [
    ['nothing was told', undefined, IP, 'first'],
    ['the same', cell(1), cell(1), undefined],
    ['another cell', cell(1), cell(2), 'cells'],
    ['another area', cell(1), cell(1, 7), 'cells'],
    ['a first cell', IP, cell(1), 'cells'],
    ['no cell any more', cell(1), IP, undefined],
    ['half of the access points are new', wifi(1, 2, 3, 4), wifi(3, 4, 5, 6), undefined],
    ['more than half are new', wifi(1, 2, 3, 4), wifi(4, 5, 6, 7), 'wifi'],
    ['more than half are gone', wifi(1, 2, 3, 4, 5), wifi(1, 2), 'wifi'],
    ['first access points', cell(1), { ...cell(1), ...wifi(1, 2) }, 'wifi'],
    ['all of them are gone', wifi(1, 2, 3), IP, undefined],
    ['99 m', fix(50), fix(50 + 99 * METRES), undefined],
    ['101 m', fix(50), fix(50 + 101 * METRES), 'gnss'],
    ['150 m, known within 200', fix(50, 200), fix(50 + 150 * METRES), undefined],
    ['150 m, known within 200 now', fix(50), fix(50 + 150 * METRES, 200), undefined],
    ['a first fix', cell(1), { ...cell(1), ...fix(50) }, 'gnss'],
    ['no fix any more', fix(50), IP, undefined],
    ['the address does not count any more', IP, { considerIp: false }, 'ip'],
  ];
  for (const [what, told, now, expected] of table)
    test(`${what}: ${expected ?? 'no change'}`, () => assert.equal(changeOf(told, now, 100), expected));

  test('a signal that moved is no change', () => {
    const [tower] = cell(1).cellTowers ?? [];
    assert.equal(
      changeOf(cell(1), { ...IP, cellTowers: tower ? [{ ...tower, signalStrength: -110 }] : [] }, 100),
      undefined,
    );
  });

  test('in words it is counts and kinds, and nothing is nothing', () => {
    const all = { ...cell(1), ...wifi(1, 2), ...fix(50) };
    assert.equal(evidenceText(all), '1 cell, 2 access points, a fix within 10 m, the address');
    assert.deepEqual([evidenceText({ considerIp: false }), isEmptyEvidence({ considerIp: false })], ['nothing', true]);
    assert.equal(isEmptyEvidence(cell(1)), false);
  });

  test('the way between places: known distances, also over the date line', () => {
    const [brussels, paris] = [
      { lat: 50.8503, lng: 4.3517 },
      { lat: 48.8566, lng: 2.3522 },
    ];
    assert.ok(Math.abs(distanceM(brussels, paris) - 264_000) < 1500);
    assert.ok(distanceM({ lat: 0, lng: 179.999 }, { lat: 0, lng: -179.999 }) < 250);
    assert.equal(distanceM(paris, paris), 0);
  });
});
