import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something of somebody else that is inside the package. */
export type Part = { readonly name: string; readonly version: string; readonly licence: string; readonly text: string };

/**
 * Finds the npm packages that source files belong to, with what each says of its licence.
 * @param sources absolute paths; those outside `node_modules` are ours and left out
 */
export function npmParts(sources: readonly string[]): readonly Part[] {
  const folders = sources.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].map(partIn).sort((a, b) => a.name.localeCompare(b.name));
}

/** Writes `/usr/share/doc/ewon-agent/copyright`: our licence, and that of each part with its text. */
export function copyrightPage(parts: readonly Part[]): string {
  const chapters = parts.map(
    ({ name, version, licence, text }) => `${RULE}\n${name} ${version} (${licence})\n${RULE}\n\n${text.trim()}\n`,
  );
  return `${OURS}\n${chapters.join('\n')}`;
}

const APACHE = 'On Debian systems its text is in /usr/share/common-licenses/Apache-2.0.';
const RULE = '-'.repeat(72);

const OURS = `ewon-agent is licensed under the Apache License, Version 2.0; on Debian systems its
text is in /usr/share/common-licenses/Apache-2.0.

Copyright: the ewon-agent authors

Inside it are the following parts of others, each under its own licence.
`;

function partIn(folder: string): Part {
  const { name, version, license = 'see its text' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  // Debian has the long texts once for all
  if (license === 'Apache-2.0') return { name, version, licence: license, text: APACHE };
  const text = file ? readFileSync(join(folder, file), 'utf8') : `Licence: ${license} (its package has no other text)`;
  return { name, version, licence: license, text };
}
