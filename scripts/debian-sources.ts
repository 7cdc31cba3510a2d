import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasList } from './debian-packages.ts';
import { ROOT, TEST_FOLDERS } from './workspaces.ts';

/** The texts of all files that may ask for a program: tests, what only tests use, and lists of programs wherever they are. */
export function askingSources(): readonly string[] {
  const patterns = TEST_FOLDERS.map((folder) => `${folder}/**/*.{ts,tsx}`);
  const files = globSync(patterns, { cwd: ROOT, exclude: (path) => path.includes('node_modules') });
  return files
    .filter((file) => !file.endsWith('testing/debian.ts'))
    .map((file) => ({ isTest: /\.test\.tsx?$|\/testing\//.test(file), text: readFileSync(join(ROOT, file), 'utf8') }))
    .filter(({ isTest, text }) => isTest || hasList(text))
    .map(({ text }) => text);
}
