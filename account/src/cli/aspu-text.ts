import { lackText } from '../aspu/lacks.ts';
import type { AspuPatchView, AspuView } from '../aspu/view.ts';
import { table } from './answer.ts';

/** Words a repository of patches for a terminal. */
export function aspuText(view: AspuView, { keys }: { readonly keys: boolean }): string {
  const { patchRoot, roles, patches, drafted, lacks } = view;
  const blocks = [
    patchRoot === null
      ? 'Nothing is published yet: account aspu publish'
      : [`repository ${patchRoot}`, roleTable(roles)].join('\n'),
    patches.length === 0
      ? 'No patch is there yet: account aspu add FILE --kind ewon-firmware --severity high'
      : patchTable(patches),
    ...(drafted.length > 0 ? [draftText({ drafted, lacks })] : []),
    ...(keys ? [keyTable(view)] : []),
  ];
  return blocks.join('\n\n');
}

function roleTable(roles: AspuView['roles']): string {
  return table(
    ['role', 'version', 'expires', ''],
    roles.map(({ role, version, expiresAt, expiresSoon }) => [
      ...[role, String(version), expiresAt],
      expiresSoon ? `soon: account aspu renew ${role}` : '',
    ]),
  );
}

function patchTable(patches: readonly AspuPatchView[]): string {
  return table(
    ['patch', 'kind', 'version', 'for', 'from', 'requires', 'severity', 'CVEs', 'bytes', 'state'],
    patches.map(({ path, length, custom, state }) => [
      ...[path, custom.kind, custom.version, listed(custom.productCodes, 'all'), listed(custom.from, 'any older')],
      ...[listed(custom.requires, '-'), custom.severity, listed(custom.cves, '-'), String(length), STATE_WORDS[state]],
    ]),
  );
}

const STATE_WORDS: Readonly<Record<AspuPatchView['state'], string>> = {
  published: 'published',
  added: 'drafted',
  revoked: 'published, to be revoked',
};

function draftText({ drafted, lacks }: Pick<AspuView, 'drafted' | 'lacks'>): string {
  return [
    `drafted: ${drafted.map(({ role, version }) => `${role} ${version}`).join(', ')}`,
    ...(lacks.length > 0
      ? [...lacks.map(lackText), 'Next: account aspu sign --key FILE']
      : ['signed by all; next: account aspu publish']),
  ].join('\n');
}

function keyTable({ keys }: AspuView): string {
  return table(
    ['key', 'role', 'needs', 'state'],
    keys.map(({ keyId, role, threshold, state }) => [keyId.slice(0, 8), role, String(threshold), state]),
  );
}

function listed(words: readonly string[], none: string): string {
  return words.length > 0 ? words.join(',') : none;
}
