import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_FOLDERS } from './workspaces.ts';

// Which test files there are, and what each says about itself in its first lines.

/**
 * When a file runs. `together`: first, as many at a time as there are processors. `late`: after those, just as many at a time,
 * but nothing else beside them: it boots a board with a kernel of its own. `alone`: last, one at a time: it measures, or it
 * takes all processors or something that the whole machine shares.
 */
export type Turn = (typeof TURNS)[number];
export const TURNS = ['together', 'late', 'alone'] as const;

export type TestFile = {
  /** Path below the root, for people. */
  readonly path: string;
  readonly timeoutMs: number;
  readonly turn: Turn;
  /** Real processes and real time: what a busy machine can make fail. */
  readonly integration: boolean;
};

/** A whole file may take this long unless it says `// test-timeout: 900 s`; what takes a minute on a quiet machine has room on a busy one. */
const DEFAULT_FILE_TIMEOUT_MS = 600_000;
/** Only the head of a file is read for what it says about itself. */
const HEAD_LINES = 5;
const INTEGRATION = /\.integration\.test\.tsx?$/;

export type Selection = { readonly root: string; readonly only: 'all' | 'unit'; readonly patterns: readonly string[] };

/**
 * Finds the test files to run; integration tests first, because they take longest.
 * @returns the files, or a sentence: a pattern that matches nothing is an error, and so are no tests at all
 */
export function findTests({ root, only, patterns }: Selection): readonly TestFile[] | string {
  const paths = TEST_FOLDERS.flatMap((folder) =>
    globSync(`${folder}/**/*.test.{ts,tsx}`, { cwd: root, exclude: (path) => path.includes('node_modules') }),
  )
    .filter((path) => only === 'all' || !INTEGRATION.test(path))
    .sort((a, b) => Number(INTEGRATION.test(b)) - Number(INTEGRATION.test(a)) || a.localeCompare(b));
  const lost = patterns.find((pattern) => !paths.some((path) => path.includes(pattern)));
  if (lost !== undefined) return `no test file matches "${lost}"`;
  if (paths.length === 0) return 'there are no test files';
  return paths
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
    .map((path) => ({
      ...{ path, integration: INTEGRATION.test(path) },
      ...saysOfItself(readFileSync(join(root, path), 'utf8')),
    }));
}

/** Reads `// test-late`, `// test-alone` and `// test-timeout: N s` from the first lines of a test file. */
export function saysOfItself(source: string): Pick<TestFile, 'timeoutMs' | 'turn'> {
  const head = source.split('\n').slice(0, HEAD_LINES);
  const timeout = head
    .map((line) => /^\/\/ test-timeout: (\d+) s\b/.exec(line)?.[1])
    .find((seconds) => seconds !== undefined);
  return {
    timeoutMs: timeout === undefined ? DEFAULT_FILE_TIMEOUT_MS : Number(timeout) * 1000,
    turn: TURNS.find((turn) => head.some((line) => new RegExp(`^// test-${turn}\\b`).test(line))) ?? 'together',
  };
}
