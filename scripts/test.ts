import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTests, type TestFile, TURNS } from './test-files.ts';
import { type Outcome, outcomeOf } from './test-outcome.ts';
import { runTestFile } from './test-process.ts';
import { ROOT } from './workspaces.ts';

// npm test -- [--unit] [--again] [--verbose] [part of a path …]
// Runs each test file as a process of its own, as many at a time as there are processors; the last line is
// "N passed, N failed, N skipped". With CI=true or YES=1 a skipped test is a failure: there nobody reads "SKIP".
// --again runs integration tests that failed once more, by themselves: decision 0054.

type Done = {
  readonly file: TestFile;
  readonly ms: number;
  readonly outcome: Outcome;
  /** What it was like the first time, where it failed then. */
  readonly first?: Outcome;
};
const SLOWEST = 5;
/** Where more fail, it is not for the machine. */
const AGAIN_MAX = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    unit: { type: 'boolean' },
    again: { type: 'boolean' },
    verbose: { type: 'boolean' },
    root: { type: 'string', default: ROOT },
  },
});
const found = findTests({ root: values.root, only: values.unit ? 'unit' : 'all', patterns: positionals });
if (typeof found === 'string') {
  process.stderr.write(`${found}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await runAll(found);
}

async function runAll(files: readonly TestFile[]): Promise<number> {
  // 0755: a daemon that gives up root (mosquitto) must be able to reach what a test made for it
  const temp = mkdtempSync(join(tmpdir(), 'ewon-test-'));
  chmodSync(temp, 0o755);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const done: Done[] = [];
  const runOne = async (file: TestFile, first?: Outcome): Promise<void> => {
    const folder = join(temp, `${files.indexOf(file)}${first ? '-again' : ''}`);
    mkdirSync(folder, { mode: 0o755 });
    const ended = await runTestFile(values.root, file, folder, stop.signal);
    if (stop.signal.aborted) return;
    const outcome = outcomeOf(ended, file.timeoutMs);
    done.push({ file, ms: ended.ms, outcome, ...(first && { first }) });
    say(progressLine(file, outcome, ended.ms));
    for (const line of [...outcome.skips, ...outcome.problems]) say(under(line));
    if (outcome.failed > 0 || values.verbose) say(ended.output.replaceAll(/^(?=.)/gm, '   | '));
  };
  try {
    for (const turn of TURNS) {
      // what may take longest begins first, so that little is left to run by itself at the end
      const inTurn = files.filter((file) => file.turn === turn);
      if (turn === 'late') inTurn.sort((a, b) => b.timeoutMs - a.timeoutMs);
      const lanes = turn === 'alone' ? 1 : availableParallelism();
      await Promise.all(Array.from({ length: lanes }, () => drain(inTurn, runOne, stop.signal)));
    }
    for (const failed of values.again ? toRunAgain(done) : []) {
      if (stop.signal.aborted) break;
      say(`once more, by itself: ${failed.file.path}`);
      done.splice(done.indexOf(failed), 1);
      await runOne(failed.file, failed.outcome);
    }
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  if (stop.signal.aborted) return 130;
  return report(done);
}

/** Takes files off a shared list until it is empty; several drains of one list share the work. */
async function drain(files: TestFile[], runOne: (file: TestFile) => Promise<void>, stop: AbortSignal): Promise<void> {
  for (let file = files.shift(); file && !stop.aborted; file = files.shift()) await runOne(file);
}

/** Few integration tests and nothing else: what fails in a unit test fails for a reason that is in it. */
function toRunAgain(done: readonly Done[]): readonly Done[] {
  const failed = done.filter(({ outcome }) => outcome.failed > 0);
  return failed.length <= AGAIN_MAX && failed.every(({ file }) => file.integration) ? failed : [];
}

function report(done: readonly Done[]): number {
  const sum = (pick: (outcome: Outcome) => number): number =>
    done.reduce((total, { outcome }) => total + pick(outcome), 0);
  const [passed, failed, skipped] = [sum((o) => o.passed), sum((o) => o.failed), sum((o) => o.skipped)];
  const slowest = done.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  say(`\nslowest: ${slowest.map(({ file, ms }) => `${file.path} ${seconds(ms)}`).join(', ')}`);
  // said once more, because the end is what everybody reads
  for (const { file, outcome, first } of done) {
    if (first && outcome.failed === 0) tell(`flaky, passed when it ran by itself: ${file.path}`, first);
    if (outcome.failed > 0) tell(`failed: ${file.path}`, outcome);
  }
  const strict = process.env['CI'] === 'true' || process.env['YES'] === '1';
  if (strict && skipped > 0) say('skipped tests count as failures here (CI=true or YES=1)');
  say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 || (strict && skipped > 0) ? 1 : 0;
}

function tell(title: string, { problems, fails }: Outcome): void {
  for (const line of [title, ...problems.map(under), ...fails.map(under)]) say(line);
}

function under(line: string): string {
  return `     ${line}`;
}

function progressLine(file: TestFile, outcome: Outcome, ms: number): string {
  const counts = [`${outcome.passed} passed`];
  if (outcome.failed > 0) counts.push(`${outcome.failed} failed`);
  if (outcome.skipped > 0) counts.push(`${outcome.skipped} skipped`);
  return `${outcome.failed > 0 ? 'FAIL' : 'ok  '} ${file.path}  ${counts.join(', ')}  ${seconds(ms)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
