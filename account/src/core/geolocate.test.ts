import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { askedKeyOf, questionOf, readAnswer } from './geolocate.ts';

const WIFI = [{ macAddress: '02:00:00:00:00:01', signalStrength: -50 }, { macAddress: '02:00:00:00:00:02' }];
const TOWER = {
  radioType: 'lte',
  mobileCountryCode: 204,
  mobileNetworkCode: 4,
  locationAreaCode: 7,
  cellId: 1,
} as const;
const FIX = { lat: 1, lng: 1, accuracy: 1, at: '2026-03-01T12:00:00.000Z' };
const EVIDENCE = { considerIp: true, wifiAccessPoints: WIFI, cellTowers: [TOWER], gnss: FIX };

suite('what a service is asked, and what it answers', (test) => {
  test('a question has one kind of evidence, never the fix, and never our own address', () => {
    const fallbacks = { lacf: true, ipf: false };
    assert.deepEqual(questionOf('wifi', EVIDENCE), { considerIp: false, fallbacks, wifiAccessPoints: WIFI });
    assert.deepEqual(questionOf('cell', EVIDENCE), { considerIp: false, fallbacks, cellTowers: [TOWER] });
  });

  test('the same access points in another order and strength are the same question, others are not', () => {
    const key = askedKeyOf(questionOf('wifi', EVIDENCE));
    const turned = WIFI.toReversed().map(({ macAddress }) => ({ macAddress, signalStrength: -80 }));
    assert.equal(askedKeyOf(questionOf('wifi', { ...EVIDENCE, wifiAccessPoints: turned })), key);
    assert.notEqual(askedKeyOf(questionOf('cell', EVIDENCE)), key);
    assert.notEqual(askedKeyOf(questionOf('wifi', { ...EVIDENCE, wifiAccessPoints: WIFI.slice(1) })), key);
  });

  test('an answer is a place, never to less than 10 m; a fallback to our own address is none', () => {
    const location = { lat: 52, lng: 5 };
    assert.deepEqual(assertOk(readAnswer({ location, accuracy: 30.5 })), { is: 'found', ...location, accuracy: 30.5 });
    assert.deepEqual(assertOk(readAnswer({ location, accuracy: 0, fallback: 'lacf', more: 1 })), {
      ...{ is: 'found', ...location, accuracy: 10, fallback: 'lacf' },
    });
    assert.deepEqual(assertOk(readAnswer({ location, accuracy: 9e4, fallback: 'ipf' })), { is: 'unknown' });
    const wrong = [
      null,
      {},
      { location, accuracy: -1 },
      { location: { lat: 91, lng: 0 }, accuracy: 1 },
      { accuracy: 1 },
    ];
    for (const body of wrong) assertFault(readAnswer(body), 'GEOLOCATE_FAILED');
  });
});
