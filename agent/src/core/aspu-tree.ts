// The tree of a repository of patches as "account aspu export" writes it (docs/aspu.md), in an archive: which of its files belong to it,
// and where they are put. What is in them is judged by TUF and by nobody else.

/** As much as is taken: five versions of the agent and a firmware, a dozen times what a card has today. */
export const ASPU_TREE_LIMITS = { files: 1000, allBytes: 256 * 1024 * 1024 } as const;

const METADATA = /^(?:timestamp|[1-9]\d{0,15}\.(?:root|targets|snapshot))\.json$/;
const TARGET = /^targets\/[0-9a-f]{64}\.[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * The place of a file below the root of the tree, for its name in the archive: with or without the folder `aspu`, or that of a
 * whole card, before it. Undefined for what is no file of a repository, and for whatever leads elsewhere.
 */
export function aspuPlaceOf(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || name.startsWith('/')) return undefined;
  for (const place of [parts.slice(-2).join('/'), parts.slice(-1).join('/')]) {
    const isTarget = TARGET.test(place);
    const before = parts.slice(0, isTarget ? -2 : -1);
    const isAtRoot = before.length === 0 || before.at(-1) === 'aspu';
    if (isAtRoot && (isTarget || METADATA.test(place))) return place;
  }
  return undefined;
}
