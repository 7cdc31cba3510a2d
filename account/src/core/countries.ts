import { COUNTRY_CIRCLES } from './country-circles.ts';
import type { Circle } from './globe.ts';

/** Where a country is, by its two letters of ISO 3166-1; its circle holds 95 % of its land. Undefined for codes that are no country. */
export function circleOfCountry(code: string): Circle | undefined {
  const [lat, lng, radiusKm] = (Object.hasOwn(COUNTRY_CIRCLES, code) && COUNTRY_CIRCLES[code]) || [];
  return lat === undefined || lng === undefined || radiusKm === undefined
    ? undefined
    : { lat, lng, accuracy: radiusKm * 1000 };
}
