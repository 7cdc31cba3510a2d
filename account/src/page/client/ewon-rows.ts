import type { Ewon, EwonRow, Policy } from './api-types.ts';

// What a change of an Ewon means for what is shown of it.

/**
 * Rows with those that changed in their place: what was removed or replaced is gone, what is not among them is not added, and what
 * only the list tells of a row stays.
 * @returns the same rows when none of them changed
 */
export function changedRows(rows: readonly EwonRow[], changed: readonly Ewon[]): readonly EwonRow[] {
  const now = new Map<string, Ewon>(changed.map((row) => [row.deviceId, row]));
  if (!rows.some(({ deviceId }) => now.has(deviceId))) return rows;
  return rows.flatMap((row): readonly EwonRow[] => {
    const to = now.get(row.deviceId);
    if (!to) return [row];
    return isListed(to) ? [{ ...to, ...(row.undoUntil && { undoUntil: row.undoUntil }) }] : [];
  });
}

/** Keeps no place while geolocation is off, also one that a change on its way still carried. */
export function allowedRows(rows: readonly EwonRow[], { geolocation }: Pick<Policy, 'geolocation'>): typeof rows {
  if (geolocation || rows.every(({ location }) => location === undefined)) return rows;
  return rows.map(({ location: _, ...row }) => row);
}

/** Removed and replaced Ewons are history. */
export function isListed({ link }: Pick<Ewon, 'link'>): boolean {
  return link === 'linked' || link === 'unlinked';
}

/** What patches hang on, in one text: most of what changes is when an Ewon was heard last. */
export function patchFacts({ patch, link, name, status, firmware, agent }: Ewon): string {
  return [patch?.epoch, patch?.seq, link, name, status, firmware, agent].join();
}
