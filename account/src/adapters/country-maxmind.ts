import { fileURLToPath } from 'node:url';
import type { LogPort } from '@ewon-agent/contracts';
import type { CountryDatabase } from '../ports/places.ts';

const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

/** What the reader gives of a record; the database has nothing else. */
type Row = { readonly country_code?: unknown };

/**
 * Countries by the database of npm's `@ip-location-db`, read into memory (8 MB) when the first address is asked for.
 * Both packages are optional: without them there is no database, which is said once.
 */
export function createCountryMaxmind(log: LogPort): CountryDatabase {
  let opened: ReturnType<typeof open> | undefined;
  return {
    async countryOf(address) {
      opened ??= open(log);
      const database = await opened;
      if (!database) return { is: 'none' };
      const { country_code: code } = database(address) ?? {};
      return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? { is: 'found', code } : { is: 'unknown' };
    },
  };
}

async function open(log: LogPort): Promise<((address: string) => Row | null) | undefined> {
  try {
    const { open: openDatabase } = await import('maxmind');
    const reader = await openDatabase(fileURLToPath(import.meta.resolve(DATABASE)));
    return (address) => reader.get(address) as Row | null;
  } catch (cause) {
    log.write('warn', 'location', 'no database of addresses', { cause: String(cause) });
    return undefined;
  }
}
