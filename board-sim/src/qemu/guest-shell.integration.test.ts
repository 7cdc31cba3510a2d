import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { assert, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';
import { createGuestShell, type GuestShell } from './guest-shell.ts';

const PROGRAM = join(import.meta.dirname, 'guest/root/usr/lib/board/shell');

suite('shell of the board', { needs: ['socat', 'perl'], timeoutMs: 30_000 }, (test) => {
  let dir: string;
  let shell: GuestShell;
  let terminal: ChildProcess;
  let program: ChildProcess;
  const startProgram = () => {
    const args = [PROGRAM, join(dir, 'port'), join(dir, 'work')];
    program = spawn(findProgram('perl') ?? '', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  };

  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'shell-'));
    const port = join(dir, 'port');
    const socat = spawn(findProgram('socat') ?? '', ['STDIO', `pty,raw,echo=0,link=${port}`]);
    terminal = socat;
    await eventually(() => existsSync(port), { what: 'a terminal' });
    shell = createGuestShell(Duplex.from({ readable: socat.stdout, writable: socat.stdin }));
    startProgram();
    await shell.untilBoot(0, 20_000);
  });
  test.after(async () => {
    for (const child of [program, terminal]) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(dir, { recursive: true });
  });

  test('a command answers its status, stdout and stderr, whatever bytes they have', async () => {
    assert.deepEqual(await shell.run('echo "a  b"; echo ü >&2; exit 3'), {
      status: 3,
      stdout: 'a  b\n',
      stderr: 'ü\n',
    });
    assert.deepEqual(await shell.run('true'), { status: 0, stdout: '', stderr: '' });
    assert.equal((await shell.run('kill -9 $$')).status, 128 + 9);
    assert.equal((await shell.run('head -c 300000 /dev/zero')).stdout.length, 300_000);
  });

  test('a command that hangs keeps no other', async () => {
    const hanging = shell.run(`until [ -e '${dir}/go' ]; do sleep 0.01; done; echo done`);
    assert.equal((await shell.run(`touch '${dir}/go'; echo other`)).stdout, 'other\n');
    assert.equal((await hanging).stdout, 'done\n');
  });

  test('a command without an answer in time is rejected, and so is what ran when the board began anew', async () => {
    await assert.rejects(shell.run('sleep 5', 50), /did not answer within 50 ms: sleep 5/);
    const lost = shell.run('sleep 5');
    const rejected = assert.rejects(lost, /started anew/);
    program.kill('SIGKILL');
    await once(program, 'exit');
    const { boots } = shell;
    startProgram();
    await shell.untilBoot(boots, 20_000);
    await rejected;
    assert.equal((await shell.run('echo again')).stdout, 'again\n');
  });
});
