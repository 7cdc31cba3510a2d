import type { EwonIdentity } from '@ewon-agent/contracts';
import { withoutEmpty } from './without-empty.ts';

/** What a person wants to know first of an Ewon; what its status does not say is missing. */
export type EwonInfo = EwonIdentity & {
  readonly partNumber?: string;
  /** Of its WAN; missing where it has none. */
  readonly wanIp?: string;
  readonly vpn?: 'up' | 'down';
  readonly vpnIp?: string;
  readonly modem?: {
    readonly operator?: string;
    readonly plmn?: string;
    readonly registered?: 'yes' | 'no';
    readonly signal?: string;
  };
};

/** Reads the status of an Ewon (ewon-facts §4). */
export function infoFrom(identity: EwonIdentity, estat: ReadonlyMap<string, string>): EwonInfo {
  const value = (key: string) => estat.get(key) || undefined;
  const address = (key: string) => (value(key) === '0.0.0.0' ? undefined : value(key));
  const vpn = value('SumVPNStatus');
  const registered = value('GsmNetReg');
  const modem = withoutEmpty({
    operator: value('GsmOpName'),
    plmn: value('GsmOpId'),
    registered: registered && (['1', '5'].includes(registered) ? ('yes' as const) : ('no' as const)),
    signal: value('GsmSignal'),
  });
  return withoutEmpty({
    ...identity,
    partNumber: value('MbPartNum'),
    wanIp: address('WanIp') ?? address('PppIp'),
    vpn: vpn && (Number(vpn) > 0 ? ('up' as const) : ('down' as const)),
    vpnIp: address('VpnIp'),
    modem: value('HasGsm') === '0' || Object.keys(modem).length === 0 ? undefined : modem,
  }) as EwonInfo;
}
