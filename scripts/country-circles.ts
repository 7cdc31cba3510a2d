import { readFileSync } from 'node:fs';

// Makes account/src/core/country-circles.ts from the map of countries of Natural Earth (public domain) as the npm package
// world-atlas packs it, countries-50m.json:
//
//   node scripts/country-circles.ts node_modules/world-atlas/countries-50m.json > account/src/core/country-circles.ts
//
// A circle is around the middle of the land and holds 95 % of it. Run again when Natural Earth has changed, not at each build.

type Position = readonly [number, number];
type Polygon = readonly (readonly Position[])[];
type Topology = {
  readonly transform: { readonly scale: Position; readonly translate: Position };
  readonly arcs: readonly (readonly Position[])[];
  readonly objects: {
    readonly countries: {
      readonly geometries: readonly {
        readonly type: 'Polygon' | 'MultiPolygon';
        readonly id?: string;
        readonly properties: { readonly name: string };
        readonly arcs: never;
      }[];
    };
  };
};

const SHARE = 0.95;
/** Points looked at in each country: the radius is right to a few per cent. */
const POINTS = 3000;
/** Networks do not end at a border fence, and the smallest countries are drawn by a handful of points. */
const RADIUS_MIN_KM = 25;
const EARTH_KM = 6371;
const DEGREE = Math.PI / 180;
/** Lands that have a code of their own and are drawn with another country: code, of which, west, south, east, north. */
const OWN_CODE: readonly (readonly [string, string, number, number, number, number])[] = [
  ['GF', 'FR', -55, 1, -50, 7],
  ['GP', 'FR', -62, 15.7, -60.9, 16.6],
  ['MQ', 'FR', -61.5, 14.2, -60.7, 15],
  ['RE', 'FR', 55, -22, 56, -20],
  ['YT', 'FR', 44.9, -13.2, 45.4, -12.5],
  ['SJ', 'NO', -10, 70.5, 35, 82],
  ['BQ', 'NL', -70, 10, -60, 19],
];

const file = process.argv[2];
if (file === undefined) throw new Error('name the file countries-50m.json of world-atlas');
const topology: Topology = JSON.parse(readFileSync(file, 'utf8'));
const lands = new Map<string, Polygon[]>();
for (const { type, id, properties, arcs } of topology.objects.countries.geometries) {
  const code = codeOf(id, properties.name);
  if (!code) continue;
  const polygons: readonly Polygon[] = type === 'Polygon' ? [ringsOf(arcs)] : (arcs as []).map(ringsOf);
  for (const polygon of polygons) {
    const own = OWN_CODE.find(([, of, ...box]) => of === code && isWithin(polygon[0]?.[0] ?? [0, 0], box))?.[0] ?? code;
    lands.set(own, [...(lands.get(own) ?? []), polygon]);
  }
}
const rows = [...lands].map(([code, polygons]) => [code, circleOf(polygons)] as const);
process.stdout.write(
  [
    '// Where countries are: degrees of their middle, and the radius in km of the circle around it that holds 95 % of their land.',
    '// Natural Earth 1:50m (public domain), codes of ISO 3166-1. Made by scripts/country-circles.ts; do not edit.',
    '',
    '/** Latitude, longitude, radius in km, by the code of the country. */',
    'export const COUNTRY_CIRCLES: Readonly<Record<string, readonly [number, number, number]>> = {',
    ...rows.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([code, circle]) => `  ${code}: [${circle.join(', ')}],`),
    '};',
    '',
  ].join('\n'),
);

/** Two letters for three digits: Unicode knows both for the region of a language. */
function codeOf(id: string | undefined, name: string): string | undefined {
  if (name === 'Kosovo') return 'XK';
  if (id === undefined || !/^\d{3}$/.test(id)) return undefined;
  const region = new Intl.Locale(`und-${id}`).region ?? '';
  return /^[A-Z]{2}$/.test(region) ? region : undefined;
}

function ringsOf(rings: readonly (readonly number[])[]): Polygon {
  return rings.map((ring) =>
    unwound(ring.flatMap((index) => (index < 0 ? pointsOf(~index).toReversed() : pointsOf(index)))),
  );
}

/** A ring across the date line goes on beyond 180° instead of coming back at the other end of the map. */
function unwound(ring: readonly Position[]): readonly Position[] {
  let turns = 0;
  return ring.map(([lng, lat], i) => {
    const step = lng - (ring[i - 1]?.[0] ?? lng);
    if (Math.abs(step) > 180) turns -= Math.sign(step);
    return [lng + turns * 360, lat];
  });
}

/** An arc as degrees: it is packed as steps on a grid. */
function pointsOf(index: number): readonly Position[] {
  const { scale, translate } = topology.transform;
  let [x, y] = [0, 0];
  return (topology.arcs[index] ?? []).map(([east, north]) => {
    x += east;
    y += north;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
}

function isWithin([lng, lat]: Position, [west = 0, south = 0, east = 0, north = 0]: readonly number[]): boolean {
  return lng >= west && lng <= east && lat >= south && lat <= north;
}

function circleOf(polygons: readonly Polygon[]): readonly [number, number, number] {
  const points = pointsWithin(polygons);
  const vectors = points.map(vectorOf);
  const sum = vectors.reduce((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
  const [lat, lng] = [Math.atan2(sum[2], Math.hypot(sum[0], sum[1])) / DEGREE, Math.atan2(sum[1], sum[0]) / DEGREE];
  const middle = vectorOf([lng, lat]);
  const angles = vectors.map((v) => Math.acos(Math.min(1, v[0] * middle[0] + v[1] * middle[1] + v[2] * middle[2])));
  const radius = (angles.toSorted((a, b) => a - b)[Math.ceil(angles.length * SHARE) - 1] ?? 0) * EARTH_KM;
  return [Math.round(lat * 100) / 100, Math.round(lng * 100) / 100, Math.max(RADIUS_MIN_KM, Math.ceil(radius))];
}

/** Points spread evenly over the land: rows of latitude, fewer points in a row the nearer the pole. */
function pointsWithin(polygons: readonly Polygon[]): readonly Position[] {
  const outer = polygons.flatMap((polygon) => polygon[0] ?? []);
  for (let step = 1; ; step /= 2) {
    const found: Position[] = [];
    for (const polygon of polygons) found.push(...pointsOfGrid(polygon, step));
    if (found.length >= POINTS) return found;
    if (step < 0.002) return found.length > 0 ? found : outer;
  }
}

function pointsOfGrid(polygon: Polygon, step: number): readonly Position[] {
  const [lngs, lats] = [0, 1].map((axis) => (polygon[0] ?? []).map((point) => point[axis] ?? 0));
  if (!lngs || !lats) return [];
  const found: Position[] = [];
  for (let lat = Math.floor(Math.min(...lats) / step) * step; lat <= Math.max(...lats); lat += step) {
    const east = step / Math.max(0.01, Math.cos(lat * DEGREE));
    for (let lng = Math.floor(Math.min(...lngs) / east) * east; lng <= Math.max(...lngs); lng += east)
      if (isInside([lng, lat], polygon)) found.push([lng, lat]);
  }
  return found;
}

/** A line to the east crosses the rings an odd number of times; rings within are lakes and other countries. */
function isInside([x, y]: Position, polygon: Polygon): boolean {
  let inside = false;
  for (const ring of polygon)
    for (const [i, [bx, by]] of ring.entries()) {
      const [ax, ay] = ring[i === 0 ? ring.length - 1 : i - 1] ?? [0, 0];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  return inside;
}

function vectorOf([lng, lat]: Position): readonly [number, number, number] {
  const flat = Math.cos(lat * DEGREE);
  return [flat * Math.cos(lng * DEGREE), flat * Math.sin(lng * DEGREE), Math.sin(lat * DEGREE)];
}
