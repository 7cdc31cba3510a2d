/** A place in degrees of WGS 84. */
export type Place = { readonly lat: number; readonly lng: number };

const EARTH_METRES = 6_371_008.8; // mean radius (IUGG)

/** The way between two places over a sphere, in metres: within half a percent of that over the ellipsoid. */
export function distanceMetres(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lng - a.lng) * rad) / 2) ** 2;
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}
