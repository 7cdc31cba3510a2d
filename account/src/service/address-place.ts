import { circleOfCountry } from '../core/countries.ts';
import type { AddressAnswer } from '../core/locate.ts';
import { publicAddress } from '../core/public-address.ts';
import type { CountryDatabase } from '../ports/places.ts';

/** What the first of these addresses that the Internet routes says of a place. Others are looked up nowhere. */
export async function addressAnswer(
  countries: CountryDatabase,
  addresses: readonly (string | null | undefined)[],
): Promise<AddressAnswer> {
  const address = addresses.flatMap((text) => publicAddress(text ?? '') ?? [])[0];
  if (address === undefined) return { is: 'none', why: 'not public', detail: 'no address of the Internet was seen' };
  const found = await countries.countryOf(address);
  if (found.is === 'none') return { is: 'none', why: 'no database' };
  if (found.is === 'unknown') return { is: 'none', why: 'not known' };
  const circle = circleOfCountry(found.code);
  return circle
    ? { is: 'found', country: found.code, ...circle }
    : { is: 'none', why: 'not known', detail: `country ${found.code}` };
}
