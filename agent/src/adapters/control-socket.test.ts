import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { savedRequest, savedWizard } from '../testing/fixtures.ts';
import { askControl, type ControlOrder, type ControlStream, serveControl, streamControl } from './control-socket.ts';

const NEVER = new AbortController().signal;

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

  /** What streams, as far as the test says so. */
  const streaming = (begin: ControlStream) => (path: string) => serveControl(path, async () => null, begin);
  const DEBUG = { debug: 'wan', minutes: 1 };

  test(
    'lines are told after it was agreed, also those that came at once, until the agent ends them',
    inFolder(async (path) => {
      const told: string[] = [];
      const control = await streaming((order, out) => {
        out.write(`one ${JSON.stringify(order)}`);
        setImmediate(() => {
          out.write('two\r\n');
          out.end();
        });
        return { ok: true, value: () => {} };
      })(path);
      const { ended } = assertOk(await streamControl(path, DEBUG, (line) => told.push(line), NEVER));
      await ended;
      assert.deepEqual(told, [`one ${JSON.stringify(DEBUG)}`, 'two\r\n']);
      await control.close();
    }),
  );

  test(
    'who listens goes away: the agent is told once; who is refused hears the code',
    inFolder(async (path) => {
      const stopped = Promise.withResolvers<void>();
      let stops = 0;
      const control = await streaming((order) => {
        if (order === 'ledTest') return { ok: false, fault: { code: 'USAGE', detail: '' } };
        return {
          ok: true,
          value() {
            stops += 1;
            stopped.resolve();
          },
        };
      })(path);
      const listening = new AbortController();
      const { ended } = assertOk(await streamControl(path, DEBUG, () => {}, listening.signal));
      listening.abort();
      await Promise.all([ended, stopped.promise]);
      assertFault(await streamControl(path, 'ledTest', () => {}, NEVER), 'USAGE');
      assert.equal(stops, 1);
      await control.close();
    }),
  );

  test(
    'who does not read is said to be full, and the end of the agent ends it',
    inFolder(async (path) => {
      const full = Promise.withResolvers<void>();
      const control = await streaming((_, out) => {
        const more = () => {
          if (out.isFull()) return full.resolve();
          out.write('x'.repeat(10_000));
          setImmediate(more);
        };
        more();
        return { ok: true, value: () => {} };
      })(path);
      const deaf = connect(path).pause();
      deaf.on('error', () => {});
      deaf.write(`${JSON.stringify(DEBUG)}\n`);
      await full.promise;
      await control.close();
      deaf.destroy();
    }),
  );

  test(
    'what joins an account comes whole or not at all',
    inFolder(async (path) => {
      const control = await serveControl(path, async (order) => order);
      const wizard = { ...savedWizard(), secret: { password: 'pw', code: '123456' } };
      for (const order of [{ register: savedRequest() }, { move: savedRequest() }, { wizard }])
        assert.deepEqual(assertOk(await askControl(path, order)), order);
      const { secret: _, ...halved } = wizard;
      for (const order of [{ wizard: halved }, { register: {} }, {}])
        assertFault(await askControl(path, order as unknown as ControlOrder), 'USAGE');
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

  test(
    'somebody who connects and says nothing does not keep the agent from stopping',
    inFolder(async (path) => {
      const control = await serveControl(path, async () => 'well');
      const silent = connect(path);
      await once(silent, 'connect');
      assertOk(await askControl(path, 'status'));
      const gone = once(silent, 'close');
      await control.close();
      await gone;
    }),
  );

  test(
    'who has asked still gets an answer from an agent that stops',
    inFolder(async (path) => {
      const asked = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<string>();
      const control = await serveControl(path, () => {
        asked.resolve();
        return answer.promise;
      });
      const told = askControl(path, 'forget');
      await asked.promise;
      const closed = control.close();
      answer.resolve('forgotten');
      assert.equal(assertOk(await told), 'forgotten');
      await closed;
    }),
  );

  const junk = ['forge', '"restart"', '{"order":"status"}', '["status"]', 'null', '', '\u0000', '"status" "forget"'];
  for (const line of junk) {
    test(
      `the line ${JSON.stringify(line)} is no order: USAGE, and nothing is done`,
      inFolder(async (path) => {
        const orders: string[] = [];
        const control = await serveControl(path, async (order) => void orders.push(JSON.stringify(order)));
        const asker = connect(path);
        asker.write(`${line}\n`);
        const [answer] = await once(asker, 'data');
        assert.equal(JSON.parse(`${answer}`).fault.code, 'USAGE');
        assert.deepEqual(orders, []);
        asker.destroy();
        await control.close();
      }),
    );
  }

  test(
    'a line without end is hung up on, and the next one is answered',
    inFolder(async (path) => {
      const control = await serveControl(path, async () => 'well');
      const asker = connect(path);
      const gone = new Promise((closed) => asker.once('close', closed));
      asker.on('error', () => {}); // a reset, because not all of it was read
      asker.write('x'.repeat(1_000_000));
      await gone;
      assert.equal(assertOk(await askControl(path, 'status')), 'well');
      await control.close();
    }),
  );

  test(
    'an order that fails is answered with its code, one that throws anything else with CONFLICT',
    inFolder(async (path) => {
      const thrown: unknown[] = [
        Object.assign(new Error('no'), { code: 'NOT_LINKED' }),
        new Error('no'),
        'no',
        undefined,
      ];
      const control = await serveControl(path, () => Promise.reject(thrown.shift()));
      assertFault(await askControl(path, 'forget'), 'NOT_LINKED');
      for (let i = 0; i < 3; i += 1) assertFault(await askControl(path, 'forget'), 'CONFLICT');
      await control.close();
    }),
  );

  for (const answer of ['', 'x', '{"ok":true', 'null', '5', '{}', '{"ok":false}', '[]']) {
    test(
      `somebody else answers ${JSON.stringify(answer)} on the socket: a fault, never thrown`,
      inFolder(async (path) => {
        const other = createServer((socket) => socket.once('data', () => socket.end(`${answer}\n`))).listen(path);
        await once(other, 'listening');
        assertFault(await askControl(path, 'status'), 'AGENT_NOT_RUNNING');
        other.close();
      }),
    );
  }
});
