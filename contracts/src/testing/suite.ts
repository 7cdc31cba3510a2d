import { suite as uvuSuite } from 'uvu';
import './compile-cache.ts';
import { DEBIAN_PROGRAMS, type DebianProgram, findProgram } from './debian.ts';
import { failFile, nowRunning, reportAtExit, tally } from './tally.ts';

export { assert, assertFault, assertOk, eventually, rejects } from './assertions.ts';
export { findProgram } from './debian.ts';

/** A test or a hook; what it returns is awaited, and what that becomes is ignored. */
export type Step = () => unknown;
export type Hook = { (step: Step): void; each(step: Step): void };
export type Test = {
  (name: string, step: Step): void;
  /** Declares a test that is not run; the reason is printed, and CI counts it as a failure. */
  skip(name: string, reason: string, step?: Step): void;
  readonly before: Hook;
  readonly after: Hook;
};
export type SuiteOptions = {
  /** How long one test or hook may take; 30 s unless told. */
  readonly timeoutMs?: number;
  /** Debian programs without which the whole suite is skipped. */
  readonly needs?: readonly DebianProgram[];
};
type Body = (test: Test) => void;
type Steps = {
  readonly before: Step[];
  readonly after: Step[];
  readonly beforeEach: Step[];
  readonly afterEach: Step[];
};

/** Finds a test that never ends; no judgement of speed, for a machine may be ten times as busy as usual. */
const DEFAULT_TIMEOUT_MS = 30_000;
/** What may still be open after the last test (a socket in its closing handshake) before the file counts as leaking. */
const LINGER_MS = 5000;
// a test may replace the global timers; ours are taken before
const { setTimeout, clearTimeout } = globalThis;

let suitesOpen = 0;
let uvuStarted = false;

/**
 * Declares and runs a suite of tests with uvu: `suite('slot', (test) => { test('a card is seen', async () => …) })`.
 * Tests run one after another in the order they stand. Cures what bare uvu lets pass as green: a forgotten `run()`,
 * a suite without tests, a throwing `before` hook, a rejection with a non-Error, a test that never ends, a process
 * that exits early. What is left open after the last test is a failure as well.
 */
export function suite(
  name: string,
  ...rest: readonly [body: Body] | readonly [options: SuiteOptions, body: Body]
): void {
  const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
  reportAtExit();
  if (uvuStarted) throw new Error(`suite "${name}" is declared too late: declare every suite before the first await`);
  const tests = new Map<string, Step>();
  const steps: Steps = { before: [], after: [], beforeEach: [], afterEach: [] };
  const needs = options.needs ?? [];
  const unknown = needs.find((program) => !Object.hasOwn(DEBIAN_PROGRAMS, program));
  if (unknown)
    throw new Error(`suite "${name}": "${unknown}" is not in DEBIAN_PROGRAMS (contracts/src/testing/debian.ts)`);
  const missing = needs.filter((program) => findProgram(program) === undefined);
  declare(name, body, tests, steps);

  if (missing.length > 0) {
    tally.skipped += tests.size;
    process.stdout.write(
      `SKIP ${name}: needs ${missing.map((p) => `${p} (Debian package ${DEBIAN_PROGRAMS[p].package})`).join(', ')}\n`,
    );
    return;
  }
  if (tests.size > 0) run(name, tests, steps, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
}

function declare(suiteName: string, body: Body, tests: Map<string, Step>, steps: Steps): void {
  let declared = 0;
  let open = true;
  const named = (name: string): void => {
    if (!open) throw new Error(`test "${name}" is declared after the body of suite "${suiteName}" ended`);
    if (name.trim() === '' || tests.has(name))
      throw new Error(`suite "${suiteName}": the name "${name}" is empty or taken`);
    declared += 1;
    tally.declared += 1;
  };
  const test = (name: string, step: Step): void => {
    named(name);
    tests.set(name, step);
  };
  const skip = (name: string, reason: string): void => {
    if (reason.trim() === '') throw new Error(`suite "${suiteName}": "${name}" is skipped without a reason`);
    named(name);
    tally.skipped += 1;
    process.stdout.write(`SKIP ${suiteName}, ${name}: ${reason}\n`);
  };
  const returned: unknown = body(
    Object.assign(test, {
      skip,
      before: hook(steps.before, steps.beforeEach),
      after: hook(steps.after, steps.afterEach),
    }),
  );
  open = false;
  if (returned instanceof Promise) throw new Error(`suite "${suiteName}": its body must not be async`);
  if (declared === 0) throw new Error(`suite "${suiteName}" declares no test`);
}

function hook(once: Step[], each: Step[]): Hook {
  return Object.assign((step: Step) => void once.push(step), { each: (step: Step) => void each.push(step) });
}

function run(name: string, tests: ReadonlyMap<string, Step>, steps: Steps, timeoutMs: number): void {
  const inUvu = uvuSuite(name);
  let before: Promise<readonly Error[]> | undefined;
  suitesOpen += 1;
  for (const [testName, step] of tests) {
    inUvu(testName, async () => {
      uvuStarted = true;
      nowRunning(`${name}: ${testName}`);
      before ??= all(steps.before, 'before hook', timeoutMs);
      const errors = [...(await before)];
      if (errors.length === 0) {
        errors.push(...(await all([...steps.beforeEach, step], 'test', timeoutMs)));
        for (const after of steps.afterEach) errors.push(...(await all([after], 'after.each hook', timeoutMs)));
      }
      if (errors.length === 0) {
        tally.passed += 1;
        return;
      }
      tally.failed += 1;
      throw forUvu(errors);
    });
  }
  inUvu.after(async () => {
    for (const after of steps.after) {
      for (const error of await all([after], 'after hook', timeoutMs)) failFile(`${name}: ${error.stack}`);
    }
    nowRunning('');
    suitesOpen -= 1;
    if (suitesOpen === 0) setTimeout(leaking, LINGER_MS).unref();
  });
  inUvu.run();
}

/** Runs steps in order until one fails; answers that failure, or nothing. */
async function all(steps: readonly Step[], what: string, timeoutMs: number): Promise<readonly Error[]> {
  for (const step of steps) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the ${what} did not end within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      await Promise.race([(async () => step())(), late]);
    } catch (thrown) {
      return [
        thrown instanceof Error
          ? thrown
          : new Error(`the ${what} threw something that is not an Error: ${String(thrown)}`),
      ];
    } finally {
      clearTimeout(timer);
    }
  }
  return [];
}

/** One plain error: uvu's own diff throws on bigint and prints what node:assert has in its message already. */
function forUvu(errors: readonly Error[]): Error {
  const error = new Error(errors.flatMap(story).join('\n    '));
  const frames = (errors[0]?.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  error.stack = ['', ...frames].join('\n');
  return error;
}

function story(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return error === undefined ? [] : [`cause: ${String(error)}`];
  return [error.message, ...story(error.cause)];
}

function leaking(): void {
  failFile(`still open ${LINGER_MS} ms after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}
