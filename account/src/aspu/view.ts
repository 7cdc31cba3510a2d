import { type Patch, sha256Hex, type Timestamp } from '@ewon-agent/contracts';
import { ASPU_ROLES, type AspuRole } from '../core/aspu-names.ts';
import { expiresSoon } from '../core/aspu-times.ts';
import { type Lack, lacksOf } from './lacks.ts';
import { patchesOf } from './metadata.ts';
import { type AspuDesk, firstRoot, readDrafts, readPublished } from './repository.ts';

/** How a role stands. */
export type AspuRoleView = {
  readonly role: AspuRole;
  readonly version: number;
  readonly expiresAt: Timestamp;
  /** People must sign it anew within a month. */
  readonly expiresSoon: boolean;
};
export type AspuKeyView = {
  readonly keyId: string;
  readonly role: AspuRole;
  /** `next` and `past`: when what is drafted is published. */
  readonly state: 'present' | 'next' | 'past';
  readonly threshold: number;
};
export type AspuPatchView = Patch & {
  /** `added` and `revoked` are drafted and not published. */
  readonly state: 'published' | 'added' | 'revoked';
};

/** `GET /api/v1/aspu`, and `account aspu list`. */
export type AspuView = {
  /** By which devices know the repository; null before its first publication. */
  readonly patchRoot: string | null;
  readonly roles: readonly AspuRoleView[];
  readonly patches: readonly AspuPatchView[];
  /** What is drafted, by role and version. */
  readonly drafted: readonly { readonly role: 'root' | 'targets'; readonly version: number }[];
  readonly lacks: readonly Lack[];
  readonly keys: readonly AspuKeyView[];
};

/** Shows the repository and what is drafted; undefined when there is none. */
export function viewOf({ tree, draft, nowMs }: Pick<AspuDesk, 'tree' | 'draft' | 'nowMs'>): AspuView | undefined {
  const published = readPublished(tree);
  const drafts = readDrafts(draft, published);
  if (!published && drafts.roots.length === 0) return undefined;
  const first = firstRoot(tree);
  const files = published ? [published.root, published.targets, published.snapshot, published.timestamp] : [];
  const now = published ? patchesOf(published.targets.signed) : [];
  const next = drafts.targets ? patchesOf(drafts.targets.signed) : now;
  const has = (list: readonly Patch[], { path, sha256 }: Patch) =>
    list.some((other) => other.path === path && other.sha256 === sha256);
  const before = published?.root.signed;
  const after = drafts.roots.at(-1)?.signed ?? before;
  const keys = ASPU_ROLES.flatMap((role) => {
    const [old = [], new_ = []] = [before?.roles[role]?.keyIDs, after?.roles[role]?.keyIDs];
    return [...new Set([...old, ...new_])].map((keyId): AspuKeyView => {
      const threshold = (new_.includes(keyId) ? after : before)?.roles[role]?.threshold ?? 1;
      const state = !new_.includes(keyId) ? 'past' : old.includes(keyId) || !before ? 'present' : 'next';
      return { keyId, role, state, threshold };
    });
  });
  return {
    patchRoot: first && published ? sha256Hex(first) : null,
    roles: files.map(({ signed }) => ({
      role: signed.type,
      version: signed.version,
      expiresAt: signed.expires,
      expiresSoon:
        (signed.type === 'root' || signed.type === 'targets') && expiresSoon(Date.parse(signed.expires), nowMs),
    })),
    patches: [
      ...now.map((patch) => ({ ...patch, state: has(next, patch) ? ('published' as const) : ('revoked' as const) })),
      ...next.filter((patch) => !has(now, patch)).map((patch) => ({ ...patch, state: 'added' as const })),
    ],
    drafted: [
      ...drafts.roots.map(({ signed }) => ({ role: 'root' as const, version: signed.version })),
      ...(drafts.targets ? [{ role: 'targets' as const, version: drafts.targets.signed.version }] : []),
    ],
    lacks: lacksOf(drafts, published),
    keys,
  };
}
