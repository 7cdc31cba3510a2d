import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { assert, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';
import { type ControlOrder, serveControl } from '../../adapters/control-socket.ts';
import type { AgentConfig } from '../../config/schema.ts';
import { runConsole } from './console.ts';

const AGENT = new URL('../../../bin/ewon-agent.js', import.meta.url).pathname;
const STATUS = {
  ...{ agent: '1.2.3', startCount: 7, fingerprint: 'aaaa-bbbb-cccc-dddd', led: 'off', uplink: { state: 'off' } },
  ...{ registration: { state: 'registered', account: 'A\x1b]0;owned\x07CME' }, slots: [], events: [] },
};
const CTRL_C = Buffer.from([3]);
/** Generous: the machine is shared, and what is wrong does not come at all. */
const WAIT_MS = 60_000;

suite('ewon-agent console', { needs: ['socat'], timeoutMs: 180_000 }, (test) => {
  let dir = '';
  let orders: ControlOrder[] = [];
  let control: Awaited<ReturnType<typeof serveControl>>;
  let children: ChildProcess[] = [];
  test.before.each(async () => {
    dir = mkdtempSync(join(tmpdir(), 'console-'));
    mkdirSync(join(dir, 'state'));
    const firmware = { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' };
    const config = { stateDir: 'state', slots: { sd0: { image: 'sd0.img' } }, firmware };
    writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
    [orders, children] = [[], []];
    control = await serveControl(join(dir, 'state', 'control.sock'), async (order) => {
      orders.push(order);
      return order === 'status' ? STATUS : null;
    });
  });
  test.after.each(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await control.close();
    rmSync(dir, { recursive: true });
  });

  function start(program: string, args: readonly string[]) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, TERM: 'dumb' } });
    children.push(child);
    const ended = once(child, 'close');
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('latin1').on('data', (text: string) => {
        said += text;
      });
    child.stdin.on('error', () => {}); // it left while we were writing, which the test sees by its end
    const says = (what: string | RegExp, after = 0) =>
      eventually(() => (typeof what === 'string' ? said.indexOf(what, after) >= 0 : what.test(said.slice(after))), {
        ...{ what: `${what} in ${JSON.stringify(said.slice(-300))}`, timeoutMs: WAIT_MS },
      });
    return {
      ...{ child, ended, says },
      said: () => said,
      type: (text: string | Uint8Array) =>
        void child.stdin.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text),
      /** Types, and waits for what it brings. */
      async asks(text: string | Uint8Array, answer: string | RegExp) {
        const before = said.length;
        child.stdin.write(text);
        await says(answer, before);
        return said.slice(before);
      },
    };
  }
  const config = () => ['--config', join(dir, 'config.json')];
  /** In a terminal of the kernel, of which the test holds the other end; the command's own process is its session's first. */
  const onTerminal = (then = '') => {
    const command = `${process.execPath} ${AGENT} console ${config().join(' ')}${then}`;
    return start(findProgram('socat') ?? '', ['-,ignoreeof', `SYSTEM:${command},pty,setsid,ctty,stderr`]);
  };
  /** Those that run on a terminal of this test. */
  const consoles = () => {
    const command = [process.execPath, AGENT, 'console', ...config(), ''].join('\0');
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name) === command);
  };
  const piped = (...args: readonly string[]) => start(process.execPath, [AGENT, 'console', ...args, ...config()]);

  test('attach, ask, shorten, be helped and corrected, leave; the terminal is as it was', async () => {
    const console = onTerminal('; stty -a');
    await console.says('ewon> ');
    const status = await console.asks('sh st\r', /\r\newon> $/);
    assert.match(status, /^sh st\r\nAgent +1\.2\.3, running, start 7\r\n/);
    assert.match(status, /Account +A\\x1b\]0;owned\\x07CME\r\n/);
    assert.match(await console.asks('show s?', /ewon> show s$/), / {2}status .*\r\n {2}slots /);
    assert.match(await console.asks('\x03show staus\r', /input\r\newon> $/), /\r\n {11}\^\r\n% Invalid input/);
    await console.asks('terx\b\t', /terminal $/);
    await console.asks('\x03exit\r', /speed/);
    await console.ended;
    assert.match(console.said(), / icrnl .* icanon .* echo /s);
    assert.deepEqual(orders, ['status']);
  });

  test('a line of 10 MB, a megabyte of noise and escape sequences: a prompt, and nothing was ordered', async () => {
    const console = onTerminal();
    await console.says('ewon> ');
    await console.asks(Buffer.alloc(10_000_000, 'forget '), '\x07');
    assert.match(await console.asks('\r', /ewon> $/), /nothing was done/);
    // by pieces that a terminal of the kernel holds: socat writes and does not read meanwhile
    for (const piece of noise(1 << 20, 3000)) await console.asks(Buffer.concat([piece, CTRL_C]), /ewon[>#] $/);
    await console.asks('\x1b]0;forget\rforget\x07\x1b[200~\x1b[c\x1b[6n\x1bP+q\x1b\\\x03', /ewon[>#] $/);
    await console.asks('show version\r', /ewon-agent \d+\.\d+\.\d+\r\newon[>#] $/);
    assert.doesNotMatch(console.said(), /[^\x07\x08\r\n -~]/, 'nothing but printable ASCII, BEL, BS, CR and LF');
    console.type('exit\r');
    await console.ended;
    assert.deepEqual(orders, []);
  });

  test('the cable is pulled at any byte of forget and its end: nothing was ordered, nobody is left', async () => {
    const all = 'en\rforget\r';
    const cuts = Array.from({ length: all.length + 1 }, (_, cut) => all.slice(0, cut));
    for (const typed of [cuts[9], cuts[10]]) {
      const console = onTerminal();
      await console.says('ewon> ');
      await console.asks(typed ?? '', typed === all ? 'Type yes' : (typed?.slice(3) ?? ''));
      assert.equal(consoles().length, 1);
      console.child.kill('SIGKILL');
      await eventually(() => consoles().length === 0, { what: 'nobody left', timeoutMs: WAIT_MS });
    }
    for (const typed of cuts) {
      const [stdin, stdout] = [new PassThrough(), new PassThrough()];
      const parts = { stdin, stdout, onSignal: () => {} } as unknown as Parameters<typeof runConsole>[1];
      const left = runConsole({ stateDir: join(dir, 'state') } as AgentConfig, parts, false);
      stdin.end(typed);
      await left;
    }
    assert.deepEqual(orders, []);
  });

  test('forget with yes and its end is ordered', async () => {
    const console = onTerminal();
    await console.says('ewon> ');
    await console.asks('en\rforget\r', 'Type yes to do it: ');
    await console.asks('yes\r', /being unlinked.*ewon# $/s);
    assert.deepEqual(orders, ['forget']);
  });

  test('a script gets JSON and words, its exit status says whether something was refused', async () => {
    const console = piped('--script');
    console.child.stdin.end('show status\r\nshow staus\nshow version\nexit\nforget\n');
    const [status] = await console.ended;
    const rows = console.said().trimEnd().split('\n');
    assert.deepEqual(
      [JSON.parse(rows[0] ?? '').startCount, rows[1], rows[3], rows[5], status],
      [7, 'OK', 'USAGE', 'OK', 3],
    );
    const good = piped('--script');
    good.child.stdin.end('show version\n');
    assert.equal((await good.ended)[0], 0);
  });

  test('a signal ends it, and the terminal is as it was', async () => {
    const console = onTerminal('; stty -a');
    await console.says('ewon> ');
    for (const pid of consoles()) process.kill(Number(pid), 'SIGTERM');
    await console.ended;
    assert.match(console.said(), / icrnl .* icanon .* echo /s);
  });
});

function noise(size: number, pieceSize: number): readonly Uint8Array[] {
  let seed = 1;
  return Array.from({ length: Math.ceil(size / pieceSize) }, () =>
    Uint8Array.from({ length: pieceSize }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed >>> 24;
    }),
  );
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}
