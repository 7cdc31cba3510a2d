import { type AccountId, err, jsonReader, type Result, type Timestamp } from '@ewon-agent/contracts';

// What a backup of an account says of itself; its first entry. All others are listed in it, in their order.

/** Numbers a person recognises the account by. `linked`: Ewons that a restored account lets in. */
export type BackupCounts = {
  readonly linked: number;
  readonly pending: number;
  readonly activeKeys: number;
  readonly logLines: number;
};

export type BackupFile = { readonly name: string; readonly sizeBytes: number; readonly sha256: string };

/** @see docs/backup.md */
export type BackupManifest = {
  readonly v: 1;
  readonly takenAt: Timestamp;
  readonly accountId: AccountId;
  readonly accountName: string;
  readonly database: 'sqlite' | 'postgres';
  /** Migrations of the database, by name. */
  readonly migrations: readonly string[];
  readonly counts: BackupCounts;
  readonly files: readonly BackupFile[];
};

/** Name of the first entry. */
export const MANIFEST_NAME = 'manifest.json';
/** A hundred bytes for each file, and a repository of patches has thousands at the most. */
export const MANIFEST_MAX_BYTES = 8 * 1024 * 1024;
/** Folder of the entries that become files of the state directory. */
export const STATE_PREFIX = 'state/';
/** Name of the entry with the database. */
export const DATABASE_NAME = { sqlite: 'database/account.sqlite', postgres: 'database/account.dump' } as const;

const count = { type: 'integer', minimum: 0 };
const object = (properties: Record<string, object>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const read = jsonReader<BackupManifest>(
  object({
    v: { const: 1 },
    takenAt: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    accountId: { type: 'string', pattern: '^a_[a-z2-7]{26}$' },
    accountName: { type: 'string' },
    database: { enum: ['sqlite', 'postgres'] },
    migrations: { type: 'array', items: { type: 'string' } },
    counts: object({ linked: count, pending: count, activeKeys: count, logLines: count }),
    files: {
      type: 'array',
      items: object({
        name: { type: 'string', maxLength: 1024 },
        sizeBytes: count,
        sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      }),
    },
  }),
  'BACKUP_DAMAGED',
);
const readVersion = jsonReader<{ readonly v: number }>(object({ v: { type: 'integer', minimum: 2 } }));

/**
 * Reads a manifest, and tells whether a program with these migrations can restore what it lists.
 * Codes: BACKUP_DAMAGED, BACKUP_NEWER.
 */
export function readManifest(bytes: Uint8Array, known: readonly string[]): Result<BackupManifest> {
  const version = readVersion(bytes);
  if (version.ok) return err('BACKUP_NEWER', `form ${version.value.v}, known 1`);
  const manifest = read(bytes);
  if (!manifest.ok) return manifest;
  const { files, database, migrations } = manifest.value;
  const unknown = migrations.find((name) => !known.includes(name));
  if (unknown !== undefined) return err('BACKUP_NEWER', `database ${unknown}, known ${known.at(-1)}`);
  const names = files.map(({ name }) => name);
  const bad = names.find((name) => name !== DATABASE_NAME[database] && !isStateName(name));
  if (bad !== undefined) return err('BACKUP_DAMAGED', `a file ${bad}`);
  if (new Set(names).size !== names.length) return err('BACKUP_DAMAGED', 'a file twice');
  return names.includes(DATABASE_NAME[database]) ? manifest : err('BACKUP_DAMAGED', 'no database');
}

/** Tells whether an entry becomes a file below the state directory, and nowhere else. */
export function isStateName(name: string): boolean {
  if (!name.startsWith(STATE_PREFIX)) return false;
  return name.slice(STATE_PREFIX.length).split('/').every(isPlainName);
}

/** @returns false for what would lead elsewhere, or that no file of ours is called */
function isPlainName(part: string): boolean {
  return part.length <= 255 && /^[\w-][\w.+@~-]*$/.test(part);
}

/** Files of a state directory that are not kept: what belongs to one process or one start, and what must not come back. */
const LEFT_OUT: readonly RegExp[] = [
  /^account\.sqlite(-\w+)?$/, // the database is copied by itself
  /(^|\/)lock\.sqlite(-\w+)?$/,
  /^admin\.json$/,
  /^nonce\.key$/, // a new one makes every nonce that was used since the backup worthless
  /(^|\/)\./, // unfinished files
  /^aspu-draft\/incoming\//,
];

/** Tells whether a file of a state directory, by its name below it, belongs into a backup. */
export function isKept(name: string): boolean {
  return !LEFT_OUT.some((pattern) => pattern.test(name));
}
