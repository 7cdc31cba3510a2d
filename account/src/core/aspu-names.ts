// Names of files in the tree of a TUF repository with consistent snapshots (TUF 1.0 §3.1.1, §6.2).

export type AspuRole = 'root' | 'targets' | 'snapshot' | 'timestamp';
/** The roles in the order in which a person reads of them. */
export const ASPU_ROLES: readonly AspuRole[] = ['root', 'targets', 'snapshot', 'timestamp'];

export const TIMESTAMP_FILE = 'timestamp.json';
/** Folder of the patches themselves. */
export const TARGETS_FOLDER = 'targets';

const METADATA = /^([1-9]\d{0,15})\.(root|targets|snapshot)\.json$/;
const TARGET = /^([0-9a-f]{64})\.([A-Za-z0-9][A-Za-z0-9._-]{0,99})$/;

export function metadataFile(role: Exclude<AspuRole, 'timestamp'>, version: number): string {
  return `${version}.${role}.json`;
}

/** Reads the name of a file of metadata that never changes; `timestamp.json` is none. */
export function parseMetadataFile(name: string): { readonly role: string; readonly version: number } | undefined {
  const [, version, role] = METADATA.exec(name) ?? [];
  return version === undefined || role === undefined ? undefined : { role, version: Number(version) };
}

export function targetFile({ path, sha256 }: { readonly path: string; readonly sha256: string }): string {
  return `${sha256}.${path}`;
}

/** Reads the name of a patch's file. */
export function parseTargetFile(name: string): { readonly sha256: string; readonly path: string } | undefined {
  const [, sha256, path] = TARGET.exec(name) ?? [];
  return sha256 === undefined || path === undefined ? undefined : { sha256, path };
}
