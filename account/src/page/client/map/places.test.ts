import { assert, suite } from '@ewon-agent/contracts/testing';
import type { LocatedEwon, Place } from '../api-types.ts';
import { anEwon } from '../testing/rows.ts';
import { changedPlaces, degreesText, lengthText, placesOf, standingOf } from './places.ts';

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

  const located = (name: string): LocatedEwon => {
    const { deviceId, serial, pool, alarms, status } = anEwon({ name });
    return { deviceId, name, serial, pool, alarms, location: place, status };
  };

  test('who is away, unlinked or quarantined is offline, whatever was told last; an alarm comes first', () => {
    const table = [
      [{}, 'online'],
      [{ status: 'offline' }, 'offline'],
      [{ link: 'unlinked' }, 'offline'],
      [{ quarantinedAt: at }, 'offline'],
      [{ alarms: 2 }, 'alarm'],
      [{ alarms: 1, status: 'offline' }, 'alarmOffline'],
    ] as const;
    for (const [told, standing] of table) {
      const [one] = changedPlaces(placesOf([]), [anEwon({ name: 'a', location: place, ...told })]).byName;
      assert.equal(one && standingOf(one.ewon), standing);
    }
  });

  test('located ones by name; what Ewons say puts them there, moves them and takes them away', () => {
    const names = (places: ReturnType<typeof placesOf>) => places.byName.map(({ ewon }) => ewon.name);
    const first = placesOf([located('b'), located('d')]);
    const after = changedPlaces(first, [
      anEwon({ name: 'c', location: place }),
      anEwon({ name: 'a', location: place }),
      anEwon({ name: 'd' }),
      anEwon({ name: 'b', location: { ...place, lat: 1 } }),
      anEwon({ name: 'e', location: place, link: 'removed' }),
    ]);
    assert.deepEqual(names(after), ['a', 'b', 'c']);
    assert.equal(after.byId.get('d_b')?.place.lat, 1);
    assert.deepEqual([names(first), first.byId.get('d_b')?.place.lat], [['b', 'd'], place.lat], 'not in place');
  });

  test('what is not on the map changes nothing of it', () => {
    const places = placesOf([located('a')]);
    const heard = anEwon({ name: 'a', location: place, lastSeen: at, description: 'new' });
    assert.ok(changedPlaces(places, [heard, anEwon({ name: 'b' })]) === places);
  });
});
