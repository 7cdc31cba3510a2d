// What support is sent fits one packet, whatever stands in it: long texts and lists are cut, with a mark where something is
// missing, as gently as the limit allows.

import { toUtf8 } from '@ewon-agent/contracts';

/** How much is left of each text (characters) and list (entries); the first that is short enough is taken. */
const CUTS: readonly Cut[] = [
  { characters: 4000, entries: 200 },
  { characters: 1000, entries: 50 },
  { characters: 200, entries: 20 },
  { characters: 80, entries: 5 },
];
/** Status and configuration have 6. */
const DEPTH_MAX = 20;
type Cut = { readonly characters: number; readonly entries: number };

/**
 * Cuts a bundle to a size.
 * @param bundle of JSON values
 * @param maxBytes of UTF-8 as JSON without blanks
 * @returns the bundle itself where it fits. Of a text its beginning is kept, of a list its end, which is the newest; each
 * cut says how much is missing, and `cut` says that there are some. When nothing helps, only `v`, `at`, `agent` and `cut` are left
 */
export function boundedBundle(bundle: object, maxBytes: number): object {
  if (sizeOf(bundle) <= maxBytes) return bundle;
  for (const cut of CUTS) {
    const shorter = { ...(shortened(bundle, cut) as object), cut: 'too long: texts and lists are shortened' };
    if (sizeOf(shorter) <= maxBytes) return shorter;
  }
  const heads = Object.entries(bundle).filter(([name]) => ['v', 'at', 'agent'].includes(name));
  return { ...Object.fromEntries(heads), cut: `too long: ${sizeOf(bundle)} bytes, limit ${maxBytes}` };
}

function shortened(value: unknown, cut: Cut, depth = 0): unknown {
  if (typeof value === 'string') {
    const missing = value.length - cut.characters;
    return missing > 0 ? `${value.slice(0, cut.characters)}… (${missing} characters more)` : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return '… (deeper)';
  if (Array.isArray(value)) {
    const kept = value.slice(-cut.entries).map((entry) => shortened(entry, cut, depth + 1));
    const missing = value.length - kept.length;
    return missing > 0 ? [`… (${missing} entries more)`, ...kept] : kept;
  }
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, shortened(of, cut, depth + 1)]));
}

function sizeOf(value: object): number {
  return toUtf8(JSON.stringify(value)).length;
}
