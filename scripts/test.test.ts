import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { saysOfItself } from './test-files.ts';
import { ROOT } from './workspaces.ts';

// Each trap of bare uvu (and of processes) as a test file which must be red. Fixtures run in real processes.

const GREEN = `suite('s', (test) => { test('a', () => {}); test('b', () => {}); });`;
type Trap = { readonly source: string; readonly says: RegExp; readonly counts?: string };
const TRAPS: Record<string, Trap> = {
  'a test fails': { source: `suite('s', (test) => { test('a', () => assert.equal(1, 2)); });`, says: /1 !== 2/ },
  'nothing is declared at all': { source: `export const forgotten = suite;`, says: /without a tally/ },
  'a suite declares no test': { source: `suite('s', () => {});`, says: /declares no test/ },
  'a suite declares no test beside one that does': {
    source: `${GREEN} suite('t', () => {});`,
    says: /"t" declares no test/,
  },
  'uvu is used bare and run() is forgotten': {
    source: `import { suite as bare } from '${import.meta.resolve('uvu')}'; bare('s')('a', () => assert.fail('never seen'));`,
    says: /without a tally/,
  },
  'a before hook throws': {
    source: `suite('s', (test) => { test.before(() => { throw new Error('no luck'); }); test('a', () => {}); test('b', () => {}); });`,
    says: /no luck/,
    counts: '0 passed, 2 failed, 0 skipped',
  },
  'a before.each hook rejects': {
    source: `suite('s', (test) => { test.before.each(() => Promise.reject(new Error('no luck'))); test('a', () => {}); });`,
    says: /no luck/,
  },
  'an after.each hook throws': {
    source: `suite('s', (test) => { test.after.each(() => { throw new Error('no luck'); }); test('a', () => {}); });`,
    says: /no luck/,
  },
  'an after hook throws': {
    source: `suite('s', (test) => { test.after(() => { throw new Error('no luck'); }); test('a', () => {}); });`,
    says: /no luck/,
    counts: '1 passed, 1 failed, 0 skipped',
  },
  'a test rejects with a non-Error': {
    source: `suite('s', (test) => { test('a', () => Promise.reject()); });`,
    says: /not an Error/,
  },
  'a test never ends': {
    source: `suite('s', { timeoutMs: 20 }, (test) => { test('a', () => new Promise(() => {})); test('b', () => {}); });`,
    says: /did not end within 20 ms/,
    counts: '1 passed, 1 failed, 0 skipped',
  },
  'a test never ends and nothing keeps the process alive but its time limit': {
    source: `suite('s', { timeoutMs: 20 }, (test) => { test('a', async () => { await new Promise(() => {}); }); });`,
    says: /did not end within 20 ms/,
  },
  'the code under test calls process.exit(0)': {
    source: `suite('s', (test) => { test('a', () => {}); test('b', () => process.exit(0)); test('c', () => {}); });`,
    says: /2 of 3 tests did not run/,
    counts: '1 passed, 2 failed, 0 skipped',
  },
  'the process is killed': {
    source: `suite('s', (test) => { test('a', () => process.kill(process.pid, 'SIGKILL')); });`,
    says: /ended by SIGKILL/,
  },
  'an exception is thrown outside of any test': {
    source: `suite('s', (test) => { test('a', () => new Promise(() => setImmediate(() => { throw new Error('astray'); }))); });`,
    says: /while running "s: a"[\s\S]*astray/,
  },
  'the file blocks for ever': {
    source: `// test-timeout: 1 s\nsuite('s', (test) => { test('a', () => { for (;;); }); });`,
    says: /did not end within 1 s/,
  },
  'the file does not parse': { source: `suite('s', (test) => {`, says: /without a tally/ },
  'the body of a suite is async': {
    source: `suite('s', async (test) => { test('a', () => {}); });`,
    says: /must not be async/,
  },
  'a test is declared after the body ended': {
    source: `suite('s', (test) => { test('a', () => {}); setImmediate(() => test('b', () => {})); });`,
    says: /declared after the body/,
  },
  'a suite is declared after the first one ran': {
    source: `${GREEN} await new Promise((go) => setTimeout(go, 50)); suite('t', (test) => { test('a', () => {}); });`,
    says: /declared too late/,
  },
  'two tests have one name': {
    source: `suite('s', (test) => { test('a', () => {}); test('a', () => {}); });`,
    says: /is empty or taken/,
  },
  'a test is skipped without a reason': {
    source: `suite('s', (test) => { test.skip('a', ''); test('b', () => {}); });`,
    says: /without a reason/,
  },
  'a server is left open': {
    source: `import { createServer } from 'node:net'; suite('s', (test) => { test('a', () => void createServer().listen(0, '127.0.0.1')); });`,
    says: /still open 5000 ms after the last test: .*TCPServerWrap/,
  },
};

suite('test runner', { timeoutMs: 120_000 }, (test) => {
  const trapped = new Map<string, Run>();
  test.after(() => {
    for (const root of roots) rmSync(root, { recursive: true });
  });
  test.before(async () => {
    const traps = Object.entries(TRAPS); // all at once: one of them lasts five seconds
    await Promise.all(traps.map(async ([name, trap]) => trapped.set(name, await runner({ 'a.test.ts': trap.source }))));
  });
  for (const [name, trap] of Object.entries(TRAPS)) {
    test(`red: ${name}`, () => {
      const run = trapped.get(name);
      assert.ok(run);
      assert.match(run.output, trap.says);
      assert.match(lastLine(run.output), /^\d+ passed, [1-9]\d* failed, \d+ skipped$/);
      if (trap.counts !== undefined) assert.equal(lastLine(run.output), trap.counts);
      assert.equal(run.exitCode, 1);
    });
  }

  test('green: what passes is counted over all files, and the output of a green file is not shown', async () => {
    const noisy = `suite('t', (test) => { test('a', () => { process.stdout.write('NOISE'); }); });`;
    const { output, exitCode } = await runner({ 'a.test.ts': GREEN, 'b.test.ts': noisy });
    assert.equal(lastLine(output), '3 passed, 0 failed, 0 skipped');
    assert.equal(exitCode, 0);
    assert.doesNotMatch(output, /NOISE/);
    assert.match(output, /slowest: .*b\.test\.ts/);
  });

  test('which tests failed, and the beginning of why, is said again at the end', async () => {
    const red = `suite('s', (test) => { test('the first', () => {}); test('the second', () => assert.equal(1, 2)); });`;
    const { output } = await runner({ 'a.test.ts': red, 'b.test.ts': GREEN });
    const end = output.slice(output.indexOf('slowest:'));
    assert.match(
      end,
      /\nfailed: contracts\/a\.test\.ts\n +FAIL {2}s {2}"the second"\n.*strictly equal.*\n +1 !== 2\n3 passed, 1 failed/,
    );
    assert.doesNotMatch(end, /the first/);
  });

  test('one red file does not hide behind a green one', async () => {
    const { output, exitCode } = await runner({ 'a.test.ts': GREEN, 'b.test.ts': `suite('t', () => {});` });
    assert.match(lastLine(output), /^2 passed, 1 failed/);
    assert.match(output, /^failed: contracts\/b\.test\.ts$/m);
    assert.equal(exitCode, 1);
  });

  test('a skip is said, and red only where nobody reads it', async () => {
    const file = {
      'a.test.ts': `suite('s', (test) => { test('a', () => {}); test.skip('b', 'the board is away'); });`,
    };
    const here = await runner(file);
    assert.match(here.output, /SKIP s, b: the board is away/);
    assert.equal(lastLine(here.output), '1 passed, 0 failed, 1 skipped');
    assert.equal(here.exitCode, 0);
    for (const strict of ['CI=true', 'YES=1']) {
      const there = await runner(file, [], Object.fromEntries([strict.split('=')]));
      assert.match(there.output, /count as failures/);
      assert.equal(lastLine(there.output), '1 passed, 0 failed, 1 skipped');
      assert.equal(there.exitCode, 1);
    }
  });

  test('a missing Debian program skips the suite and names its package', async () => {
    const needing = `suite('s', { needs: ['no-such-program'] }, (test) => { test('a', () => {}); });`;
    const unknown = await runner({ 'a.test.ts': needing });
    assert.match(unknown.output, /"no-such-program" is not in DEBIAN_PROGRAMS/);
    assert.equal(unknown.exitCode, 1);
    const known = `import { DEBIAN_PROGRAMS } from '${import.meta.resolve('@ewon-agent/contracts/suites/debian')}';
      DEBIAN_PROGRAMS['no-such-program'] = { package: 'no-such-package' };`;
    const skipped = await runner({ 'a.test.ts': `${known}\n${needing}` });
    assert.match(skipped.output, /SKIP s: needs no-such-program \(Debian package no-such-package\)/);
    assert.equal(lastLine(skipped.output), '0 passed, 0 failed, 1 skipped');
  });

  test('a file that is run by hand, without the runner, ends with an exit status as well', async () => {
    for (const name of ['an after hook throws', 'the code under test calls process.exit(0)']) {
      const { exitCode } = await started([
        join(written({ 'a.test.ts': TRAPS[name]?.source ?? '' }), 'contracts/a.test.ts'),
      ]);
      assert.equal(exitCode, 1, name);
    }
  });

  test('a pattern that matches nothing is an error, also beside one that matches', async () => {
    for (const patterns of [['zebra'], ['a.test', 'zebra']]) {
      const { output, exitCode } = await runner({ 'a.test.ts': GREEN }, patterns);
      assert.match(output, /no test file matches "zebra"/);
      assert.equal(exitCode, 2);
    }
    const one = await runner({ 'a.test.ts': GREEN, 'b.test.ts': `suite('t', () => {});` }, ['a.test']);
    assert.equal(lastLine(one.output), '2 passed, 0 failed, 0 skipped');
  });

  test('--unit leaves integration tests out', async () => {
    const { output } = await runner({ 'a.test.ts': GREEN, 'b.integration.test.ts': `suite('t', () => {});` }, [
      '--unit',
    ]);
    assert.equal(lastLine(output), '2 passed, 0 failed, 0 skipped');
  });

  test('a folder without tests is an error', async () => {
    const { output, exitCode } = await runner({});
    assert.match(output, /no test files/);
    assert.equal(exitCode, 2);
  });

  test('what a file leaves running is ended with it', async () => {
    const sleeper = `import { spawn } from 'node:child_process';
      suite('s', (test) => { test('a', () => { const c = spawn('sleep', ['1000'], { stdio: 'inherit' }); c.unref(); process.stdout.write('\\nPID ' + c.pid + '\\n'); }); });`;
    const { output } = await runner({ 'a.test.ts': sleeper }, ['--verbose']);
    const pid = Number(/PID (\d+)/.exec(output)?.[1]);
    assert.ok(pid > 0);
    assert.equal(isRunning(pid), false);
  });

  test('a test file says in its first lines how long it may take and when it runs', () => {
    assert.deepEqual(saysOfItself('import x;\n// test-alone: it measures\n// test-timeout: 900 s\n'), {
      timeoutMs: 900_000,
      turn: 'alone',
    });
    assert.equal(saysOfItself('// test-late: it boots a board\n').turn, 'late');
    assert.deepEqual(saysOfItself('\n\n\n\n\n// test-alone\n// test-timeout: 900 s'), {
      timeoutMs: 600_000,
      turn: 'together',
    });
  });

  test('files that run late run after the others, and those that run alone after them, one at a time', async () => {
    const stamp = (
      name: string,
    ) => `import { appendFileSync } from 'node:fs'; const log = new URL('../order', import.meta.url);
      suite('s', (test) => { test('a', () => { appendFileSync(log, '<${name}'); }); test('b', () => { appendFileSync(log, '${name}>'); }); });`;
    const { output } = await runner({
      'a.test.ts': `// test-alone\n${stamp('a')}`,
      'b.test.ts': `// test-alone\n${stamp('b')}`,
      'c.test.ts': `// test-late\n${stamp('c')}`,
      'd.test.ts': stamp('d'),
    });
    assert.match(output, /d\.test[\s\S]*c\.test[\s\S]*a\.test[\s\S]*b\.test[\s\S]*slowest/);
  });

  test('with --again an integration test that fails once is run by itself, and named flaky with what it was; without, it is red', async () => {
    const once = `import { existsSync, writeFileSync } from 'node:fs'; const mark = new URL('../was-here', import.meta.url);
      suite('s', (test) => { test('a', () => { const again = existsSync(mark); writeFileSync(mark, ''); assert.ok(again, 'too slow'); }); });`;
    const green = { 'a.test.ts': GREEN };
    const { output, exitCode } = await runner({ ...green, 'b.integration.test.ts': once }, ['--again']);
    assert.equal(exitCode, 0, output);
    assert.match(
      output,
      /flaky, passed when it ran by itself: contracts\/b\.integration[\s\S]*too slow[\s\S]*3 passed, 0 failed/,
    );
    assert.equal((await runner({ ...green, 'b.integration.test.ts': once })).exitCode, 1);
    assert.equal((await runner({ ...green, 'b.test.ts': once }, ['--again'])).exitCode, 1);
  });

  test('with --again what fails again is red, and so are more than three files', async () => {
    const red = `suite('s', (test) => { test('a', () => assert.fail('never')); });`;
    const { output, exitCode } = await runner({ 'a.integration.test.ts': red }, ['--again']);
    assert.equal(exitCode, 1);
    assert.match(
      output,
      /once more, by itself: contracts\/a\.integration[\s\S]*failed: contracts\/a\.integration[\s\S]*0 passed, 1 failed/,
    );
    const many = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.integration.test.ts`, red]));
    assert.doesNotMatch((await runner(many, ['--again'])).output, /once more/);
  });
});

const roots: string[] = [];
type Run = { readonly output: string; readonly exitCode: number | null };

/** Runs scripts/test.ts on a fresh folder with the given test files. */
async function runner(
  files: Record<string, string>,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Run> {
  return started([join(ROOT, 'scripts/test.ts'), '--root', written(files), ...args], env);
}

/** Writes test files into the `contracts` folder of a fresh root; they import what they test with in their first line. */
function written(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'runner-'));
  roots.push(root);
  const head = `import { assert, suite } from '${import.meta.resolve('@ewon-agent/contracts/testing')}';\n`;
  mkdirSync(join(root, 'contracts'));
  for (const [name, source] of Object.entries(files)) writeFileSync(join(root, 'contracts', name), head + source);
  return root;
}

/** Runs a program of ours to its end. */
async function started(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const child = spawn(process.execPath, args, { env: { ...process.env, CI: '', YES: '', ...env } });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { output, exitCode };
}

/** A killed process nobody waited for stays as a zombie (state Z) where no init reaps it. */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}
