import type { EwonDevice } from './ewon-state.ts';
import { readFirmwareImage } from './firmware-image.ts';
import { compareVersions, readVersion, type Version } from './version.ts';

/** What the Ewon makes of a firmware file: it installs it, or why it does not. */
export type FirmwareVerdict =
  | { readonly installs: string; readonly erases: 'settings' | 'nothing' }
  | { readonly declined: string };

/** The names under which firmware comes; the one with a d may be older and erases all settings (AUG-0062-00 §5). */
export const FIRMWARE_FILES: ReadonlySet<string> = new Set([
  '/ewonfwr.edf',
  '/ewonfwr.edfs',
  '/dewonfwr.edf',
  '/dewonfwr.edfs',
]);

/** The version without which nobody goes from 14 to 15 (manifest of JohannPx/ewon-flexy-config). */
const PIVOT: Version = { major: 15, minor: 0, service: 2 };

/** Firmware before 15 takes `.edf`, from 15 on the signed `.edfs` only. */
export function firmwareVerdict({ serial, firmware }: EwonDevice, path: string, bytes: Uint8Array): FirmwareVerdict {
  const image = readFirmwareImage(bytes);
  const runs = readVersion(firmware);
  const next = image && readVersion(image.version);
  if (!image || !next || !runs) return { declined: 'file corrupt' };
  if (image.product !== serial.slice(-2)) {
    return { declined: `wrong product code (P${image.product}, expected P${serial.slice(-2)})` };
  }
  const signed = path.endsWith('.edfs');
  if (signed && runs.major < 15) return { declined: `${firmware} takes .edf` };
  if (!signed && runs.major >= 15) return { declined: `${firmware} takes .edfs, signed` };
  if (runs.major < 15 && compareVersions(next, PIVOT) > 0) return { declined: `${image.version} needs 15.0s2 first` };
  if (path.startsWith('/dewonfwr')) {
    return next.major < 11 ? { declined: 'not below 11' } : { installs: image.version, erases: 'settings' };
  }
  if (compareVersions(next, runs) <= 0) return { declined: `${image.version} is not newer than ${firmware}` };
  return { installs: image.version, erases: 'nothing' };
}
