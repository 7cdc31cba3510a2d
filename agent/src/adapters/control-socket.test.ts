import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { askControl, serveControl } from './control-socket.ts';

const inFolder = (play: (path: string) => Promise<void>) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'control-'));
  try {
    await play(join(folder, 'control.sock'));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Leaves a socket file that nobody listens on, as a killed agent does. */
function leaveSocketFile(path: string): void {
  const killed = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  assert.throws(() => execFileSync(process.execPath, ['-e', killed]));
  assert.ok(existsSync(path));
}

suite('control socket', (test) => {
  test(
    'an order is answered, and the socket is for its owner only',
    inFolder(async (path) => {
      const control = await serveControl(path, async (order) => ({ order }));
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.deepEqual(assertOk(await askControl(path, 'status')), { order: 'status' });
      await control.close();
    }),
  );

  test(
    'nobody is there: AGENT_NOT_RUNNING',
    inFolder(async (path) => {
      assertFault(await askControl(path, 'status'), 'AGENT_NOT_RUNNING');
    }),
  );

  test(
    'a killed agent left its socket file: AGENT_NOT_RUNNING to who asks, and the next agent takes its place',
    inFolder(async (path) => {
      leaveSocketFile(path);
      assertFault(await askControl(path, 'status'), 'AGENT_NOT_RUNNING');
      const control = await serveControl(path, async () => 'well');
      assert.equal(assertOk(await askControl(path, 'status')), 'well');
      await control.close();
    }),
  );

  test(
    'who asks goes away before the answer: the agent goes on',
    inFolder(async (path) => {
      const asked = Promise.withResolvers<void>();
      const gone = Promise.withResolvers<void>();
      const control = await serveControl(path, async () => {
        asked.resolve();
        await gone.promise;
        return 'x'.repeat(1_000_000);
      });
      const asker = connect(path);
      asker.write('"status"\n');
      await asked.promise;
      asker.destroy();
      await once(asker, 'close');
      gone.resolve();
      await control.close();
    }),
  );

  test(
    'the agent hangs up without an answer: AGENT_NOT_RUNNING, not a wait without end',
    inFolder(async (path) => {
      const deaf = createServer((socket) => void socket.once('data', () => socket.end())).listen(path);
      await once(deaf, 'listening');
      assertFault(await askControl(path, 'status'), 'AGENT_NOT_RUNNING');
      deaf.close();
    }),
  );
});
