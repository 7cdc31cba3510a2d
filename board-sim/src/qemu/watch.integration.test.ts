import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { assert, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';
import { createWatch } from './watch.ts';

const PROGRAM = join(import.meta.dirname, 'guest/root/usr/lib/board/watch');

suite('watcher of the board', { needs: ['socat', 'perl'], timeoutMs: 30_000 }, (test) => {
  let dir: string;
  let agent: Server;
  let silent = false;
  let status: object = { registration: 'unregistered' };
  const held = new Set<Socket>();
  const programs: ChildProcess[] = [];
  const watch = createWatch();

  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'watch-'));
    const socket = join(dir, 'control.sock');
    agent = createServer((asking) => {
      held.add(asking.on('close', () => held.delete(asking)).on('error', () => {}));
      asking.once('data', () => {
        if (!silent) asking.end(`${JSON.stringify({ ok: true, value: status })}\n`);
      });
    }).listen(socket);
    await once(agent, 'listening');
    const port = join(dir, 'port');
    const terminal = spawn(findProgram('socat') ?? '', ['STDIO', `pty,raw,echo=0,link=${port}`]);
    programs.push(terminal);
    await eventually(() => existsSync(port), { what: 'a terminal' });
    watch.powerOn(Duplex.from({ readable: terminal.stdout, writable: terminal.stdin }));
    programs.push(
      spawn(findProgram('perl') ?? '', [PROGRAM, port, socket], { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
  });
  test.after(async () => {
    for (const program of programs.toReversed()) {
      program.kill('SIGKILL');
      await once(program, 'exit');
    }
    for (const asking of held) asking.destroy();
    agent.close();
    rmSync(dir, { recursive: true });
  });

  test('an answer is told once, and again when it is another', async () => {
    const told: unknown[] = [];
    watch.subscribe((one) => told.push(one));
    await eventually(() => told.length === 1, { what: 'the first status' });
    status = { registration: 'pending' };
    await eventually(() => told.length === 2, { what: 'the second status' });
    assert.deepEqual(told, [{ registration: 'unregistered' }, { registration: 'pending' }]);
    assert.deepEqual(watch.status, { registration: 'pending' });
  });

  test('an agent that answers is silent for about a tenth of a second; its memory is told', async () => {
    await watch.begin();
    const first = watch.heardMs ?? 0;
    await eventually(() => (watch.heardMs ?? 0) > first, { what: 'another beat' });
    const { gapMs = 0, ownGapMs = 0, rssKib = 0, peakKib = 0 } = watch.beat ?? {};
    assert.ok(gapMs >= 50 && gapMs - ownGapMs < 400, `${gapMs} ms, own ${ownGapMs}`);
    assert.ok(rssKib > 1000 && peakKib >= rssKib, `${rssKib} KiB, peak ${peakKib}`);
  });

  test('an agent that hangs is silent for as long as it hangs, also afterwards, until the count begins anew', async () => {
    silent = true;
    await eventually(() => (watch.beat?.silentMs ?? 0) > 1500, { what: 'a silence' });
    silent = false;
    for (const asking of held) asking.destroy();
    await eventually(() => (watch.beat?.silentMs ?? 9999) < 1000, { what: 'an answer' });
    assert.ok((watch.beat?.gapMs ?? 0) > 1500, 'the longest silence is kept');
    assert.ok((await watch.begin()).gapMs < 1000);
  });

  test('after a power cut nothing is known, and what the old port still tells is not heard', async () => {
    watch.powerOff();
    assert.deepEqual([watch.status, watch.beat], [undefined, undefined]);
    status = { registration: 'registered' };
    await once(agent, 'connection');
    await once(agent, 'connection');
    assert.equal(watch.status, undefined);
  });
});
