import { quoted } from './cells.ts';
import type { EwonState } from './ewon-state.ts';

// The list of tags, of config.txt and of $dtTL. Columns as HMS's own client reads them, those that it requires
// (hms-networks/IgnitionEwonConnector, M2WebEwonEBDTag); every tag is one of the Ewon's memory.

/** Writes the list; `values` adds what the tags are at this moment, as $dtTL does. */
export function tagListText(state: EwonState, values?: 'withValues'): string {
  const columns = [...COLUMNS.map(([name]) => name), ...(values ? VALUE_COLUMNS : [])];
  const rows = [...state.tags].map(([name, { value, quality }], i) => {
    const shown = typeof value === 'string' ? quoted(value) : value;
    const cells = COLUMNS.map(([, cell]) => (typeof cell === 'string' ? cell : cell(i + 1, name, value)));
    return [...cells, ...(values ? [0, '"01/01/1970 00:00:00"', shown, quality, 0] : [])].join(';');
  });
  return [columns.map(quoted).join(';'), ...rows].map((row) => `${row}\r\n`).join('');
}

const VALUE_COLUMNS = ['AlStat', 'ChangeTime', 'TagValue', 'TagQuality', 'AlType'];

type CellOf = (id: number, name: string, value: number | string) => string;
const COLUMNS: readonly (readonly [column: string, cell: string | CellOf])[] = [
  ['Id', (id) => String(id)],
  ['Name', (_, name) => quoted(name)],
  ['Description', '""'],
  ['ServerName', '"MEM"'],
  ['TopicName', '""'],
  ['Address', (_, name) => quoted(name)],
  ['Coef', '1'],
  ['Offset', '0'],
  ['LogEnabled', '0'],
  ['AlEnabled', '0'],
  ['AlBool', '0'],
  ['MemTag', '1'],
  ['MbsTcpEnabled', '0'],
  ['MbsTcpFloat', '0'],
  ['SnmpEnabled', '0'],
  ['RTLogEnabled', '0'],
  ['AlAutoAck', '0'],
  ['ForceRO', '0'],
  ['SnmpOID', (id) => String(id)],
  ['AutoType', '0'],
  ['AlHint', '""'],
  ['AlHigh', '0'],
  ['AlLow', '0'],
  ['AlTimeDB', '0'],
  ['AlLevelDB', '0'],
  ['IVGroupA', '0'],
  ['IVGroupB', '0'],
  ['IVGroupC', '0'],
  ['IVGroupD', '0'],
  ['PageId', '1'],
  ['RTLogWindow', '600'],
  ['RTLogTimer', '10'],
  ['LogDB', '-1'],
  ['LogTimer', '60'],
  ['AlLoLo', '0'],
  ['AlHiHi', '0'],
  ['MbsTcpRegister', '1'],
  ['MbsTcpCoef', '1'],
  ['MbsTcpOffset', '0'],
  // 0 Boolean, 1 floating point, 2 integer, 3 DWORD, 6 string (the first two: eWON user guide 4.3 §9.5.3; the last recollected)
  ['Type', (_, _name, value) => (typeof value === 'string' ? '6' : '1')],
  ['Unit', '""'],
];
