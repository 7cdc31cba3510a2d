import { type EwonInfo, infoFrom } from '../core/ewon-info.ts';
import { FILE_PARSERS } from '../core/parsed-record.ts';
import { type Ewon, whoIsThere } from './ewon.ts';
import { EXIT, type ExitStatus, type Form, type Io, json, lines, sayFault } from './io.ts';
import { printRecords } from './read.ts';

/** `ewon-bridge info`: who the Ewon is and how it is connected; with `all`, every key of its status. */
export async function info(io: Io, form: Form, ewon: Ewon, what: 'main' | 'all'): Promise<ExitStatus> {
  const known = await whoIsThere(ewon);
  if (!known.ok) return sayFault(io, form, known.fault);
  if (what === 'all') return printRecords(io, form, FILE_PARSERS.estat(known.value.bytes));
  const found = infoFrom(known.value.identity, known.value.estat);
  io.stdout(form === 'json' ? json(found) : lines(pairsOf(found)));
  return EXIT.allRead;
}

function pairsOf({ serial, model, partNumber, firmware, wanIp, vpn, vpnIp, modem }: EwonInfo) {
  const pairs: [string, string][] = [
    ['Serial', serial],
    ['Model', joined(model, partNumber)],
    ['Firmware', joined(firmware)],
    ['WAN', wanIp ?? 'no address'],
    ['VPN', joined(vpn, vpnIp)],
  ];
  if (!modem) return pairs;
  const { operator, plmn, registered, signal } = modem;
  const state = registered === 'no' ? 'not registered' : undefined;
  return [...pairs, ['Modem', joined(state, operator, plmn, signal && `signal ${signal}`)] as const];
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(', ') || 'not said';
}
