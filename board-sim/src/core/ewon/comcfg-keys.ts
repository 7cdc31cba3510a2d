import { address, any, flag, longest, oneOf, port, type Takes, time, upTo } from './takes.ts';

// The keys of comcfg.txt with what an Ewon has there from the factory and which values it takes (SSH-0050-00 v2.0), and
// who else may write them. Written apart from the bridge's list on purpose: two readings of the manual check each other.

export type ComcfgKey = {
  readonly key: string;
  readonly factory: string;
  readonly takes: Takes;
  /** `boot`: in force only after the next boot. `card`: set by a card only, and ignored from elsewhere. `secret`: read back encrypted. */
  readonly is?: 'boot' | 'card' | 'secret';
};

const secret = { takes: longest(255), is: 'secret' } as const;

/** Every key that is documented, in the order in which the simulated Ewon writes them. */
export const COMCFG_KEYS: readonly ComcfgKey[] = [
  { key: 'EthIP', factory: '10.0.0.53', takes: address, is: 'boot' },
  { key: 'EthMask', factory: '255.255.255.0', takes: address, is: 'boot' },
  { key: 'EthGW', factory: '0.0.0.0', takes: address, is: 'boot' },
  { key: 'EthIpAddr2', factory: '10.1.0.53', takes: address, is: 'boot' },
  { key: 'EthIpMask2', factory: '255.255.255.0', takes: address, is: 'boot' },
  { key: 'EthDns1', factory: '0.0.0.0', takes: address },
  { key: 'EthDns2', factory: '0.0.0.0', takes: address },
  { key: 'EthDnsAuto', factory: '1', takes: flag },
  { key: 'UseBOOTP', factory: '0', takes: upTo(2), is: 'boot' },
  { key: 'UseBOOTP2', factory: '0', takes: upTo(2), is: 'boot' },
  { key: 'DhcpTO', factory: '10000', takes: time },
  { key: 'DHCPRTO', factory: '1000', takes: time },
  { key: 'LANWANConfig', factory: '8', takes: oneOf(0, 2, 4, 6, 8, 10, 12, 14), is: 'boot' },
  { key: 'NatItf', factory: '0', takes: upTo(3) },
  { key: 'FwrdToWAN', factory: '1', takes: flag },
  { key: 'IpsHttpP1', factory: '80', takes: port, is: 'boot' },
  { key: 'IpsHttpP2', factory: '81', takes: port, is: 'boot' },
  { key: 'IpsFtpP', factory: '21', takes: port },
  { key: 'ClosedDevice', factory: '0', takes: upTo(63) },
  { key: 'WANCnx', factory: '2', takes: upTo(4) },
  { key: 'WANItfProt', factory: '2', takes: oneOf(1, 2, 3) },
  { key: 'WANPermCnx', factory: '1', takes: flag },
  { key: 'WANPxyMode', factory: '0', takes: oneOf(0, 1, 2, 10) },
  { key: 'WANPxyAddr', factory: '', takes: any },
  { key: 'WANPxyPort', factory: '8080', takes: port },
  { key: 'WANPxyUsr', factory: '', takes: any },
  { key: 'WANPxyPass', factory: '', ...secret },
  { key: 'WANFbckCnx', factory: '0', takes: oneOf(0, 1, 2, 4) },
  { key: 'WANFbckHostNamesToCheck', factory: 'tcp://device.api.talk2m.com:443', takes: longest(96) },
  // printed as RetriesWANFbckMaxCnxRetries, where two cells of the manual's table run into one another
  { key: 'WANFbckMaxCnxRetries', factory: '3', takes: time },
  { key: 'WANFbckCheckPeriod', factory: '60', takes: time },
  { key: 'WANFbckMaxDuration', factory: '60', takes: time },
  { key: 'WANFbckMinInterval', factory: '75', takes: time },
  { key: 'VPNCnxType', factory: '0', takes: upTo(2) },
  { key: 'VPNRedirect', factory: '0', takes: flag },
  { key: 'VPNPortIn', factory: '0', takes: port },
  { key: 'VPNPortOut', factory: '1194', takes: port },
  { key: 'VPNProto', factory: '0', takes: flag },
  { key: 'VPNDrvMode', factory: '0', takes: flag },
  { key: 'VPNAlive', factory: '120', takes: time },
  { key: 'VPNDiag', factory: '0', takes: oneOf(0, 1, 4, 8) },
  { key: 'VPNSrvAddrMode', factory: '0', takes: flag },
  { key: 'T2mAccSrvAddr', factory: 'talk2m_pro', takes: any },
  { key: 'T2mAccountName', factory: '', takes: any },
  { key: 'T2MKey', factory: '', takes: any, is: 'card' },
  { key: 'T2MNote', factory: '', takes: longest(140), is: 'card' },
  { key: 'T2MWizOpt', factory: '0', takes: flag },
  { key: 'T2MCheckCnxMinT', factory: '120', takes: time },
  { key: 'T2MCheckCnxMaxT', factory: '3600', takes: time },
  { key: 'GeolocEnable', factory: '1', takes: flag },
  { key: 'SDConfigEnable', factory: '1', takes: flag, is: 'boot' },
  { key: 'USBConfigEnable', factory: '1', takes: flag, is: 'boot' },
  { key: 'USBEnable', factory: '1', takes: flag, is: 'boot' },
  { key: 'WizICnxDone', factory: '0', takes: flag },
  { key: 'WizT2MDone', factory: '0', takes: flag },
  { key: 'WizVPNDone', factory: '0', takes: flag },
  { key: 'BootOp', factory: '0', takes: oneOf(0, 1, 32) },
  { key: 'ModExpType', factory: '-1', takes: (value) => value === '-1' || upTo(999)(value) },
  { key: 'ModemInitStr', factory: '', takes: any },
  { key: 'PIN', factory: '', ...secret },
  { key: 'PdpApnUse', factory: '0', takes: flag },
  { key: 'PdpApn', factory: '', takes: any },
  { key: 'PPPClPhone1', factory: '', takes: any },
  { key: 'PPPClUserName1', factory: '', takes: any },
  { key: 'PPPClPassword1', factory: '', ...secret },
  { key: 'WirelessNet', factory: '0', takes: upTo(3) },
  { key: 'IcxModemConnectivityType', factory: '0', takes: upTo(2) },
  { key: 'GsmOpId', factory: '0', takes: (value) => value === '0' || /^\d{5,6}$/.test(value) },
  { key: 'GprsMinCnxTime', factory: '4', takes: time },
  { key: 'GprsCnxErrMax', factory: '5', takes: time },
  { key: 'DOErrRst', factory: '6', takes: time },
  { key: 'WifiSSID', factory: '', takes: longest(32) },
  { key: 'WifiPSK', factory: '', ...secret },
  { key: 'WifiSec', factory: '0', takes: upTo(3) },
  { key: 'WifiUseDHCP', factory: '2', takes: upTo(2) },
];

/** The settings of an Ewon as it leaves the factory. */
export const COMCFG_FACTORY: ReadonlyMap<string, string> = new Map(
  COMCFG_KEYS.map(({ key, factory }) => [key, factory]),
);
