import { sameKey } from './setting-line.ts';

// The keys of comcfg.txt that public material names, with their defaults (SSH-0050 v2.0, ewon-facts §3.1). An Ewon has more of them, and newer
// firmware other values: what does not fit is doubted when it is read, and refused only when we are asked to write it.

/** One key: its name as HMS writes it, what an Ewon has there from the factory, and which values are documented. */
export type ComcfgKey = { readonly key: string; readonly byDefault: string; readonly takes: Takes };
export type Takes =
  | { readonly kind: 'choice'; readonly of: readonly number[] }
  | { readonly kind: 'number'; readonly from: number; readonly to: number }
  | { readonly kind: 'address' }
  | { readonly kind: 'text'; readonly maxCharacters: number };

/** Finds a documented key, whatever the case of its letters. */
export function comcfgKey(key: string): ComcfgKey | undefined {
  return COMCFG_KEYS.find((known) => sameKey(known.key, key));
}

/** Says what is wrong with a value. @returns undefined when it is documented, or when nothing is documented about the key */
export function doubtAbout(key: string, value: string): string | undefined {
  const known = comcfgKey(key);
  if (!known || fits(value, known.takes)) return undefined;
  return `${known.key} takes ${inWords(known.takes)}`;
}

const choice = (...of: readonly number[]): Takes => ({ kind: 'choice', of });
const number = (from: number, to: number): Takes => ({ kind: 'number', from, to });
const text = (maxCharacters: number): Takes => ({ kind: 'text', maxCharacters });
const address: Takes = { kind: 'address' };
const onOff = choice(0, 1);
const port = number(0, 65_535);
const seconds = number(0, 2_147_483_647);

/** Every documented key with its default and values. */
export const COMCFG_KEYS: readonly ComcfgKey[] = [
  // WAN and LAN
  known('WANCnx', '2', choice(0, 1, 2, 3, 4)),
  known('WANItfProt', '2', choice(1, 2, 3)),
  known('WANPermCnx', '1', onOff),
  known('WANPxyMode', '0', choice(0, 1, 2, 10)),
  known('WANPxyAddr', '', text(255)),
  known('WANPxyPort', '8080', port),
  known('WANPxyUsr', '', text(255)),
  known('WANPxyPass', '', text(255)),
  known('LANWANConfig', '8', number(0, 15)),
  known('EthIP', '10.0.0.53', address),
  known('EthMask', '255.255.255.0', address),
  known('EthGW', '0.0.0.0', address),
  known('UseBOOTP', '0', choice(0, 1, 2)),
  known('UseBOOTP2', '0', choice(0, 1, 2)),
  known('EthIpAddr2', '10.1.0.53', address),
  known('EthDns1', '0.0.0.0', address),
  known('EthDns2', '0.0.0.0', address),
  known('EthDnsAuto', '1', onOff),
  known('NatItf', '0', choice(0, 1, 2, 3)),
  known('FwrdToWAN', '1', onOff),
  known('DhcpTO', '10000', seconds),
  known('DHCPRTO', '1000', seconds),
  known('IpsHttpP1', '80', port),
  known('IpsHttpP2', '81', port),
  known('IpsFtpP', '21', port),
  // fallback
  known('WANFbckCnx', '0', choice(0, 1, 2, 4)),
  known('WANFbckHostNamesToCheck', 'tcp://device.api.talk2m.com:443', text(96)),
  known('WANFbckCheckPeriod', '60', seconds),
  known('WANFbckMaxDuration', '60', seconds),
  known('WANFbckMinInterval', '75', seconds),
  // VPN and Talk2M
  known('VPNCnxType', '0', choice(0, 1, 2)),
  known('VPNRedirect', '0', onOff),
  known('VPNPortIn', '0', port),
  known('VPNPortOut', '1194', port),
  known('VPNProto', '0', onOff),
  known('VPNDrvMode', '0', onOff),
  known('VPNAlive', '120', seconds),
  known('VPNSrvAddrMode', '0', onOff),
  known('T2mAccSrvAddr', 'talk2m_pro', text(255)),
  known('T2mAccountName', '', text(255)),
  known('T2MKey', '', text(36)),
  known('T2MNote', '', text(140)),
  known('T2MWizOpt', '0', onOff),
  known('T2MCheckCnxMinT', '120', seconds),
  known('T2MCheckCnxMaxT', '3600', seconds),
  known('GeolocEnable', '1', onOff),
  known('SDConfigEnable', '1', onOff),
  known('USBConfigEnable', '1', onOff),
  known('USBEnable', '1', onOff),
  known('WizICnxDone', '0', onOff),
  known('WizT2MDone', '0', onOff),
  known('WizVPNDone', '0', onOff),
  // cellular and Wi-Fi
  known('PdpApnUse', '0', onOff),
  known('PdpApn', '', text(255)),
  known('WirelessNet', '0', choice(0, 1, 2, 3)),
  known('IcxModemConnectivityType', '0', choice(0, 1, 2)),
  known('GsmOpId', '0', number(0, 999_999)),
  known('GprsMinCnxTime', '4', seconds),
  known('GprsCnxErrMax', '5', seconds),
  known('DOErrRst', '6', seconds),
  known('WifiSSID', '', text(32)),
  known('WifiSec', '0', choice(0, 1, 2, 3)),
  known('WifiUseDHCP', '2', choice(0, 1, 2)),
];

function known(key: string, byDefault: string, takes: Takes): ComcfgKey {
  return { key, byDefault, takes };
}

function fits(value: string, takes: Takes): boolean {
  if (takes.kind === 'text') return value.length <= takes.maxCharacters || value.startsWith('#_');
  if (takes.kind === 'address')
    return /^\d{1,3}(\.\d{1,3}){3}$/.test(value) && value.split('.').every((part) => Number(part) <= 255);
  if (!/^\d{1,10}$/.test(value)) return false;
  const asked = Number(value);
  return takes.kind === 'choice' ? takes.of.includes(asked) : asked >= takes.from && asked <= takes.to;
}

function inWords(takes: Takes): string {
  if (takes.kind === 'text') return `at most ${takes.maxCharacters} characters`;
  if (takes.kind === 'address') return 'an IPv4 address';
  return takes.kind === 'choice' ? takes.of.join(', ') : `${takes.from} to ${takes.to}`;
}
