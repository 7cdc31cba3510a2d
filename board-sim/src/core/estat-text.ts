/** What the simulated Ewon says of itself. */
export type EwonStatus = {
  readonly serial: string;
  readonly model: string;
  readonly firmware: string;
  /** Whether its WAN is up: it has an address then. */
  readonly wan: 'up' | 'down';
};

/**
 * Writes the status export block: `Key:Value` lines with CRLF, with the keys that an Ewon of this kind has
 * (ewon-facts §4, INF). Values other than those given are made up.
 */
export function estatText({ serial, model, firmware, wan }: EwonStatus): string {
  const [high = '0', low = '0'] = firmware.split(/[.s]/);
  const lines = {
    MbPartNum: `FLEXY${serial.endsWith('24') ? '20500' : '20300'}_00`,
    MbExtInfo: '0',
    SIFBootldrRev: '12',
    CodeName: model,
    BuildInfo: '[EF0000]',
    FwrVersion: firmware,
    FwrVerHi: high,
    FwrVerLo: low,
    JavaVersion: '1.4.4',
    HasGsm: '0',
    ModemInitStatus: '0',
    ModemDetectedTxt: '',
    EthWANCableIn: wan === 'up' ? '1' : '0',
    WanIp: wan === 'up' ? '192.0.2.10' : '0.0.0.0', // 0.0.0.0 means none
    SumVPNStatus: '0',
    VpnIp: '0.0.0.0',
    SerNum: serial,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}:${value}\r\n`)
    .join('');
}
