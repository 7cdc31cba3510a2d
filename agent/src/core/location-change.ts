import { distanceM, type LocationEvidence } from '@ewon-agent/contracts';
import { cellName } from './location-cells.ts';

// What makes evidence worth a message: not that time has passed, nor that a signal moved, nor that a source fell silent, but that
// what was told does not lead to the place any more.

/** Which part of the evidence changed; `first`: nothing was told yet. */
export type LocationChange = 'first' | 'cells' | 'wifi' | 'gnss' | 'ip';

/**
 * Compares what is known with what was told. A kind of evidence that is missing now is no change: what was told is the best there is.
 * @param moveMetres a fix that is nearer than this to the one told is at the same place, however exact both are
 */
export function changeOf(
  told: LocationEvidence | undefined,
  now: LocationEvidence,
  moveMetres: number,
): LocationChange | undefined {
  if (!told) return 'first';
  if (hasMoved(told, now, moveMetres)) return 'gnss';
  if (hasOtherAccessPoints(told, now)) return 'wifi';
  if (hasOtherCell(told, now)) return 'cells';
  return told.considerIp === now.considerIp ? undefined : 'ip';
}

/** Nothing in it leads to a place. */
export function isEmptyEvidence({ considerIp, cellTowers, wifiAccessPoints, gnss }: LocationEvidence): boolean {
  return !considerIp && !cellTowers && !wifiAccessPoints && !gnss;
}

/** What is in it, in counts and kinds: for people who do not need the place. */
export function evidenceText({ considerIp, cellTowers = [], wifiAccessPoints = [], gnss }: LocationEvidence): string {
  const parts = [
    cellTowers.length > 0 ? counted(cellTowers.length, 'cell') : '',
    wifiAccessPoints.length > 0 ? counted(wifiAccessPoints.length, 'access point') : '',
    gnss ? `a fix within ${gnss.accuracy} m` : '',
    considerIp ? 'the address' : '',
  ];
  return parts.filter(Boolean).join(', ') || 'nothing';
}

/** A number of things in words: `1 cell`, `2 cells`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function hasMoved({ gnss: told }: LocationEvidence, { gnss: now }: LocationEvidence, moveMetres: number): boolean {
  if (!now) return false;
  return !told || distanceM(told, now) > Math.max(moveMetres, told.accuracy, now.accuracy);
}

/** Fewer than half of the larger set are in both. */
function hasOtherAccessPoints(told: LocationEvidence, { wifiAccessPoints: now }: LocationEvidence): boolean {
  if (!now) return false;
  const before = new Set((told.wifiAccessPoints ?? []).map(({ macAddress }) => macAddress));
  const both = now.filter(({ macAddress }) => before.has(macAddress)).length;
  return 2 * both < Math.max(before.size, now.length);
}

function hasOtherCell({ cellTowers: told = [] }: LocationEvidence, { cellTowers: now = [] }: LocationEvidence) {
  const before = told.map(cellName);
  return now.some((cell) => !before.includes(cellName(cell)));
}
