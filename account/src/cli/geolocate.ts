import { readFileSync, statSync } from 'node:fs';
import { err, ok, type Result } from '@ewon-agent/contracts';

/** Which service the command line names. */
export type GeolocateChoice = { readonly geolocateUrl?: string; readonly geolocateKeyFile?: string };
/** A service of the /v1/geolocate form; `key` is a secret. */
export type GeolocateService = { readonly url: string; readonly key?: string };

const FOR_OTHERS = 0o007;

/**
 * The service that was named; undefined when none was. Its key must come from a file that other users cannot read:
 * everybody can see arguments. Codes: USAGE.
 */
export function geolocateOf({ geolocateUrl, geolocateKeyFile }: GeolocateChoice): Result<GeolocateService | undefined> {
  if (geolocateUrl === undefined)
    return geolocateKeyFile === undefined
      ? ok(undefined)
      : err('USAGE', '--geolocate-key-file goes with --geolocate-url');
  const url = URL.parse(geolocateUrl);
  const isHere = url?.hostname === '127.0.0.1' || url?.hostname === 'localhost';
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isHere)))
    return err('USAGE', '--geolocate-url is https://host/path, such as https://api.beacondb.net/v1/geolocate');
  if (url.search !== '' || url.username !== '' || url.password !== '')
    return err('USAGE', 'a key must not be an argument: --geolocate-key-file');
  if (geolocateKeyFile === undefined) return ok({ url: url.href });
  try {
    if (statSync(geolocateKeyFile).mode & FOR_OTHERS)
      return err('USAGE', `${geolocateKeyFile} is open to all users: chmod 600`);
    const key = readFileSync(geolocateKeyFile, 'utf8').trim();
    return key === '' ? err('USAGE', `${geolocateKeyFile} is empty`) : ok({ url: url.href, key });
  } catch (cause) {
    return err('USAGE', `${geolocateKeyFile} cannot be read`, cause);
  }
}
