// Where a place lies on the map: Web Mercator, which keeps angles, so that a small circle stays a circle.

/** A place in degrees of WGS 84. */
export type Degrees = { readonly lat: number; readonly lng: number };
/** A place on the map: the whole world is 1 wide and 1 high; `x` grows to the east, `y` to the south. */
export type WorldPoint = { readonly x: number; readonly y: number };

/** Where the square of Web Mercator ends; what lies nearer to a pole stands at its edge. */
export const LAT_MAX = 85.0511287798;
/** Round the equator of the sphere that the map is made of, in metres (EPSG:3857). */
export const AROUND_M = 2 * Math.PI * 6_378_137;

const RADIANS = Math.PI / 180;

/** Puts a place on the map; `x` is from 0 (the antimeridian) up to 1, which is 0 again. */
export function worldOf({ lat, lng }: Degrees): WorldPoint {
  const kept = Math.max(-LAT_MAX, Math.min(LAT_MAX, lat)) * RADIANS;
  return { x: turned(lng / 360 + 0.5), y: 0.5 - Math.log(Math.tan(Math.PI / 4 + kept / 2)) / (2 * Math.PI) };
}

/** The place at a point of the map, also of one that lies in another turn round the world. */
export function degreesOf({ x, y }: WorldPoint): Degrees {
  return { lat: Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / RADIANS, lng: turned(x) * 360 - 180 };
}

/** How wide a metre is on the map at a latitude: it grows towards the poles. */
export function worldPerMetre(lat: number): number {
  return 1 / (AROUND_M * Math.cos(Math.min(Math.abs(lat), LAT_MAX) * RADIANS));
}

/** The way from one `x` to another, the short way round: -0.5 to 0.5. */
export function across(from: number, to: number): number {
  const way = to - from;
  return way - Math.round(way);
}

function turned(x: number): number {
  return x - Math.floor(x);
}
