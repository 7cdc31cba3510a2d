import { distanceM } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { circleOfCountry } from './countries.ts';
import { COUNTRY_CIRCLES } from './country-circles.ts';
import { gapM, spreadOf } from './globe.ts';

const AMSTERDAM = { lat: 52.3702, lng: 4.8952 };
const PARIS = { lat: 48.8566, lng: 2.3522 };
const SYDNEY = { lat: -33.8688, lng: 151.2093 };

suite('circles on the Earth', (test) => {
  test('distances between cities are those of an atlas, to half a per cent', () => {
    const near = (metres: number, km: number) => assert.ok(Math.abs(metres / 1000 - km) < km * 0.005, `${metres} m`);
    near(distanceM(AMSTERDAM, PARIS), 430);
    near(distanceM(AMSTERDAM, SYDNEY), 16_653);
    near(distanceM({ lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 }), 111.2);
    assert.equal(distanceM(PARIS, PARIS), 0);
  });

  test('a gap is what lies between two circles, and none when they touch', () => {
    const metres = distanceM(AMSTERDAM, PARIS);
    const gap = gapM({ ...AMSTERDAM, accuracy: 1000 }, { ...PARIS, accuracy: 2000 });
    assert.equal(Math.round(gap), Math.round(metres - 3000));
    assert.equal(gapM({ ...AMSTERDAM, accuracy: 300_000 }, { ...PARIS, accuracy: 200_000 }), 0);
  });

  test('the middle of many holds at least 95 of 100 of them whole, wherever they are', () => {
    const circle = fc.record({
      lat: fc.double({ min: -85, max: 85, noNaN: true }),
      lng: fc.double({ min: 170, max: 190, noNaN: true }).map((lng) => (lng > 180 ? lng - 360 : lng)),
      accuracy: fc.double({ min: 0, max: 50_000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(circle, { minLength: 1, maxLength: 60 }), (circles) => {
        const spread = spreadOf(circles);
        if (!spread) return false;
        const held = circles.filter((one) => distanceM(spread, one) + one.accuracy <= spread.accuracy + 0.01);
        return held.length >= circles.length * 0.95 && Math.abs(spread.lng) >= 169;
      }),
    );
    assert.equal(spreadOf([]), undefined);
  });

  test('countries are where they are, and none is more exact than 25 km', () => {
    const within = (code: string, point: { lat: number; lng: number }): boolean => {
      const circle = circleOfCountry(code);
      return circle !== undefined && distanceM(circle, point) <= circle.accuracy;
    };
    assert.ok(within('NL', AMSTERDAM) && within('FR', PARIS) && within('AU', SYDNEY));
    assert.ok(!within('NL', PARIS) && !within('FR', SYDNEY));
    assert.ok(within('FJ', { lat: -17.8, lng: 178.3 }), 'on both sides of the date line');
    assert.ok(Object.keys(COUNTRY_CIRCLES).every((code) => (circleOfCountry(code)?.accuracy ?? 0) >= 25_000));
    for (const code of ['ZZ', 'EU', '', 'constructor']) assert.equal(circleOfCountry(code), undefined);
  });
});
