import { stripVTControlCharacters } from 'node:util';
import { TALLY_MARK, type Tally } from '@ewon-agent/contracts/suites/tally';
import type { Ended } from './test-process.ts';

/** What one test file adds to the counts; `problems` are said beside its output. */
export type Outcome = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly problems: readonly string[];
  /** Lines that say what was skipped and why. */
  readonly skips: readonly string[];
  /** Lines that say which tests failed, and the beginning of why. */
  readonly fails: readonly string[];
};

/** As uvu prints it: `FAIL  suite  "test"`, and below what was thrown. */
const FAIL_LINE = /^ *FAIL {2}\S/;
/** Of what was thrown; the rest stands further up, in the output of the file. */
const WHY_LINES = 4;

/**
 * Judges how a test file ended. Only a tally that adds up, with exit status 0, is green: a file that printed none,
 * ran fewer tests than it declared, declared none, or ended by a signal has failed.
 */
export function outcomeOf(ended: Ended, timeoutMs: number): Outcome {
  const skips = ended.output.split('\n').filter((line) => line.startsWith('SKIP '));
  const fails = failsIn(ended.output);
  const tally = tallyIn(ended.output);
  const problems: string[] = [];
  if (ended.timedOut)
    problems.push(`killed: did not end within ${timeoutMs / 1000} s (a file may say "// test-timeout: 900 s")`);
  else if (ended.signal !== null) problems.push(`ended by ${ended.signal}`);
  if (tally === undefined) {
    if (problems.length === 0)
      problems.push(`exit status ${ended.exitCode} without a tally: is there a suite() in it?`);
    return { passed: 0, failed: problems.length, skipped: 0, problems, skips, fails };
  }
  const notRun = tally.declared - tally.passed - tally.failed - tally.skipped;
  if (notRun !== 0) problems.push(`${notRun} of ${tally.declared} declared tests did not run`);
  if (tally.declared === 0) problems.push('declares no test');
  const red = tally.failed + Math.max(notRun, 0);
  if (ended.exitCode !== 0 && red === 0 && problems.length === 0)
    problems.push(`exit status ${ended.exitCode} although no test failed`);
  return {
    passed: tally.passed,
    failed: Math.max(red, tally.failed + Math.min(problems.length, 1)),
    skipped: tally.skipped,
    problems,
    skips,
    fails,
  };
}

function failsIn(output: string): readonly string[] {
  const lines = stripVTControlCharacters(output).split('\n');
  return lines.flatMap((line, at) => {
    if (!FAIL_LINE.test(line)) return [];
    const why = lines.slice(at + 1, at + 1 + WHY_LINES).filter((one) => one.trim() !== '');
    return [line.trim(), ...why.map((one) => `  ${one.trim()}`)];
  });
}

function tallyIn(output: string): Tally | undefined {
  const line = output.split('\n').findLast((candidate) => candidate.startsWith(TALLY_MARK));
  if (line === undefined) return undefined;
  const read: unknown = parsed(line.slice(TALLY_MARK.length));
  if (typeof read !== 'object' || read === null) return undefined;
  const counts = { declared: 0, passed: 0, failed: 0, skipped: 0, ...read };
  return Object.values(counts).every((count) => Number.isInteger(count)) ? counts : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // a line cut short is no tally
  }
}
