import { CELLS_MAX, type CellTower, type RadioType } from '@ewon-agent/contracts';
import type { LinkFacts, Links } from './wan-link.ts';

// The cells that the links of the WAN are in, as evidence of a place. What a modem writes while it knows nothing (0, all ones) is
// no cell: a table of cells has places for those as well, and they are wrong.

/** What was found, and how many were left out because they name no cell. */
export type CellsFound = { readonly cells: readonly CellTower[]; readonly leftOut: number };

/** Reads the cells out of what is known of the links: at most {@link CELLS_MAX}, the strongest first, each once. */
export function cellsOf(links: Links): CellsFound {
  const said = links.filter(({ cellId, registered }) => cellId !== undefined && registered?.value !== false);
  const known = said.flatMap((link) => cellOf(link) ?? []);
  const strongest = known.toSorted((a, b) => (b.signalStrength ?? WEAKEST_DBM) - (a.signalStrength ?? WEAKEST_DBM));
  const once = strongest.filter((cell, i) => strongest.findIndex((c) => cellName(c) === cellName(cell)) === i);
  return { cells: once.slice(0, CELLS_MAX), leftOut: said.length - known.length };
}

/** What a cell is told apart by: not its signal. */
export function cellName({ radioType, mobileCountryCode, mobileNetworkCode, locationAreaCode, cellId }: CellTower) {
  return [radioType, mobileCountryCode, mobileNetworkCode, locationAreaCode, cellId].join('-');
}

/** Finds the radio type in the word of a modem or a table of 3GPP. @returns undefined for a word nobody knows */
export function radioTypeOf(technology: string): RadioType | undefined {
  return WORDS.find(([, words]) => words.test(technology.trim()))?.[0];
}

/** Begins with the newest: `NR5G-NSA` is a session of LTE with NR beside it, and its cell is one of LTE. */
const WORDS: readonly (readonly [RadioType, RegExp])[] = [
  ['lte', /^(lte|e-?utran|cat-?(m|nb)|emtc|nb-?iot|[ft]dd[ -]lte|4g|.*\bnsa\b|.*en-?dc)/i],
  ['nr', /^(nr|5g|ngran|5gs)/i],
  ['wcdma', /^(wcdma|umts|utran|hs[pdu]|hspa|dc-?hs|td-?scdma|3g)/i],
  ['gsm', /^(gsm|gprs|e?-?edge|egprs|geran|ec-gsm|2g)/i],
];

/** Largest cell id of each (3GPP TS 23.003: CI 16 bits, UTRAN and E-UTRAN 28, NR 36); all ones is none. */
const CELL_ID_MAX: Readonly<Record<RadioType, number>> = {
  ...{ gsm: 0xff_ff, wcdma: 0xf_ff_ff_ff, lte: 0xf_ff_ff_ff, nr: 0xf_ff_ff_ff_ff },
};
/** LAC and TAC have 16 bits, the TAC of NR 24. */
const AREA_MAX: Readonly<Record<RadioType, number>> = { gsm: 0xff_ff, wcdma: 0xff_ff, lte: 0xff_ff, nr: 0xff_ff_ff };
/** `no valid LAI` on the SIM (3GPP TS 24.008 §10.5.1.3). */
const AREA_DELETED = 0xff_fe;
/** Of wider cells, what a modem writes in 32 bits for "unknown". */
const UNKNOWN_IDS = [0xff_ff, 0x7f_ff_ff_ff, 0xff_ff_ff_ff];
const WEAKEST_DBM = -156;
const STRONGEST_DBM = -20;

function cellOf(link: LinkFacts): CellTower | undefined {
  const [, country, network] = /^([2-7]\d\d)(\d{2,3})$/.exec(link.operator?.value ?? '') ?? []; // places on land: E.212 zones 2 to 7
  const [cellId, locationAreaCode] = [link.cellId?.value, link.lac?.value];
  if (country === undefined || cellId === undefined || locationAreaCode === undefined) return undefined;
  const word = link.technology?.value;
  const radioType = word === undefined ? radioTypeBySize(cellId) : radioTypeOf(word);
  if (!radioType || !isCell(radioType, cellId) || !isArea(radioType, locationAreaCode)) return undefined;
  const signal = link.signal?.value;
  const hasSignal = signal !== undefined && signal >= WEAKEST_DBM && signal <= STRONGEST_DBM;
  return {
    ...{ radioType, mobileCountryCode: Number(country), mobileNetworkCode: Number(network), locationAreaCode, cellId },
    ...(hasSignal && { signalStrength: signal }),
  };
}

/** The Ewon does not say of which network its cell is. Only GSM has ids as short, and LTE is what most of the others are. */
function radioTypeBySize(cellId: number): RadioType {
  if (cellId <= CELL_ID_MAX.gsm) return 'gsm';
  return cellId <= CELL_ID_MAX.lte ? 'lte' : 'nr';
}

function isCell(radioType: RadioType, id: number): boolean {
  return Number.isInteger(id) && id > 0 && id < CELL_ID_MAX[radioType] && !UNKNOWN_IDS.includes(id);
}

function isArea(radioType: RadioType, area: number): boolean {
  return Number.isInteger(area) && area > 0 && area < AREA_MAX[radioType] && area !== AREA_DELETED;
}
