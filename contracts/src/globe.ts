// Places on the Earth, taken for a ball: it is less than 0.5 % wrong, which no accuracy here is better than.

/** Degrees of WGS 84. */
export type Point = { readonly lat: number; readonly lng: number };

/** Mean radius of the Earth in metres (IUGG). */
const EARTH_M = 6_371_009;
const DEGREE = Math.PI / 180;
/** A degree is 111 km: nobody has an Ewon within a kilometre of 0, 0, and every receiver without a fix has been there. */
const NULL_ISLAND_DEGREES = 0.01;

/** The way between two points over the ground, in metres. */
export function distanceM(a: Point, b: Point): number {
  const [north, east] = [(b.lat - a.lat) * DEGREE, (b.lng - a.lng) * DEGREE];
  const square =
    Math.sin(north / 2) ** 2 + Math.cos(a.lat * DEGREE) * Math.cos(b.lat * DEGREE) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(square)));
}

/** Tells whether a place is what receivers without a fix give out: 0° N 0° E. */
export function isNullIsland({ lat, lng }: Point): boolean {
  return Math.abs(lat) < NULL_ISLAND_DEGREES && Math.abs(lng) < NULL_ISLAND_DEGREES;
}
