import { err, ok, type Result } from '@ewon-agent/contracts';
import type { Root } from '@tufjs/models';
import { ASPU_ROLES, metadataFile } from '../core/aspu-names.ts';
import type { AspuKey } from './keys.ts';
import { bytesOf, signWith } from './metadata.ts';
import { type AspuDesk, readDrafts, readPublished, TARGETS_DRAFT } from './repository.ts';

/** What a key has signed. */
export type SignedDraft = { readonly keyId: string; readonly role: 'root' | 'targets'; readonly version: number };

/**
 * Signs the drafts with keys of people: each what it may sign. Of a root that changes its own keys the old ones and the new
 * ones. Signs nothing when one of the keys may sign nothing. Must be called within `alone`; needs no key of the server.
 * Codes: ASPU_NONE, CONFLICT when nothing is drafted, ASPU_KEY_FOREIGN.
 */
export function signDrafts(
  { tree, draft }: Pick<AspuDesk, 'tree' | 'draft'>,
  keys: readonly AspuKey[],
): Result<readonly SignedDraft[]> {
  const published = readPublished(tree);
  const { roots, targets } = readDrafts(draft, published);
  const known = [...(published ? [published.root.signed] : []), ...roots.map((file) => file.signed)];
  if (known.length === 0) return err('ASPU_NONE');
  if (roots.length === 0 && !targets) return err('CONFLICT', 'nothing is drafted that could be signed');
  const signed: SignedDraft[] = [];
  for (const made of keys) {
    const { keyID: keyId } = made.key;
    const before = signed.length;
    for (const file of roots) {
      const { version } = file.signed;
      const preceding = known.filter((root) => root.version === version - 1 || root.version === version);
      if (!preceding.some((root) => names(root, 'root', keyId))) continue;
      signWith(file, made);
      signed.push({ keyId, role: 'root', version });
    }
    if (targets && known.some((root) => names(root, 'targets', keyId))) {
      signWith(targets, made);
      signed.push({ keyId, role: 'targets', version: targets.signed.version });
    }
    if (signed.length === before) return err('ASPU_KEY_FOREIGN', foreignText(keyId, known));
  }
  for (const file of roots) draft.write(metadataFile('root', file.signed.version), bytesOf(file));
  if (targets) draft.write(TARGETS_DRAFT, bytesOf(targets));
  return ok(signed);
}

function foreignText(keyId: string, known: readonly Root[]): string {
  const roles = ASPU_ROLES.filter((role) => known.some((root) => names(root, role, keyId)));
  const what = roles.length > 0 ? `it signs ${roles.join(' and ')}, of which nothing is drafted` : 'no root names it';
  return `key ${keyId.slice(0, 8)}: ${what}`;
}

function names(root: Root, role: string, keyId: string): boolean {
  return root.roles[role]?.keyIDs.includes(keyId) === true;
}
