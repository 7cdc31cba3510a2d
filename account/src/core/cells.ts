import type { CellTower, RadioType } from '@ewon-agent/contracts';
import { type Circle, gapM, spreadOf } from './globe.ts';

// What the cells that a device hears say of where it is, by a table of cells as OpenCelliD gives it out.

/** What names a cell: PLMN, location or tracking area, and its number there. */
export type CellName = {
  readonly mcc: number;
  readonly mnc: number;
  readonly area: number;
  readonly cell: number;
  readonly radio: RadioType;
};
/** A cell with its place. `rangeM`: how far from it those were who measured it; 0 where that is not known. */
export type CellRecord = CellName & {
  readonly lat: number;
  readonly lng: number;
  readonly rangeM: number;
  readonly samples: number;
};
/** What the table is known to hold of one network. */
export type CellCount = {
  readonly mcc: number;
  readonly mnc: number;
  readonly radio: RadioType;
  readonly cells: number;
};

/** A handset of GSM is at most 35 km from its mast (timing advance, 3GPP TS 45.010 §5.6); cells of later networks are smaller but for rare ones. */
const CELL_REACH_M = 35_000;
/** Who measures stands in a street: below that the range of a cell tells of the street and not of the cell. */
const CELL_RANGE_MIN_M = 500;
/** An area of which fewer cells are known may reach far beyond them. */
const AREA_CELLS_ENOUGH = 5;

/** The name of a cell as a device tells it. */
export function nameOfCell(tower: CellTower): CellName {
  const { mobileCountryCode: mcc, mobileNetworkCode: mnc, locationAreaCode: area, cellId: cell } = tower;
  return { mcc, mnc, area, cell, radio: tower.radioType };
}

/**
 * Where a device is that hears a cell of the table: within the range that was measured, or as far as a cell reaches when
 * only one has measured it or nobody knows the range.
 */
export function circleOfCell({ lat, lng, rangeM, samples }: CellRecord): Circle {
  const isMeasured = rangeM > 0 && samples > 1;
  return { lat, lng, accuracy: isMeasured ? Math.max(rangeM, CELL_RANGE_MIN_M) : CELL_REACH_M };
}

/**
 * The smallest circle of those that most others agree with; undefined when there are none. A device is in all of them
 * at once, so that one that lies away from the rest is a mistake of the table.
 */
export function placeByCells(cells: readonly CellRecord[]): Circle | undefined {
  const circles = cells.map(circleOfCell);
  const agreeing = (one: Circle) => circles.filter((other) => gapM(one, other) === 0).length;
  return circles
    .map((circle) => ({ circle, agreeing: agreeing(circle) }))
    .toSorted((a, b) => b.agreeing - a.agreeing || a.circle.accuracy - b.circle.accuracy)[0]?.circle;
}

/** Where a device is that hears an unknown cell of an area, by the known cells of it; undefined when there are none. */
export function placeByArea(cells: readonly CellRecord[]): Circle | undefined {
  const spread = spreadOf(cells.map(circleOfCell));
  if (!spread || cells.length >= AREA_CELLS_ENOUGH) return spread;
  return { ...spread, accuracy: Math.max(spread.accuracy, CELL_REACH_M) };
}
