// What one test file did, told to scripts/test.ts in one line when the process ends, however it ends.

export type Tally = { declared: number; passed: number; failed: number; skipped: number };

/** Begins the one line of a test file that scripts/test.ts reads; JSON of {@link Tally} follows. */
export const TALLY_MARK = '#tally ';

/** The tally of this process. */
export const tally: Tally = { declared: 0, passed: 0, failed: 0, skipped: 0 };

let reporting = false;
let running = '';

/** Sees to it that the tally is printed at the end, and that an early end is red. Called by every suite, acts once. */
export function reportAtExit(): void {
  if (reporting) return;
  reporting = true;
  process.on('uncaughtExceptionMonitor', () => {
    if (running) process.stderr.write(`\nnot caught, while running "${running}":\n`);
  });
  // also runs when the code under test called process.exit(0)
  process.on('exit', () => {
    const notRun = tally.declared - tally.passed - tally.failed - tally.skipped;
    if (notRun > 0)
      process.stderr.write(`\n${notRun} of ${tally.declared} tests did not run: the process ended early\n`);
    process.stdout.write(`\n${TALLY_MARK}${JSON.stringify(tally)}\n`);
    if (notRun > 0 || tally.failed > 0 || tally.declared === 0) process.exitCode = 1;
  });
}

/** Names the test that runs now, for the report of an exception that nobody caught. */
export function nowRunning(test: string): void {
  running = test;
}

/** Counts a failure which is not that of one test, such as a throwing `after` hook. */
export function failFile(text: string): void {
  tally.declared += 1;
  tally.failed += 1;
  process.stderr.write(`\nFAIL ${text}\n`);
}
