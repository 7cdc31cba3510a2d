import { err, jsonReader, ok, type RepositoryRead, type Result, sha256Hex, toUtf8 } from '@ewon-agent/contracts';
import type { TufFloors } from './tuf-floors.ts';
import type { TufTime } from './tuf-time.ts';

// What survives of a repository, in three files. Each begins with the hash of what follows, because a bit that fell over must not
// be taken for an attack, nor an empty file for a repository that was never seen.

/** The first root that was trusted; with it the chain of roots begins when everything else is lost. */
export type SavedFirstRoot = { readonly root: string };
/** The metadata that is trusted, by file name, and what the last refresh that succeeded offered. */
export type SavedTrust = {
  readonly anchor: string;
  readonly files: Readonly<Record<string, string>>;
  readonly read?: RepositoryRead;
  /** Names of targets begin with their hash. */
  readonly isConsistent?: boolean;
};
/** Versions and time, which do not go back. `anchor` is the hash of the first root, in hex. */
export type SavedFloors = { readonly anchor: string; readonly floors: TufFloors; readonly time: TufTime };

/** Writes one of them. */
export function savedTufText(saved: SavedFirstRoot | SavedTrust | SavedFloors): string {
  const text = JSON.stringify({ v: 1, ...saved });
  return `${sha256Hex(toUtf8(text))}\n${text}`;
}

/** Reads one of them back; undefined when there is none. Codes: PATCH_SAVED_DAMAGED. */
function reading<T>(name: string, read: ReturnType<typeof jsonReader<T>>) {
  return (saved: string | undefined): Result<T | undefined> => {
    if (saved === undefined) return ok(undefined);
    const text = toUtf8(saved.slice(saved.indexOf('\n') + 1));
    if (!saved.startsWith(`${sha256Hex(text)}\n`)) return err('PATCH_SAVED_DAMAGED', name);
    const value = read(text);
    return value.ok ? value : err('PATCH_SAVED_DAMAGED', `${name}: ${value.fault.detail}`);
  };
}

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const object = (required: readonly string[], properties: object) => ({ type: 'object', required, properties });
const mapOf = (additionalProperties: object) => ({ type: 'object', additionalProperties });
const anchor = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const signedBy = { type: 'array', items: text };

export const readSavedFirstRoot = reading<SavedFirstRoot>(
  'first-root',
  jsonReader(object(['v', 'root'], { v: { const: 1 }, root: text })),
);
export const readSavedTrust = reading<SavedTrust>(
  'trusted',
  jsonReader(
    object(['v', 'anchor', 'files'], {
      v: { const: 1 },
      anchor,
      files: mapOf(text),
      read: { type: 'object' },
      isConsistent: { type: 'boolean' },
    }),
  ),
);
export const readSavedFloors = reading<SavedFloors>(
  'floors',
  jsonReader(
    object(['v', 'anchor', 'floors', 'time'], {
      v: { const: 1 },
      anchor,
      floors: object(['root'], {
        root: count,
        timestamp: object(['version', 'snapshot', 'signedBy'], { version: count, snapshot: count, signedBy }),
        snapshot: object(['version', 'meta', 'signedBy'], { version: count, meta: mapOf(count), signedBy }),
      }),
      time: object(['confirmedMs', 'expired'], { confirmedMs: { type: 'number', minimum: 0 }, expired: mapOf(count) }),
    }),
  ),
);
