import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './workspaces.ts';

// npm run check                 types, lint and format, imports, documents, unit tests; each with its time
// npm run check -- --no-tests   the same without the tests, for "make test", which runs all of them

type Step = { readonly name: string; readonly program: string; readonly args: readonly string[] };
type Done = { readonly ok: boolean; readonly output: string };

/** What a change should cost before it is committed; above that, people stop running it, and it says so. */
const BUDGET_MS = 150_000;
const BIN = join(ROOT, 'node_modules', '.bin');
const script = (name: string, file: string, ...args: string[]): Step => ({
  name,
  program: process.execPath,
  args: [join('scripts', file), ...args],
});

// the first four together: each uses about one processor, and the compiler takes longest
const TOGETHER: readonly Step[] = [
  { name: 'types', program: join(BIN, 'tsc'), args: ['--noEmit'] },
  { name: 'lint and format', program: join(BIN, 'biome'), args: ['check', '--error-on-warnings', '.'] },
  script('imports', 'imports.ts'),
  script('documents', 'docs.ts'),
];
const TESTS = script('unit tests', 'test.ts', '--unit');

const startedMs = performance.now();
let good = (await Promise.all(TOGETHER.map(step))).every((ok) => ok);
if (!process.argv.includes('--no-tests')) good = (await step(TESTS)) && good;
const tookMs = performance.now() - startedMs;
process.stdout.write(
  `${good ? 'ok  ' : 'FAIL'} check  ${seconds(tookMs)}${tookMs > BUDGET_MS ? `, more than the ${seconds(BUDGET_MS)} it should take` : ''}\n`,
);
process.exitCode = good ? 0 : 1;

async function step(what: Step): Promise<boolean> {
  const beganMs = performance.now();
  const { ok, output } = await run(what);
  const summary = what === TESTS && ok ? `  ${output.trimEnd().split('\n').at(-1)}` : '';
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${what.name}  ${seconds(performance.now() - beganMs)}${summary}\n`);
  if (!ok) process.stdout.write(`${output.trimEnd()}\n`);
  return ok;
}

function run({ program, args }: Step): Promise<Done> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => keep(`${error.message}\n`)); // close follows
    child.once('close', (exitCode) => resolve({ ok: exitCode === 0, output }));
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
