import { type CellAnswer, cinterionCell, quectelCell, type ServingCell, simcomCell, telitCell } from './at-cells.ts';
import { type AtField, between, decimal, hexadecimal, plmn } from './at-fields.ts';
import { shortened } from './secrets.ts';
import { withoutEmpty } from './without-empty.ts';

// Answers that one line holds, by their prefix (3GPP TS 27.007 and each family's own).

export type AtAnswer =
  | { readonly kind: 'echo'; readonly command: string }
  | { readonly kind: 'result'; readonly result: string }
  | { readonly kind: 'error'; readonly of: 'CME' | 'CMS'; readonly number?: number; readonly text?: string }
  | {
      readonly kind: 'signal';
      readonly rssiDbm?: number;
      readonly rsrpDbm?: number;
      readonly rsrqDb?: number;
      readonly rscpDbm?: number;
    }
  | {
      readonly kind: 'registration';
      /** CREG circuit switched, CGREG packets, CEREG LTE, C5GREG 5G. */
      readonly of: string;
      readonly state: string;
      readonly area?: number;
      readonly cellId?: number;
      readonly technology?: string;
    }
  | {
      readonly kind: 'operator';
      readonly mode?: number;
      readonly name?: string;
      readonly plmn?: string;
      readonly technology?: string;
    }
  | {
      readonly kind: 'network';
      readonly technology: string;
      readonly plmn?: string;
      readonly band?: string;
      readonly channel?: number;
    }
  | ({ readonly kind: 'cell' } & ServingCell)
  | { readonly kind: 'noCell' }
  | { readonly kind: 'sim'; readonly state: string }
  | { readonly kind: 'address'; readonly context: number; readonly ip?: string }
  /** A number of a modem (IMEI) or of a SIM (IMSI, ICCID), shortened; `number` where only the command could have told which. */
  | { readonly kind: 'imei' | 'imsi' | 'iccid' | 'number'; readonly shown: string }
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

export type Reader = (fields: readonly AtField[], name: string) => AtAnswer | undefined;
const cellOf =
  (read: (fields: readonly AtField[]) => CellAnswer): Reader =>
  (fields) =>
    cellAnswer(read(fields));
const numberOf =
  (kind: 'imei' | 'iccid'): Reader =>
  ([number]) =>
    /^\d{14,20}F?$/i.test(number?.text ?? '') ? { kind, shown: shortened(number?.text ?? '') } : undefined;

/** Readers by prefix; each answers undefined when a field is not of its form. */
export const ANSWERS: Readonly<Record<string, Reader>> = {
  '+CME ERROR': errorOf('CME'),
  '+CMS ERROR': errorOf('CMS'),
  '+CSQ': signalStrength,
  '+CESQ': extendedSignal,
  '+CREG': registration,
  '+CGREG': registration,
  '+CEREG': registration,
  '+C5GREG': registration,
  '+COPS': operator,
  '+CPIN': ([state]) =>
    state && /^[A-Z][A-Z0-9 -]{1,30}$/.test(state.text) ? { kind: 'sim', state: state.text } : undefined,
  '+CGPADDR': address,
  '+CGSN': numberOf('imei'),
  '+GSN': numberOf('imei'),
  '+CCID': numberOf('iccid'),
  '+QCCID': numberOf('iccid'),
  '+ICCID': numberOf('iccid'),
  '#CCID': numberOf('iccid'),
  '^SCID': numberOf('iccid'),
  '+QNWINFO': networkInfo,
  '+QENG': (fields) =>
    fields[0]?.text === 'servingcell' ? cellAnswer(quectelCell(fields)) : { kind: 'other', name: '+QENG' },
  '+CPSI': cellOf(simcomCell),
  '#RFSTS': cellOf(telitCell),
  '^SMONI': cellOf(cinterionCell),
};

/** Turns what a family says of its cell into an answer. */
export function cellAnswer(cell: CellAnswer): AtAnswer | undefined {
  if (cell === undefined) return undefined;
  return cell === 'none' ? { kind: 'noCell' } : { kind: 'cell', ...cell };
}

function errorOf(of: 'CME' | 'CMS'): Reader {
  return ([what]) => {
    const number = /^\d{1,5}$/.test(what?.text ?? '') ? Number(what?.text) : undefined;
    if (number !== undefined) return { kind: 'error', of, number };
    return what?.text ? { kind: 'error', of, text: what.text.slice(0, 80).replace(/\d{8,}/g, shortened) } : undefined;
  };
}

/** `+CSQ: 21,99`: 0 to 31 in steps of 2 dBm from -113; 100 to 191 in steps of 1 from -116 (TD-SCDMA); 99 and 199 unknown. */
function signalStrength([rssi]: readonly AtField[]): AtAnswer | undefined {
  const level = decimal(rssi?.text);
  if (between(0, level, 199) === undefined || level === undefined) return undefined;
  if (level <= 31) return { kind: 'signal', rssiDbm: level * 2 - 113 };
  return level >= 100 && level <= 191 ? { kind: 'signal', rssiDbm: level - 216 } : { kind: 'signal' };
}

/** `+CESQ: rxlev,ber,rscp,ecno,rsrq,rsrp`; 99 and 255 are unknown. */
function extendedSignal(fields: readonly AtField[]): AtAnswer | undefined {
  const [rxlev, , rscp, , rsrq, rsrp] = fields.map(({ text }) => decimal(text));
  if (fields.length < 6 || [rxlev, rscp, rsrq, rsrp].some((level) => between(0, level, 255) === undefined))
    return undefined;
  const step = (level: number | undefined, most: number, of: (level: number) => number) =>
    level !== undefined && level <= most ? of(level) : undefined;
  return withoutEmpty<AtAnswer>({
    kind: 'signal',
    rssiDbm: step(rxlev, 63, (level) => level - 111),
    rscpDbm: step(rscp, 96, (level) => level - 121),
    rsrqDb: step(rsrq, 34, (level) => level / 2 - 20),
    rsrpDbm: step(rsrp, 97, (level) => level - 141),
  });
}

const REGISTERED = [
  'no',
  'home',
  'searching',
  'denied',
  'unknown',
  'roaming',
  'home, SMS only',
  'roaming, SMS only',
  'emergency only',
];
const ACCESS = ['GSM', 'GSM', 'WCDMA', 'GSM', 'WCDMA', 'WCDMA', 'WCDMA', 'LTE', 'LTE', 'LTE', 'LTE', 'NR', 'NR', 'NR'];

/** An answer begins with what is reported, `2,1,"1A2B","01A2D001",7`; the same said unasked does not: `1,"1A2B",…`. */
function registration(fields: readonly AtField[], name: string): AtAnswer | undefined {
  const asked = fields.length > 1 && fields[1]?.quoted === false && /^\d{1,2}$/.test(fields[1].text);
  const [state, area, cellId, technology] = asked ? fields.slice(1) : fields;
  const word = /^\d$/.test(state?.text ?? '') ? REGISTERED[Number(state?.text)] : undefined;
  if (word === undefined) return undefined;
  return withoutEmpty<AtAnswer>({
    kind: 'registration',
    of: name.slice(1),
    state: word,
    area: hexadecimal(area?.text),
    cellId: hexadecimal(cellId?.text),
    technology: technologyOf(technology),
  });
}

/** `+COPS: 0,0,"Proximus",7`; what AT+COPS=? lists is left as it is. */
function operator(fields: readonly AtField[]): AtAnswer | undefined {
  const [mode, format, name, technology] = fields;
  if (mode?.text.startsWith('(')) return { kind: 'other', name: '+COPS' };
  const modeNumber = between(0, decimal(mode?.text), 4);
  if (modeNumber === undefined) return undefined;
  const network = format?.text === '2' ? plmn(name?.text) : undefined;
  return withoutEmpty<AtAnswer>({
    kind: 'operator',
    mode: modeNumber,
    name: network === undefined && name?.text ? name.text.slice(0, 64) : undefined,
    plmn: network,
    technology: technologyOf(technology),
  });
}

/** `+CGPADDR: 1,"10.0.0.1"`; a context without an address has none, or 0.0.0.0. */
function address([context, ip]: readonly AtField[]): AtAnswer | undefined {
  const number = between(0, decimal(context?.text), 255);
  if (number === undefined) return undefined;
  const known = ip && /^[0-9A-Fa-f.:]{2,64}$/.test(ip.text) && ip.text !== '0.0.0.0';
  return withoutEmpty<AtAnswer>({ kind: 'address', context: number, ip: known ? ip.text : undefined });
}

/** Quectel, `+QNWINFO: "FDD LTE","26201","LTE BAND 3",1300`. */
function networkInfo([technology, network, band, channel]: readonly AtField[]): AtAnswer | undefined {
  if (!technology?.text) return undefined;
  if (/^No Service$/i.test(technology.text)) return { kind: 'noCell' };
  return withoutEmpty<AtAnswer>({
    kind: 'network',
    technology: technology.text.slice(0, 40),
    plmn: plmn(network?.text),
    band: band?.text ? band.text.slice(0, 40) : undefined,
    channel: decimal(channel?.text),
  });
}

function technologyOf(field: AtField | undefined): string | undefined {
  return /^\d{1,2}$/.test(field?.text ?? '') ? ACCESS[Number(field?.text)] : undefined;
}
