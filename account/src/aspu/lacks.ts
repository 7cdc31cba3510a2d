import type { AspuRole } from '../core/aspu-names.ts';
import { signaturesOf } from './metadata.ts';
import type { Drafts, Published } from './repository.ts';

/** What stands between a draft and its publication. */
export type Lack = {
  readonly role: string;
  readonly version: number;
  /** Signatures by keys of the role that it must be signed by, and how many of them there must be. */
  readonly signed?: {
    readonly by: AspuRole;
    readonly of: 'present' | 'next';
    readonly has: number;
    readonly needs: number;
  };
  /** It has expired then. */
  readonly expired?: string;
};

/** What signatures the drafts lack: each root by the keys of the one before and by its own (TUF 1.0 §5.3.4). */
export function lacksOf({ roots, targets }: Drafts, published: Published | undefined): readonly Lack[] {
  const lacks: Lack[] = [];
  let before = published?.root.signed;
  for (const file of roots) {
    const { version } = file.signed;
    for (const [of, root] of [
      ['present', before],
      ['next', file.signed],
    ] as const) {
      if (!root) continue;
      const [has, needs] = [signaturesOf(root, 'root', file), root.roles['root']?.threshold ?? 1];
      if (has < needs) lacks.push({ role: 'root', version, signed: { by: 'root', of, has, needs } });
    }
    before = file.signed;
  }
  const file = targets ?? published?.targets;
  if (!before || !file) return lacks;
  const [has, needs] = [signaturesOf(before, 'targets', file), before.roles['targets']?.threshold ?? 1];
  const of = roots.length > 0 ? 'next' : 'present';
  if (has < needs)
    lacks.push({ role: 'targets', version: file.signed.version, signed: { by: 'targets', of, has, needs } });
  return lacks;
}

/** Words a lack. */
export function lackText({ role, version, signed, expired }: Lack): string {
  if (expired !== undefined) return `${role} ${version} has expired at ${expired}: "account aspu renew ${role}"`;
  return `${role} ${version} has ${signed?.has} of ${signed?.needs} signatures by the ${signed?.of} ${signed?.by} keys`;
}
