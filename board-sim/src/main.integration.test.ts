import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';

const BIN = fileURLToPath(new URL('../bin/board-sim.js', import.meta.url));

/** The command as a person starts it. */
function command(...args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [BIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout?.on('data', (piece) => {
    said += piece;
  });
  child.stderr?.on('data', (piece) => {
    complained += piece;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, said, complained }));
  return {
    child,
    ended,
    says: async (form: RegExp) => {
      await eventually(() => form.test(said), { what: `${form} in:\n${said}` });
      return form.exec(said) ?? [];
    },
  };
}

suite('board-sim command', { timeoutMs: 60_000 }, (test) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`says ready with all addresses, and ends well at ${signal}, leaving nothing behind`, async () => {
      const { child, ended, says } = command('run', '--', 'sleep', '600');
      const [, ready = ''] = await says(/^\d\d:\d\d:\d\d\.\d{3} ready (\{.*\})$/m);
      const [, pid = ''] = await says(/program started \(pid (\d+)\)/);
      const { dir, ewon, controlSocket } = JSON.parse(ready);
      assert.match(ewon.url, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.ok(existsSync(controlSocket));
      child.kill(signal);
      const { code, complained } = await ended;
      assert.equal(code, 0);
      assert.equal(complained, '');
      assert.equal(existsSync(dir), false);
      assert.equal(existsSync(`/proc/${pid}`), false);
    });
  }

  test('takes commands on stdin and tells people what happens; the end of stdin is not its end', async () => {
    const { child, ended, says } = command('run');
    await says(/ready/);
    child.stdin?.end(
      `{"do":"insert","slot":"usb1","image":"${BIN}"}\n\n{"do":"jump"}\n{"do":"remove","slot":"usb1"}\n`,
    );
    await says(/slot {4}usb1: card in \(.*board-sim\.js\)/);
    await says(/refused BAD_REQUEST/);
    await says(/slot {4}usb1: card out/);
    assert.equal(child.exitCode, null);
    child.kill('SIGTERM');
    assert.equal((await ended).code, 0);
  });

  test('ends at the command stop', async () => {
    const { child, ended } = command('run');
    child.stdin?.write('{"do":"stop"}\n');
    assert.equal((await ended).code, 0);
  });

  for (const [args, form] of [
    [[], /Usage/],
    [['fly'], /unknown command/],
    [['run', '--serial', '12'], /1524-0071-21/],
    [['run', '--forward', 'account'], /8443:127\.0\.0\.1:443/],
    [['run', '--fast'], /unknown option/],
    [['run', '--clock', 'broken'], /choices are own, lost/],
  ] as const) {
    test(`"${['board-sim', ...args].join(' ')}" is refused with status 2 and a hint`, async () => {
      const { code, complained } = await command(...args).ended;
      assert.equal(code, 2);
      assert.match(complained, form);
    });
  }

  test('a directory that cannot be used ends it with status 1 and the reason', async () => {
    const { code, complained } = await command('run', '--dir', `${BIN}/board`).ended;
    assert.equal(code, 1);
    assert.match(complained, /board-sim: ENOTDIR.*board-sim\.js\/board/);
  });

  test('a port that is taken ends it with status 1 and the reason', async () => {
    const first = command('run', '--forward', '0:127.0.0.1:9');
    const [, port = ''] = await first.says(/"forwards":\[\{"port":(\d+)/);
    const { code, complained } = await command('run', '--forward', `${port}:127.0.0.1:9`).ended;
    assert.equal(code, 1);
    assert.match(complained, /EADDRINUSE/);
    first.child.kill('SIGTERM');
    await first.ended;
  });
});
