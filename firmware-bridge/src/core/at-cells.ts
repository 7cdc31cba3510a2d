import { type AtField, between, decimal, hexadecimal, plmn } from './at-fields.ts';

// Which cell a modem is on, in the words of each family. Every family has its own command; fields are counted as its maker's manual counts them.

export type ModemFamily = 'quectel' | 'simcom' | 'u-blox' | 'telit' | 'cinterion' | 'sierra';
export type Technology = 'GSM' | 'WCDMA' | 'LTE' | 'NR';
/** A serving cell. `area` is LAC or TAC, both as numbers; a member that the answer leaves open is missing. */
export type ServingCell = {
  readonly family: ModemFamily;
  readonly technology?: Technology;
  readonly plmn?: string;
  readonly area?: number;
  readonly cellId?: number;
  readonly rssiDbm?: number;
  readonly rsrpDbm?: number;
  readonly rsrqDb?: number;
};
/** `none` when the modem is on no cell, undefined when the answer is not of the form it must have. */
export type CellAnswer = ServingCell | 'none' | undefined;

/** Quectel, `+QENG: "servingcell",…`. */
export function quectelCell(fields: readonly AtField[]): CellAnswer {
  const f = fields.map(({ text }) => text);
  const [, state, mode = ''] = f;
  if (f.length <= 2 || mode === '') return state === undefined ? undefined : 'none';
  if (mode === 'GSM')
    return cell('quectel', 'GSM', { plmn: plmn(f[3], f[4]), area: f[5], cellId: f[6], rssiDbm: decimal(f[10]) });
  if (mode === 'WCDMA')
    return cell('quectel', 'WCDMA', { plmn: plmn(f[3], f[4]), area: f[5], cellId: f[6], rssiDbm: decimal(f[10]) });
  const where = { plmn: plmn(f[4], f[5]), cellId: f[6] };
  if (mode === 'NR5G-SA')
    return cell('quectel', 'NR', { ...where, area: f[8], rsrpDbm: decimal(f[12]), rsrqDb: decimal(f[13]) });
  if (!/^(LTE|CAT-M1?|CAT-NB1?|eMTC|NBIoT)$/i.test(mode)) return undefined;
  const signal = { rsrpDbm: decimal(f[13]), rsrqDb: decimal(f[14]), rssiDbm: decimal(f[15]) };
  return cell('quectel', 'LTE', { ...where, area: f[12], ...signal });
}

/** SIMCom, `+CPSI: LTE,Online,262-01,0x1A2B,27447297,…`: the cell id is decimal, signals of LTE are tenths. */
export function simcomCell(fields: readonly AtField[]): CellAnswer {
  const f = fields.map(({ text }) => text);
  const mode = f[0] ?? '';
  if (/^NO SERVICE$/i.test(mode)) return 'none';
  const where = { plmn: plmn(f[2]), area: f[3], cellIdNumber: between(0, decimal(f[4]), 2 ** 36) };
  if (mode === 'GSM') return cell('simcom', 'GSM', { ...where, rssiDbm: decimal(f[6]) });
  if (mode === 'WCDMA') return cell('simcom', 'WCDMA', where);
  if (!/^LTE/.test(mode)) return undefined;
  const tenths = (text: string | undefined) => {
    const number = decimal(text);
    return number === undefined ? undefined : Math.abs(number) > 140 ? number / 10 : number;
  };
  const rsrq = decimal(f[10]);
  const rsrqDb = rsrq === undefined ? undefined : Math.abs(rsrq) > 20 ? rsrq / 10 : rsrq;
  return cell('simcom', 'LTE', { ...where, rsrpDbm: tenths(f[11]), rssiDbm: tenths(f[12]), rsrqDb });
}

/** u-blox, the second line after `+UCGED: 2`; the first has country and network, see at.ts. */
export function ubloxCell(fields: readonly AtField[], network: string | undefined): CellAnswer {
  const f = fields.map(({ text }) => text);
  if (f.length < 12) return undefined;
  const [rsrp, rsrq] = [between(0, decimal(f[10]), 97), between(0, decimal(f[11]), 34)];
  return cell('u-blox', 'LTE', {
    ...{ plmn: network, area: f[4], cellId: f[5] },
    rsrpDbm: rsrp === undefined ? undefined : rsrp - 141,
    rsrqDb: rsrq === undefined ? undefined : rsrq / 2 - 20,
  });
}

/** Telit, `#RFSTS: "262 01",1300,-95,-65,-12,1A2B,…`; which technology it is, the signs of the numbers tell. */
export function telitCell(fields: readonly AtField[]): CellAnswer {
  const f = fields.map(({ text }) => text);
  if (f.length < 10) return f.length <= 1 || f[0] === '' ? 'none' : undefined;
  const [third, fourth] = [decimal(f[2]), decimal(f[3])];
  const where = { plmn: plmn(f[0]) };
  if (third === undefined) return undefined;
  if (third >= 0) return cell('telit', 'WCDMA', { ...where, area: f[6], cellId: f[14], rssiDbm: decimal(f[5]) });
  if (fourth === undefined || fourth >= 0)
    return cell('telit', 'GSM', { ...where, area: f[3], cellId: f[9], rssiDbm: third });
  return cell('telit', 'LTE', {
    ...where,
    area: f[5],
    cellId: f[11],
    rsrpDbm: third,
    rssiDbm: fourth,
    rsrqDb: decimal(f[4]),
  });
}

/** Cinterion, `^SMONI: 4G,1300,3,10,10,FDD,262,01,1A2B,01A2D001,…`. */
export function cinterionCell(fields: readonly AtField[]): CellAnswer {
  const f = fields.map(({ text }) => text);
  if (/^SEARCH|^NOCONN/i.test(f[1] ?? '')) return 'none';
  if (f[0] === '2G')
    return cell('cinterion', 'GSM', { plmn: plmn(f[3], f[4]), area: f[5], cellId: f[6], rssiDbm: decimal(f[2]) });
  if (f[0] === '3G')
    return cell('cinterion', 'WCDMA', { plmn: plmn(f[5], f[6]), area: f[7], cellId: f[8], rssiDbm: decimal(f[4]) });
  if (f[0] !== '4G') return undefined;
  const signal = { rsrpDbm: decimal(f[12]), rsrqDb: decimal(f[13]) };
  return cell('cinterion', 'LTE', { plmn: plmn(f[6], f[7]), area: f[8], cellId: f[9], ...signal });
}

/** Sierra, one line of the table after `!GSTATUS:`, two columns of `label: value`. @returns undefined when the line has nothing of a cell */
export function sierraCell(line: string): ServingCell | undefined {
  const after = (label: string): string | undefined => {
    const at = line.indexOf(label);
    return at === -1
      ? undefined
      : line
          .slice(at + label.length, at + label.length + 40)
          .trim()
          .split(/[\s(]/)[0];
  };
  const mode = after('System mode:');
  const parts = {
    ...{ area: after('TAC:') ?? after('LAC:'), cellId: after('Cell ID:') },
    ...{ rsrpDbm: decimal(after('RSRP (dBm):')), rsrqDb: decimal(after('RSRQ (dB):')) },
    rssiDbm: decimal(after('RSSI (dBm):')),
  };
  const technology = mode === 'LTE' || mode === 'WCDMA' || mode === 'GSM' ? mode : undefined;
  const found = cell('sierra', technology, parts);
  return Object.keys(found).length > 1 ? found : undefined;
}

type Parts = {
  readonly plmn?: string | undefined;
  /** Hexadecimal, as everybody writes them but SIMCom the second. */
  readonly area?: string | undefined;
  readonly cellId?: string | undefined;
  readonly cellIdNumber?: number | undefined;
  readonly rssiDbm?: number | undefined;
  readonly rsrpDbm?: number | undefined;
  readonly rsrqDb?: number | undefined;
};

function cell(family: ModemFamily, technology: Technology | undefined, parts: Parts): ServingCell {
  const all = {
    ...{ technology, plmn: parts.plmn, area: between(0, hexadecimal(parts.area), 0xffffff) },
    cellId: parts.cellIdNumber ?? between(0, hexadecimal(parts.cellId), 2 ** 36),
    rssiDbm: between(-140, parts.rssiDbm, -10),
    rsrpDbm: between(-156, parts.rsrpDbm, -31),
    rsrqDb: between(-43, parts.rsrqDb, 20),
  };
  return { family, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}
