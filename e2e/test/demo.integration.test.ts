import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';

// `make demo` as a person meets it. What it starts is known by a mark in the environment, so that what it leaves is found.

const ROOT = join(import.meta.dirname, '../..');
const DEMO = ['run', '-s', 'demo'];

type Demo = {
  readonly child: ChildProcess;
  readonly temp: string;
  readonly ended: Promise<number | null>;
  said(): string;
  says(form: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Processes that it started and that still run. */
  left(): readonly string[];
};

const open: Demo[] = [];

function start(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Demo {
  const temp = mkdtempSync(join(tmpdir(), 'demo-test-'));
  const child = spawn(program, args, {
    cwd: ROOT,
    // npm would keep its compile cache there
    env: { ...process.env, TMPDIR: temp, NODE_DISABLE_COMPILE_CACHE: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a group of its own, as a terminal gives it
  });
  let all = '';
  for (const from of [child.stdout, child.stderr]) {
    from?.setEncoding('utf8').on('data', (text: string) => {
      all += text;
    });
  }
  const demo: Demo = {
    ...{ child, temp },
    ended: once(child, 'close').then(([status]) => status),
    said: () => all,
    says: (form, timeoutMs = 60_000) =>
      eventually(() => form.exec(all) ?? undefined, { what: `${form} in:\n${all}`, timeoutMs }).then((found) => {
        if (!found) throw new Error('this is a bug: not found');
        return found;
      }),
    left: () => processesWith(`TMPDIR=${temp}`),
  };
  open.push(demo);
  return demo;
}

/** On a pseudo terminal, by util-linux; what is written to its stdin is typed. */
const onTerminal = () =>
  start(findProgram('script') ?? '', ['-qefc', `npm ${DEMO.join(' ')}`, '/dev/null'], { AUTO: '' });

function processesWith(mark: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark)) return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}`];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

function assertNothingLeft({ left, temp, said }: Demo): void {
  assert.deepEqual(left(), [], said());
  assert.deepEqual(readdirSync(temp), [], 'a folder is left');
}

suite('the demo', { timeoutMs: 180_000, needs: ['script'] }, (test) => {
  test.after.each(() => {
    for (const { child, temp, left } of open.splice(0)) {
      if (child.pid && left().length > 0) process.kill(-child.pid, 'SIGKILL');
      rmSync(temp, { recursive: true, force: true });
    }
  });

  test('with AUTO=1 it approves by itself, ends with 0, and its last line says how long it took', async () => {
    const demo = start('npm', DEMO, { AUTO: '1' });
    assert.equal(await demo.ended, 0, demo.said());
    const last = demo.said().trimEnd().split('\n').at(-1) ?? '';
    assert.match(last, /^registered d_[a-z2-7]{26} online in \d+ ms$/);
    assertNothingLeft(demo);
  });

  test('on a terminal: a sign-in link that works once, "a" approves, the card is pulled, Ctrl-C cleans up and ends with 0', async () => {
    const demo = onTerminal();
    const [, page, once1] = await demo.says(/(http:\/\/127\.0\.0\.1:\d+)\/#once=(\S+)/);
    await demo.says(/ssh -L \d+:127\.0\.0\.1:\d+ /);
    await demo.says(/pending after \d+ ms: 1524-0071-21/);
    const signIn = () =>
      fetch(`${page}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ once: once1 }),
      });
    assert.deepEqual([(await signIn()).status, (await signIn()).status], [200, 401]);
    await demo.says(/waiting .* for approval/);
    demo.child.stdin?.write('a');
    await demo.says(/is online \(d_[a-z2-7]{26}\)/);
    await demo.says(/Ctrl-C ends it and cleans up/);
    demo.child.stdin?.write('p');
    await demo.says(/USR .*\(running\)[\s\S]*pull the card[\s\S]*\(running\)/);
    assert.ok(demo.left().length >= 4, 'demo, account, board and agent run');
    demo.child.stdin?.write('\x03');
    assert.equal(await demo.ended, 0, demo.said());
    assertNothingLeft(demo);
  });

  test('Ctrl-C while it is still starting cleans up and ends with 0', async () => {
    const demo = onTerminal();
    await demo.says(/switching on a Flexy/);
    demo.child.stdin?.write('\x03');
    assert.equal(await demo.ended, 0, demo.said());
    assertNothingLeft(demo);
  });

  test('SIGINT to the whole group, where nobody sits at a terminal: the same', async () => {
    const demo = start(process.execPath, ['e2e/src/demo.ts'], { AUTO: '' });
    await demo.says(/pending after/);
    process.kill(-(demo.child.pid ?? 0), 'SIGINT');
    assert.equal(await demo.ended, 0, demo.said());
    assertNothingLeft(demo);
  });
});
