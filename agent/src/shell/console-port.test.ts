import { err, ok } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Order } from '../core/console/tree.ts';
import type { ConsoleParts } from './console.ts';
import { type ConsolePortParts, type PortListener, startConsolePort } from './console-port.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** A console at a port that keeps what is written, and whose clock stands until it is moved. */
function createPort(more: { readonly open?: ConsolePortParts<string>['open'] } = {}) {
  let listener: PortListener | undefined;
  let due: (() => void) | undefined;
  const asked: Order[] = [];
  const rig = {
    ...{ asked, written: '', discards: 0, isClosed: false, lent: [] as string[] },
    signals: [] as AbortSignal[],
    logged: [] as string[],
    answer: (_: unknown) => {},
    type: (text: string) => listener?.typed(bytes(text)),
    break: () => listener?.broken(),
    attach: () => listener?.attached(),
    pull: () => listener?.gone(err('SERIAL_GONE', '/dev/x: its other end is gone').fault),
    lose: (n: number) => listener?.lost(n),
    time: () => due?.(),
    /** What was written since the last time this was asked. */
    said() {
      const { written } = rig;
      rig.written = '';
      return written;
    },
  };
  const port = startConsolePort<string>({
    openPort(told) {
      listener = told;
      return {
        write(text) {
          rig.written += text;
        },
        discard: () => void rig.discards++,
        lend: () => ({ bytes: 'the line', giveBack: () => void rig.lent.push('back') }),
        async close() {
          rig.isClosed = true;
        },
      };
    },
    ask: (order, { signal }) => {
      asked.push(order);
      rig.signals.push(signal);
      return new Promise((resolve) => {
        rig.answer = () => resolve(ok({ lines: ['answer'], value: 1 }));
      });
    },
    greeting: 'GREETING',
    clock: {
      now: () => Date.UTC(2026, 0, 1, 14, 2, 31),
      after(_, call) {
        due = call;
        return () => {
          due = undefined;
        };
      },
    },
    log: { write: (level, _, msg) => void rig.logged.push(`${level} ${msg}`) },
    ...more,
  });
  return { ...port, rig };
}

suite('the console at a port', (test) => {
  test('says who is there, and begins with the first Enter; what came before is not taken', () => {
    const { rig } = createPort();
    rig.attach();
    assert.equal(rig.said(), '\r\nGREETING\r\nPress Enter.\r\n');
    rig.type('show version');
    assert.equal(rig.said(), '');
    rig.type('\r');
    assert.equal(rig.said(), 'GREETING\r\newon> ');
    rig.type('\nshow wan\r\n');
    assert.equal(rig.said(), 'show wan\r\n');
    assert.deepEqual(rig.asked, [{ what: 'show wan', given: [] }]);
  });

  for (const end of ['\r', '\n', '\r\n'])
    test(`Enter as ${JSON.stringify(end)} is one, wherever the line is cut`, () => {
      const all = `${end}terminal width 100${end}`;
      for (let cut = 0; cut <= all.length; cut++) {
        const { rig } = createPort();
        rig.attach();
        rig.said();
        for (const piece of [all.slice(0, cut), all.slice(cut)]) if (piece !== '') rig.type(piece);
        assert.equal(rig.said().split('ewon> ').length - 1, 2, `cut at ${cut}`);
      }
    });

  test('exit ends the session; the next one begins in user mode', () => {
    const { rig } = createPort();
    rig.attach();
    rig.type('\ren\r');
    rig.said();
    rig.type('exit\rshow wan\r');
    assert.equal(rig.said(), 'exit\r\n\r\nGREETING\r\nPress Enter.\r\n');
    rig.type('\r');
    assert.match(rig.said(), /ewon> $/);
    assert.deepEqual(rig.asked, []);
  });

  test('pulled at any byte of forget and its yes, nothing is ordered, and who comes next has a session of its own', () => {
    const all = '\ren\rforget\ryes';
    for (let cut = 0; cut <= all.length; cut++) {
      const { rig } = createPort();
      rig.attach();
      rig.type(all.slice(0, cut));
      rig.pull();
      rig.said();
      rig.attach();
      rig.type('\r');
      assert.equal(rig.said(), '\r\nGREETING\r\nPress Enter.\r\nGREETING\r\newon> ', `cut at ${cut}`);
      assert.deepEqual(rig.asked, []);
    }
  });

  test('pulled while it waits for an answer, it is given up and shown to nobody', async () => {
    const { rig } = createPort();
    rig.attach();
    rig.type('\rshow wan\r');
    rig.pull();
    assert.equal(rig.signals[0]?.aborted, true);
    rig.attach();
    rig.type('\r');
    rig.said();
    rig.answer(undefined);
    await Promise.resolve();
    assert.equal(rig.said(), '');
    assert.deepEqual(rig.logged, ['info port open', 'warn port not usable', 'info port open']);
  });

  test('BREAK and ^C give up the line and what is still to be shown', () => {
    const { rig } = createPort();
    rig.attach();
    rig.break();
    rig.type('\rforget');
    rig.said();
    rig.break();
    assert.equal(rig.said(), '^C\r\newon> ');
    rig.type('x\x03');
    assert.deepEqual([rig.said(), rig.discards], ['x^C\r\newon> ', 3]);
  });

  test('the log comes between lines, gathered, from info on, and never before a session', () => {
    const { rig, logged } = createPort();
    rig.attach();
    logged('error', 'uplink', 'unreachable');
    rig.time();
    rig.type('\rsh');
    rig.said();
    logged('debug', 'uplink', 'frame');
    logged('warn', 'uplink', 'unreachable', { code: 'UPLINK_UNREACHABLE', detail: 'broker:8883 \x1b[2J' });
    assert.equal(rig.said(), '');
    rig.time();
    const said = rig.said();
    assert.ok(said.startsWith('\r        \r')); // the row is wiped first
    assert.match(said, /14:02:31 warn uplink: unreachable \(UPLINK_UNREACHABLE\) broker:8883 \\x1b\[2J\r\newon> sh$/);
  });

  test('a storm of log lines shows the first, and how many more', () => {
    const { rig, logged } = createPort();
    rig.attach();
    rig.type('\r');
    rig.said();
    for (let n = 0; n < 1000; n++) logged('warn', 'area', `n${n}`);
    rig.time();
    const said = rig.said();
    assert.match(said, /n19\r\n.*% 980 more lines were left out\r\n/s);
    assert.doesNotMatch(said, /n20\r/);
  });

  test('no terminal monitor hides the log, and not what is about this console', () => {
    const { rig, logged } = createPort();
    rig.attach();
    rig.type('\rno terminal monitor\r');
    rig.said();
    logged('warn', 'area', 'hidden');
    rig.time();
    assert.equal(rig.said(), '');
    rig.lose(12);
    assert.match(rig.said(), /% Output was dropped, 12 bytes: the terminal did not take it\r\newon> $/);
    rig.type('terminal monitor\r');
    logged('warn', 'area', 'shown');
    rig.time();
    assert.match(rig.said(), /warn area: shown\r\newon> $/);
  });

  test('a script is told as well that an answer is missing', () => {
    const { rig } = createPort();
    rig.attach();
    rig.type('\rterminal dumb\r');
    rig.said();
    rig.lose(12);
    assert.equal(rig.said(), '\r\n% Output was dropped, 12 bytes: the terminal did not take it\r\n');
  });

  test('what lets somebody in takes the place of the session, and gets all of it', () => {
    const happened: unknown[] = [];
    let parts: ConsoleParts<string> | undefined;
    const { rig } = createPort({
      open(given) {
        parts = given;
        return { happened: (...event: readonly unknown[]) => void happened.push(...event), isAtPrompt: () => true };
      },
    });
    rig.attach();
    rig.type('\r\n');
    rig.break();
    rig.pull();
    assert.deepEqual(happened, [{ on: 'attached', greeting: 'GREETING' }, { on: 'broken' }, { on: 'hungUp' }]);
    assert.equal(parts?.terminal?.isMonitored, true);
    rig.said();
    parts?.line.end(0);
    parts?.line.write('late');
    assert.equal(rig.said(), '');
  });

  test('closed, it hangs up and lets the port go', async () => {
    const { rig, close } = createPort();
    rig.attach();
    rig.type('\rshow wan\r');
    await close();
    assert.deepEqual([rig.signals[0]?.aborted, rig.isClosed], [true, true]);
  });
});
