import { assert, suite } from '@ewon-agent/contracts/testing';
import { across, degreesOf, LAT_MAX, worldOf, worldPerMetre } from './mercator.ts';
import { circleAround } from './ring.ts';
import { type Area, isIn, moved, resized, SCALE_MAX, scaleBar, spotOf, viewOf, viewOfAll, zoomed } from './view.ts';

const DESK = { width: 1150, height: 560 };
const PHONE = { width: 328, height: 444 };
const BRUSSELS = { lat: 50.85, lng: 4.35 };
const near = (value: number, expected: number, by: number, what?: string) =>
  assert.ok(Math.abs(value - expected) <= by, `${what ?? ''} ${value} is not ${expected} ± ${by}`);

suite('places on the map', (test) => {
  test('known places lie where EPSG:3857 has them, and come back', () => {
    // x and y of EPSG:3857 in metres, by its formula: x = R λ, y = R ln tan(π/4 + φ/2)
    const table = [
      [{ lat: 0, lng: 0 }, 0, 0],
      [{ lat: 48.8566, lng: 2.3522 }, 261_845.7, 6_250_564.3],
      [{ lat: -33.8688, lng: 151.2093 }, 16_832_542.3, -4_011_198.6],
    ] as const;
    const R = 6_378_137;
    for (const [place, x, y] of table) {
      const world = worldOf(place);
      near((world.x - 0.5) * 2 * Math.PI * R, x, 60);
      near((0.5 - world.y) * 2 * Math.PI * R, y, 60);
      near(degreesOf(world).lat, place.lat, 1e-9);
      near(degreesOf(world).lng, place.lng, 1e-9);
    }
  });

  test('poles and the antimeridian: everything has a place, at the edge or on one of its two sides', () => {
    for (const lat of [90, 89, LAT_MAX, -LAT_MAX, -90]) {
      const { y } = worldOf({ lat, lng: 0 });
      assert.ok(Number.isFinite(y) && y >= -1e-9 && y <= 1 + 1e-9, `${lat}: ${y}`);
    }
    for (const lng of [-180, 180]) assert.equal(worldOf({ lat: 0, lng }).x, 0);
    near(across(0.99, 0.01), 0.02, 1e-12);
    near(across(0.01, 0.99), -0.02, 1e-12);
  });

  test('a circle has its true radius on the sphere, far north as well, and the map shows it larger there', () => {
    for (const lat of [0, 50.85, -54, 78]) {
      const centre = { lat, lng: 179.9 };
      const ring = circleAround(centre, 500_000);
      for (const corner of ring) near(distance(centre, degreesOf(corner)), 500_000, 1500, `at ${lat}:`);
    }
    const height = (lat: number) => {
      const ys = circleAround({ lat, lng: 0 }, 100_000).map(({ y }) => y);
      return Math.max(...ys) - Math.min(...ys);
    };
    near(height(60) / height(0), 2, 0.02);
  });

  test('a circle over the antimeridian does not jump; one round a pole goes along the edge of the map', () => {
    for (const lng of [-179.5, 179.5, 180]) {
      const xs = circleAround({ lat: -18, lng }, 300_000).map(({ x }) => x);
      assert.ok(Math.max(...xs) - Math.min(...xs) < 0.02);
    }
    const polar = circleAround({ lat: 88, lng: 10 }, 800_000);
    const xs = polar.map(({ x }) => x);
    near(Math.max(...xs) - Math.min(...xs), 1, 0.02);
    assert.equal(polar.filter(({ y }) => y === 0).length >= 2, true);
    assert.equal(circleAround({ lat: 0, lng: 0 }, 20_000_000).length, 4, 'half the earth is the whole map');
  });
});

suite('what is looked at', (test) => {
  const area = (lat: number, lng: number, accuracy = 10): Area => ({ lat, lng, accuracy });
  const shows = (areas: readonly Area[], size: typeof DESK) => {
    const view = viewOfAll(areas, size);
    return areas.every((one) => isIn(size, spotOf(view, worldOf(one)), 0));
  };

  test('all of them are in the window, on a desk and on a phone, also over the antimeridian and up to the edges', () => {
    const fleets = [
      [area(50.6, 4.3)],
      [area(50.6, 4.3), area(51, 3.7)],
      [area(40.7, -74), area(35.7, 139.7), area(-33.9, 151.2), area(-23.5, -46.6)],
      [area(-18.1, 178.4), area(-13.8, -171.8)],
      [area(78.2, 15.6), area(-54.8, -68.3)],
      [area(84, 0), area(-84, 170)],
    ];
    for (const fleet of fleets)
      for (const size of [DESK, PHONE]) assert.ok(shows(fleet, size), `${JSON.stringify(fleet)} in ${size.width}`);
  });

  test('Fiji and Samoa are neighbours: the map goes over the antimeridian and not round the world', () => {
    const view = viewOfAll([area(-18.1, 178.4), area(-13.8, -171.8)], DESK);
    assert.ok(view.scale > 10_000, String(view.scale));
    near(across(view.x, worldOf({ lat: 0, lng: -176.7 }).x), 0, 0.01);
  });

  test('one place: its circle fits, and it is not nearer than outlines are worth', () => {
    const exact = viewOf(area(50.85, 4.35, 12), DESK);
    assert.equal(exact.scale, 2 ** 14);
    const vague = viewOf(area(50.85, 4.35, 180_000), DESK);
    const radiusPx = 180_000 * worldPerMetre(50.85) * vague.scale;
    assert.ok(2 * radiusPx < DESK.height && radiusPx > 100, String(radiusPx));
    assert.ok(viewOfAll([], DESK).scale >= DESK.height);
  });

  test('zooming keeps what lies under the pointer; dragging moves by as much as the hand', () => {
    const view = viewOf(area(50.85, 4.35, 50_000), DESK);
    const about = { left: 300, top: 200 };
    const point = worldOf({ lat: 50.9, lng: 4.4 });
    const spot = spotOf(view, point);
    const nearer = zoomed(view, 4, spot);
    near(spotOf(nearer, point).left, spot.left, 1e-6);
    near(spotOf(nearer, point).top, spot.top, 1e-6);
    const dragged = spotOf(moved(view, about), point);
    near(dragged.left - spot.left, 300, 1e-6);
    near(dragged.top - spot.top, 200, 1e-6);
    assert.equal(zoomed(view, 1e9).scale, SCALE_MAX);
    assert.equal(zoomed(view, 1e-9).scale, DESK.height);
  });

  test('the window never leaves the map at a pole, and goes on round the world', () => {
    let view = viewOf(area(0, 0, 100_000), DESK);
    for (let i = 0; i < 200; i++) view = moved(view, { left: -700, top: 700 });
    near(view.y, DESK.height / 2 / view.scale, 1e-9);
    assert.ok(view.x >= 0 && view.x < 1);
    const small = resized(zoomed(view, 1e-9), PHONE);
    assert.ok(small.y > 0 && small.y < 1);
  });

  test('the bar of the scale is a round length, and as long as it says', () => {
    for (const lat of [0, 50.85, -70]) {
      const view = viewOf(area(lat, 0, 12), DESK);
      const { metres, px } = scaleBar(view, 110);
      assert.match(String(metres), /^[125]0*$/);
      assert.ok(px <= 110 && px > 40);
      near(px / view.scale / worldPerMetre(lat), metres, metres * 0.02);
    }
  });

  test('Brussels is west of Berlin and south of Oslo', () => {
    const [brussels, berlin, oslo] = [BRUSSELS, { lat: 52.5, lng: 13.4 }, { lat: 59.9, lng: 10.7 }].map(worldOf);
    assert.ok((brussels?.x ?? 1) < (berlin?.x ?? 0) && (brussels?.y ?? 0) > (oslo?.y ?? 1));
  });
});

/** Metres on the sphere, by the haversine formula, which circleAround does not use. */
function distance(a: { lat: number; lng: number }, b: { lat: number; lng: number }): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const h =
    Math.sin(rad(b.lat - a.lat) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lng - a.lng) / 2) ** 2;
  return 2 * 6_378_137 * Math.asin(Math.sqrt(h));
}
