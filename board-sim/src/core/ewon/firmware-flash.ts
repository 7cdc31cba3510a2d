import { COMCFG_FACTORY } from './comcfg-keys.ts';
import { CONFIG_FACTORY } from './config-keys.ts';
import type { EwonState } from './ewon-state.ts';
import { withFactorySettings } from './factory-reset.ts';
import type { FlashFault } from './trouble.ts';
import { readVersion } from './version.ts';

/** Firmware that the next boot installs, and what goes wrong with it. */
export type PendingFirmware = {
  readonly version: string;
  readonly erases: 'settings' | 'nothing';
  readonly fault?: FlashFault;
};

/** Makes the firmware that was just taken one with which something goes wrong. */
export function withFlashFault(state: EwonState, fault: FlashFault | undefined): EwonState {
  const { pendingFirmware: pending } = state;
  return pending && fault ? { ...state, pendingFirmware: { ...pending, fault } } : state;
}

/** The Ewon with what was pending installed. */
export function flashed(state: EwonState): EwonState {
  const { pendingFirmware: pending, ...rest } = state;
  if (!pending || pending.fault === 'powerCut') return rest; // half an installation is none: the version before runs
  const version = pending.fault === 'otherVersion' ? nextService(pending.version) : pending.version;
  const installed: EwonState = { ...rest, device: { ...rest.device, firmware: version } };
  if (pending.erases === 'settings') return withFactorySettings(installed, 2);
  if (pending.fault !== 'settingsLost') return installed;
  // its users stay: one that forgot them is for a person to look at
  return { ...installed, comcfg: COMCFG_FACTORY, system: CONFIG_FACTORY, program: '' };
}

function nextService(version: string): string {
  const { major, minor, service } = readVersion(version) ?? { major: 0, minor: 0, service: 0 };
  return `${major}.${minor}s${service + 1}`;
}
