import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Place } from '../api-types.ts';
import { anEwon } from '../testing/rows.ts';
import { degreesText, lengthText, locatedOf, offBy, standingOf } from './places.ts';

const at = anEwon({ name: 'a' }).createdAt;
const place: Place = { lat: 50.62153, lng: -4.331209, accuracy: 12, source: 'gnss', at };

suite('places in words', (test) => {
  test('lengths: metres, then kilometres with one digit, then whole ones', () => {
    const table = [
      [0, '0 m'],
      [12.4, '12 m'],
      [999, '999 m'],
      [1000, '1 km'],
      [3400, '3.4 km'],
      [10_400, '10 km'],
      [500_000, '500 km'],
      [1_234_567, '1,235 km'],
    ] as const;
    for (const [metres, said] of table) assert.equal(lengthText(metres), said);
  });

  test('degrees have as many digits as the accuracy is worth, and a side of the world', () => {
    const table = [
      [1, '50.62153° N, 4.33121° W'],
      [12, '50.6215° N, 4.3312° W'],
      [2300, '50.62° N, 4.33° W'],
      [180_000, '51° N, 4° W'],
    ] as const;
    for (const [accuracy, said] of table) assert.equal(degreesText({ ...place, accuracy }), said);
    assert.equal(degreesText({ lat: -33.9, lng: 151.2, accuracy: 5000 }), '33.90° S, 151.20° E');
  });

  test('who is away, unlinked or quarantined is offline, whatever was told last; an alarm comes first', () => {
    const table = [
      [{}, 'online'],
      [{ status: 'offline' }, 'offline'],
      [{ link: 'unlinked' }, 'offline'],
      [{ quarantinedAt: at }, 'offline'],
      [{ alarms: 2 }, 'alarm'],
      [{ alarms: 1, status: 'offline' }, 'alarmOffline'],
    ] as const;
    for (const [told, standing] of table) assert.equal(standingOf(anEwon({ name: 'a', ...told })), standing);
  });

  test('located ones by name; who may not be located is counted by who has decided', () => {
    const ewons = [
      anEwon({ name: 'b', location: place }),
      anEwon({ name: 'a', location: place }),
      anEwon({ name: 'c', locationOff: 'device' }),
      anEwon({ name: 'd', locationOff: 'board' }),
      anEwon({ name: 'e' }),
    ];
    assert.deepEqual(
      locatedOf(ewons).map(({ ewon }) => ewon.name),
      ['a', 'b'],
    );
    assert.deepEqual(offBy(ewons), { board: 1, device: 1, account: 0, unknown: 0 });
  });
});
