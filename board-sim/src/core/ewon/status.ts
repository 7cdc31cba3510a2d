import { type EwonState, freeBytes } from './ewon-state.ts';
import { type Settings, settingsText } from './settings.ts';
import { readVersion } from './version.ts';
import { linkInUse } from './wan.ts';

/** What the status (estat) says, with the keys of the section INF (ewon-facts §4). Values that nothing sets are made up. */
export function statusOf(state: EwonState): Settings {
  const { serial, model, firmware } = state.device;
  const version = readVersion(firmware);
  return new Map([
    ['MbPartNum', `FLEXY${serial.endsWith('24') ? '20500' : '20300'}_00`],
    ['MbExtInfo', '0'],
    ['SIFBootldrRev', '12'],
    ['CodeName', model],
    ['BuildInfo', '[EF0000]'],
    ['FwrVersion', firmware],
    ['FwrVerHi', String(version?.major ?? 0)],
    ['FwrVerLo', String(version?.minor ?? 0)],
    ['JavaVersion', '1.4.4'],
    ...modemLines(state),
    ...wanLines(state),
    ['sdextFree', String(freeBytes(state))],
    ['SerNum', serial],
  ]);
}

/** The status as text. */
export function statusText(state: EwonState): string {
  return settingsText(statusOf(state));
}

type Lines = readonly (readonly [key: string, value: string])[];

function modemLines({ modem }: EwonState): Lines {
  if (!modem) {
    return [
      ['HasGsm', '0'],
      ['ModemInitStatus', '0'],
      ['ModemDetectedTxt', ''],
    ];
  }
  const there = modem.registration === 1 || modem.registration === 5;
  return [
    ['HasGsm', '1'],
    ['ModemInitStatus', '0'],
    ['ModemDetectedTxt', `${modem.manufacturer} ${modem.model}`],
    ['ModemType', '137'],
    ['ModemExtInfo', `MFR: ${modem.manufacturer} , MODEL: ${modem.model} , VER: ${modem.revision}`],
    ['GsmIMEI', modem.imei],
    ['GsmCCID', modem.iccid],
    ['GsmIMSI', modem.imsi],
    ['GsmNetReg', String(modem.registration)],
    ['GsmOpName', there ? modem.operator : ''],
    ['GsmOpId', there ? modem.operatorId : ''],
    ['GsmLAC', there ? modem.lac : ''],
    ['GsmCellId', there ? modem.cellId : ''],
    ['GsmSignal', String(there ? modem.signal : 99)],
  ];
}

/** Of networks set aside for documents (RFC 5737); 0.0.0.0 means none. */
const [ETHERNET_IP, WIFI_IP, VPN_IP, NO_IP] = ['192.0.2.10', '198.51.100.10', '203.0.113.10', '0.0.0.0'];

function wanLines({ wan, links, comcfg, modem }: EwonState): Lines {
  const link = linkInUse(wan, comcfg);
  const carried = link !== undefined && links[link] !== 'down' ? link : undefined;
  const cellularIp = carried === 'cellular' ? modem?.address : undefined;
  const wanIp = { ethernet: ETHERNET_IP, wifi: WIFI_IP, cellular: cellularIp ?? NO_IP };
  const vpn = carried !== undefined && links[carried] === 'up' && comcfg.get('VPNCnxType') === '2';
  return [
    ['PppIp', cellularIp ?? NO_IP],
    ['EthWANCableIn', links.ethernet === 'down' ? '0' : '1'],
    ['WanIp', carried ? wanIp[carried] : NO_IP],
    ['SumVPNStatus', vpn ? '1' : '0'],
    ['VpnIp', vpn ? VPN_IP : NO_IP],
  ];
}
