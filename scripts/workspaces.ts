import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The top folder of the repository. */
export const ROOT = dirname(import.meta.dirname);

/** The folders of the npm workspaces, as package.json lists them. */
export const WORKSPACES: readonly string[] = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).workspaces;

/** The folders in which tests stand. */
export const TEST_FOLDERS: readonly string[] = [...WORKSPACES, 'scripts', 'packaging'];
