import type { RadioType } from '@ewon-agent/contracts';
import type { CellRecord } from './cells.ts';

// A line of a table of cells as OpenCelliD gives it out, which Mozilla's had the form of as well:
// radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal
// Source: https://wiki.opencellid.org/wiki/Menu_map_view#database

/** Why a line is not taken. */
export type RefusedLine = 'columns' | 'radio' | 'network' | 'cell' | 'place' | 'range' | 'length';
export type CellLine =
  | { readonly is: 'cell'; readonly cell: CellRecord }
  | { readonly is: 'refused'; readonly why: RefusedLine }
  | { readonly is: 'header' }
  | { readonly is: 'empty' };

/** How the table calls what devices call otherwise. CDMA is not told by any. */
const RADIOS: Readonly<Record<string, RadioType>> = { GSM: 'gsm', UMTS: 'wcdma', LTE: 'lte', NR: 'nr' };
const COLUMNS_MIN = 10;
/** 36 bits: a cell of 5G. */
const CELL_MAX = 0xf_ff_ff_ff_ff;
const AREA_MAX = 0xff_ff_ff;
/** A "range" beyond this is none. */
const RANGE_MAX_M = 300_000;
const SAMPLES_MAX = 2 ** 31 - 1;

/** Reads one line, without its end. */
export function readCellLine(line: string): CellLine {
  if (line.trim() === '') return { is: 'empty' };
  const columns = line.split(',');
  if (columns.length < COLUMNS_MIN) return { is: 'refused', why: 'columns' };
  const [name = '', mccText, netText, areaText, cellText, , lngText, latText, rangeText, samplesText] = columns;
  if (name === 'radio') return { is: 'header' };
  const radio = Object.hasOwn(RADIOS, name) ? RADIOS[name] : undefined;
  if (!radio) return { is: 'refused', why: 'radio' };
  const [mcc, mnc] = [wholeOf(mccText, 1, 999), wholeOf(netText, 0, 999)];
  if (mcc === undefined || mnc === undefined) return { is: 'refused', why: 'network' };
  const [area, cell] = [wholeOf(areaText, 0, AREA_MAX), wholeOf(cellText, 0, CELL_MAX)];
  if (area === undefined || cell === undefined) return { is: 'refused', why: 'cell' };
  const [lat, lng] = [degreesOf(latText, 90), degreesOf(lngText, 180)];
  if (lat === undefined || lng === undefined || (lat === 0 && lng === 0)) return { is: 'refused', why: 'place' };
  const [rangeM, samples] = [wholeOf(rangeText, 0, RANGE_MAX_M), wholeOf(samplesText, 0, SAMPLES_MAX)];
  if (rangeM === undefined || samples === undefined) return { is: 'refused', why: 'range' };
  return { is: 'cell', cell: { mcc, mnc, area, cell, radio, lat, lng, rangeM, samples } };
}

function wholeOf(text = '', least: number, most: number): number | undefined {
  const value = /^\d{1,11}$/.test(text) ? Number(text) : -1;
  return value >= least && value <= most ? value : undefined;
}

function degreesOf(text = '', most: number): number | undefined {
  const value = /^-?\d{1,3}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(value) <= most ? value : undefined;
}
