import type { GeolocateRequest } from '../core/geolocate.ts';
import type { ServiceAnswer } from '../core/locate.ts';

/**
 * A service that knows where access points and cells are.
 *
 * Obligations:
 * - Sends what it is given and nothing more, besides a key for the service itself.
 * - Answers within some seconds whatever the service does, and never rejects: what goes wrong is `failed`, in words
 *   that hold no key.
 */
export type PlaceService = { ask(question: GeolocateRequest): Promise<ServiceAnswer> };

export type CountryAnswer =
  | { readonly is: 'found'; readonly code: string }
  | { readonly is: 'unknown' }
  | { readonly is: 'none' };

/**
 * A database of which country an address is given out in.
 *
 * Obligations:
 * - Asks nobody else: what it is asked does not leave this machine.
 * - Two letters of ISO 3166-1; `unknown` for an address that it does not have, `none` when there is no such database.
 */
export type CountryDatabase = {
  countryOf(address: string): Promise<CountryAnswer>;
};
