import type { Registration } from '../api-types.ts';

/** Cards shown at once: a page of fifty is there at once, and a person decides about no more without searching. */
export const SHOWN_AT_ONCE = 50;
/** The server takes no more in one order. */
export const SELECTED_MAX = 1000;

/** Those of the waiting ones in which every word of a search stands, in their order. */
export function matching(pending: readonly Registration[], search: string): readonly Registration[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return pending;
  return pending.filter((registration) => {
    const text = textOf(registration);
    return words.every((word) => text.includes(word));
  });
}

function textOf(r: Registration): string {
  const told = [r.serial, r.note, r.model, r.firmware, r.agent, r.network, r.address, r.grkId, r.pool, r.fingerprint];
  return [...told, ...r.macs].join('\n').toLowerCase();
}

/**
 * The ids that are selected after a person changed some: no more than one order takes.
 * @param waiting who waits still: one that was decided about meanwhile takes nobody's place
 */
export function selectedAfter(
  selected: ReadonlySet<string>,
  waiting: readonly Pick<Registration, 'id'>[],
  change: { readonly ids: readonly string[]; readonly to: 'selected' | 'not' },
): ReadonlySet<string> {
  const after = new Set(waiting.flatMap(({ id }) => (selected.has(id) ? [id] : [])));
  for (const id of change.ids) {
    if (change.to === 'not') after.delete(id);
    else if (after.size < SELECTED_MAX) after.add(id);
  }
  return after;
}
