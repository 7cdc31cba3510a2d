import { err, ok, type Result } from '@ewon-agent/contracts';

/** Where an Ewon is: a name or an address (IPv6 in brackets), and the port of its web server. */
export type EwonAddress = { readonly host: string; readonly httpPort: number };

/** Reads `10.0.0.53`, `10.0.0.53:8080`, `press-4.local` or `[fd00::53]:80`. Codes: USAGE; what was given is not repeated, it might hold a password. */
export function parseAddress(text: string): Result<EwonAddress> {
  const [, host, port] =
    /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/.exec(text) ?? [];
  const httpPort = Number(port ?? 80);
  if (host === undefined || httpPort < 1 || httpPort > 65_535)
    return err('USAGE', 'HOST is a name or an address, perhaps with :PORT of the web server');
  return ok({ host, httpPort });
}

/** Reads `90s`, `10m`, `2h` or `3d` as a time of an export block descriptor: `_m10`. Codes: USAGE. */
export function parseSince(text: string): Result<string> {
  const [, amount, unit] = /^(\d{1,5})([smhd])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return err('USAGE', '--since takes 90s, 10m, 2h or 3d');
  return ok(`_${unit}${Number(amount)}`);
}
