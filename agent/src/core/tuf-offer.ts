import { type Patch, readPatchCustom } from '@ewon-agent/contracts';

// What a repository that is trusted offers.

/** A target as its metadata says it. */
export type SignedTarget = {
  readonly path: string;
  readonly length: number;
  readonly hashes: Readonly<Record<string, string>>;
  readonly custom: unknown;
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** The targets that are patches; others, as those of a later release, are left out. */
export function patchesOf(targets: readonly SignedTarget[]): Patch[] {
  return targets.flatMap(({ path, length, hashes, custom }) => {
    const sha256 = hashes['sha256'];
    const read = readPatchCustom(new TextEncoder().encode(JSON.stringify(custom ?? null)));
    const isPatch = NAME.test(path) && Number.isSafeInteger(length) && sha256 !== undefined && SHA256.test(sha256);
    return isPatch && read.ok ? [{ path, length, sha256, custom: read.value }] : [];
  });
}

/** Where a target lies below the directory of targets: with consistent snapshots its name begins with its hash (TUF 6.2). */
export function targetPlace(path: string, sha256: string, isConsistent: boolean): string {
  if (!isConsistent) return path;
  const at = path.lastIndexOf('/') + 1;
  return `${path.slice(0, at)}${sha256}.${path.slice(at)}`;
}

/** Tells whether what was offered is the same patch, and not another one of that name. */
export function isSamePatch(a: Patch, b: Patch): boolean {
  return a.path === b.path && a.sha256 === b.sha256 && a.length === b.length;
}
