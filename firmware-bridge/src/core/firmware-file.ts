import { err, ok, type Result } from '@ewon-agent/contracts';

// Which firmware file an Ewon takes, and under which name (ewon-facts §§1.2, 1.7, 4). From 15.0 on files are signed and end in `s`; a 14.x gets
// to 15.x by way of 15.0s2 only.

/** `14.6s0` is `{major: 14, minor: 6, service: 0}`. */
export type FirmwareVersion = { readonly major: number; readonly minor: number; readonly service: number };
/** What the vendor's name of a file says: `er15_0s4p21_ma.edfs`; nothing but its end of a name that somebody else gave it. */
export type FirmwareFile = {
  readonly signed: 'yes' | 'no';
  readonly version?: FirmwareVersion;
  /** The last two digits of the serial of the Ewons that it is for: `21`. */
  readonly productCode?: string;
};

/** Reads a version as an Ewon prints it; what follows, as in `11.0s0b11 (11.0)`, is left out. */
export function parseFirmwareVersion(text: string): FirmwareVersion | undefined {
  const [, major, minor, service] = /^(\d{1,3})\.(\d{1,3})(?:s(\d{1,3}))?(?!\d)/i.exec(text.trim()) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return { major: Number(major), minor: Number(minor), service: Number(service ?? 0) };
}

/** Writes a version as an Ewon does. */
export function formatFirmwareVersion({ major, minor, service }: FirmwareVersion): string {
  return `${major}.${minor}s${service}`;
}

/** Is below zero where `a` is older than `b`, above where it is newer. */
export function compareFirmware(a: FirmwareVersion, b: FirmwareVersion): number {
  return a.major - b.major || a.minor - b.minor || a.service - b.service;
}

/** Reads the name of a firmware file. @returns undefined when its end is none of those that are sent over the network */
export function firmwareFileOf(name: string): FirmwareFile | undefined {
  const [, end] = /\.(edfs?)$/i.exec(name) ?? [];
  if (end === undefined) return undefined;
  const signed = end.toLowerCase() === 'edfs' ? 'yes' : 'no';
  const [, major, minor, service, productCode] =
    /^er-?(\d{1,3})[-_](\d{1,3})s(\d{1,3})(?:p(\d\d))?(?!\d)/i.exec(name) ?? [];
  if (major === undefined) return { signed };
  const version = { major: Number(major), minor: Number(minor), service: Number(service) };
  return { signed, version, ...(productCode !== undefined && { productCode }) };
}

/** The name under which an Ewon with this firmware takes the next one. */
export function firmwareNameFor({ major }: FirmwareVersion): 'ewonfwr.edf' | 'ewonfwr.edfs' {
  return major < SIGNED_SINCE ? 'ewonfwr.edf' : 'ewonfwr.edfs';
}

/**
 * Tells under which name a firmware file goes to an Ewon, by what its own name says. What the name does not say is left to the Ewon.
 * Codes: EWON_FIRMWARE_UNFIT (signed or not, another product, not newer, a step left out).
 */
export function placeOfFirmware(
  file: FirmwareFile,
  ewon: { readonly serial: string; readonly firmware: FirmwareVersion },
): Result<'ewonfwr.edf' | 'ewonfwr.edfs'> {
  const now = formatFirmwareVersion(ewon.firmware);
  const name = firmwareNameFor(ewon.firmware);
  if ((file.signed === 'yes') !== (name === 'ewonfwr.edfs'))
    return err('EWON_FIRMWARE_UNFIT', `an Ewon with ${now} takes ${name.replace('ewonfwr', '')}`);
  const own = ewon.serial.slice(-2);
  if (file.productCode !== undefined && file.productCode !== own)
    return err('EWON_FIRMWARE_UNFIT', `the file is for product ${file.productCode}, this Ewon is ${own}`);
  if (!file.version) return ok(name);
  const asked = formatFirmwareVersion(file.version);
  if (compareFirmware(file.version, ewon.firmware) <= 0)
    return err('EWON_FIRMWARE_UNFIT', `${asked} is not newer than ${now}`);
  if (ewon.firmware.major < SIGNED_SINCE && compareFirmware(file.version, PIVOT) > 0)
    return err('EWON_FIRMWARE_UNFIT', `from ${now} to ${asked} only by way of ${formatFirmwareVersion(PIVOT)}`);
  return ok(name);
}

const SIGNED_SINCE = 15;
const PIVOT: FirmwareVersion = { major: 15, minor: 0, service: 2 };
