import { distanceM, isNullIsland } from './globe.ts';
import { assert, suite } from './testing/suite.ts';

suite('places on the Earth', (test) => {
  test('a distance does not care about the date line', () => {
    assert.ok(distanceM({ lat: 0, lng: 179.999 }, { lat: 0, lng: -179.999 }) < 250);
  });

  test('0, 0 is no place, within a kilometre', () => {
    const is = [
      { lat: 0, lng: 0 },
      { lat: -0.009, lng: 0.009 },
      { lat: 0.01, lng: 0 },
      { lat: 0, lng: 4.9 },
    ];
    assert.deepEqual(is.map(isNullIsland), [true, true, false, false]);
  });
});
