import { type EwonIdentity, err, ok, type Result } from '@ewon-agent/contracts';
import { firmwareFileOf, firmwareNameFor, parseFirmwareVersion, placeOfFirmware } from './firmware-file.ts';

/** Under which name a file goes to an Ewon, and what that does. */
export type UploadPlace = { readonly name: string; readonly kind: 'firmware' | 'settings' };

/**
 * Tells where a file belongs by its name.
 * Codes: USAGE (no file of this name is sent over the network, backup.tar without `erasing`), EWON_FIRMWARE_UNFIT.
 */
export function placeOfUpload(
  fileName: string,
  {
    ewon,
    doubts,
    erasing,
  }: {
    readonly ewon: EwonIdentity;
    readonly doubts: 'refuse' | 'leave to the Ewon';
    readonly erasing: 'refuse' | 'allow';
  },
): Result<UploadPlace> {
  const name = fileName.toLowerCase();
  if (name === 'backup.tar' && erasing === 'refuse')
    return err('USAGE', 'an Ewon erases itself before it takes backup.tar; say --erase if that is meant');
  if (SETTINGS.includes(name)) return ok({ name, kind: 'settings' });
  const file = firmwareFileOf(fileName);
  if (!file) return err('USAGE', `what can be sent is ${SETTINGS.join(', ')} and firmware (.edf, .edfs)`);
  const firmware = parseFirmwareVersion(ewon.firmware);
  if (!firmware) return err('EWON_FIRMWARE_UNFIT', `the Ewon says that its firmware is ${ewon.firmware || 'nothing'}`);
  const place = placeOfFirmware(file, { serial: ewon.serial, firmware });
  if (!place.ok && doubts === 'refuse') return place;
  return ok({ name: place.ok ? place.value : firmwareNameFor(firmware), kind: 'firmware' });
}

const SETTINGS: readonly string[] = ['backup.tar', 'comcfg.txt', 'config.txt', 'program.bas'];
