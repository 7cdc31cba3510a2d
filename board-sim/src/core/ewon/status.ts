import type { EwonState } from './ewon-state.ts';
import { type Settings, settingsText } from './settings.ts';

/** What the status (estat) says, with the keys of the section INF (ewon-facts §4). Values that nothing sets are made up. */
export function statusOf(state: EwonState): Settings {
  const { serial, model, firmware } = state.device;
  const [high = '0', low = '0'] = firmware.split(/[.s]/);
  return new Map([
    ['MbPartNum', `FLEXY${serial.endsWith('24') ? '20500' : '20300'}_00`],
    ['MbExtInfo', '0'],
    ['SIFBootldrRev', '12'],
    ['CodeName', model],
    ['BuildInfo', '[EF0000]'],
    ['FwrVersion', firmware],
    ['FwrVerHi', high],
    ['FwrVerLo', low],
    ['JavaVersion', '1.4.4'],
    ['HasGsm', '0'],
    ['ModemInitStatus', '0'],
    ['ModemDetectedTxt', ''],
    ['EthWANCableIn', '1'],
    ['WanIp', '192.0.2.10'],
    ['SumVPNStatus', '0'],
    ['VpnIp', '0.0.0.0'],
    ['SerNum', serial],
  ]);
}

/** The status as text. */
export function statusText(state: EwonState): string {
  return settingsText(statusOf(state));
}
