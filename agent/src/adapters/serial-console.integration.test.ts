import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, ok } from '@ewon-agent/contracts';
import { plugTty, type TestTty } from '@ewon-agent/contracts/suites/plug-tty';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { createSystemClock } from './clock-system.ts';
import { openSerialConsole, type SerialConsole } from './serial-console.ts';
import { OUTPUT_MAX_BYTES } from './serial-console-output.ts';
import { setTty } from './serial-console-stty.ts';
import { type ByteLine, receiveYmodem, sendYmodem } from './ymodem-stream.ts';

/** Pauses are a tenth of what they are on a board. */
const real = createSystemClock();
const clock = { ...real, after: (ms: number, call: () => void) => real.after(ms / 10, call) };
const [XON, XOFF] = ['\x11', '\x13'];
const PATIENT = { timeoutMs: 60_000 };

suite('a serial port that a person talks over', {
  needs: ['socat', 'stty', 'sz', 'rz'],
  timeoutMs: 180_000,
}, (test) => {
  let dir = '';
  let tty: TestTty;
  let port: SerialConsole | undefined;
  let happened: string[] = [];
  let typed = 0;
  let faults: Fault[] = [];
  let heard = '';
  test.before.each(async () => {
    dir = mkdtempSync(join(tmpdir(), 'tty-'));
    [happened, faults, heard, typed] = [[], [], '', 0];
    tty = await plug();
  });
  test.after.each(async () => {
    await port?.close();
    await tty.unplug();
    rmSync(dir, { recursive: true });
  });

  async function plug() {
    const plugged = await plugTty(dir);
    plugged.peer.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    return plugged;
  }
  const want = async (more: { readonly flow?: 'none'; readonly hangup?: 'carrier' } = {}) => {
    const settings = { path: join(dir, 'tty'), baud: 9600, flow: 'xonxoff', hangup: 'none', ...more } as const;
    port = openSerialConsole(clock, settings, {
      attached: () => void happened.push('attached'),
      typed(bytes) {
        typed += bytes.length;
        if (typed < 1000) happened.push(Buffer.from(bytes).toString('latin1'));
      },
      broken: () => void happened.push('BREAK'),
      lost: (bytes) => void happened.push(`lost ${bytes}`),
      gone: (fault) => void faults.push(fault),
      unset: (why) => void happened.push(`unset: ${why}`),
    });
    await until('attached');
    happened = [];
    return port;
  };
  const until = (what: string) => eventually(() => happened.join('').includes(what), { what, ...PATIENT });
  const peerHears = (what: string) => eventually(() => heard.endsWith(what), { what, ...PATIENT });

  test('hands over what comes and tells a BREAK, which is a NUL of the kernel, once', async () => {
    await want();
    tty.peer.write('ab\0\0\0cd\0\xff\r\n', 'latin1');
    await until('\n');
    // the pieces may have come apart
    assert.equal(happened.join('').replaceAll('BREAKBREAK', 'BREAK'), 'abBREAKcdBREAK\xff\r\n');
  });

  test('is raw, as fast as it is told, and leaves a BREAK to be heard; XON and XOFF are bytes while it is lent', async () => {
    const { lend } = await want({ hangup: 'carrier' });
    const set = () => execFileSync('stty', ['-F', tty.path, '-a'], { encoding: 'utf8' });
    const has = (...words: readonly string[]) =>
      words.every((word) => ` ${set().replace(/[;\s]+/g, ' ')} `.includes(` ${word} `));
    assert.ok(
      has('speed 9600 baud', 'cs8', '-parenb', '-cstopb', '-icanon', '-isig', '-echo', '-brkint', '-ignbrk'),
      set(),
    );
    assert.ok(has('ixon', 'ixoff', 'ixany', '-clocal'), set());
    const { giveBack } = lend();
    await eventually(() => has('-ixon', '-ixoff', '-ixany'), { what: 'lent', ...PATIENT });
    giveBack();
    await eventually(() => has('ixon', 'ixoff', 'ixany'), { what: 'given back', ...PATIENT });
    assert.deepEqual(happened, []);
  });

  test('is there again after its other end went away, told once', async () => {
    const { write } = await want();
    await tty.unplug();
    await eventually(() => faults.length > 0, { what: 'gone' });
    write('to nobody');
    tty = await plug();
    await until('attached');
    tty.peer.write('back');
    await until('back');
    write('here');
    await peerHears('here');
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['SERIAL_GONE'],
    );
    assert.equal(heard, 'here');
  });

  test('stopped by XOFF it goes on with XON, and also with any key, as noise may have stopped it', async () => {
    const { write } = await want();
    for (const go of [XON, 'k']) {
      heard = '';
      tty.peer.write(`x${XOFF}`); // in one piece: what hears the x has taken the XOFF
      await until('x');
      write('going on');
      assert.equal(await setTty(tty.path, ['-hupcl']), undefined); // time for what must not come
      assert.equal(heard, '');
      tty.peer.write(go);
      await peerHears('going on');
      if (go !== XON) await until(go);
      assert.doesNotMatch(happened.join(''), /[\x11\x13]/);
      happened = [];
    }
  });

  test('whose other end takes nothing keeps no more than it may, and says what it dropped', async () => {
    const { write } = await want();
    tty.peer.pause();
    const before = process.memoryUsage().rss;
    const sentBytes = 64 * OUTPUT_MAX_BYTES;
    for (let n = 0; n < sentBytes; n += 1024) write('x'.repeat(1024));
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 24e6, `${grown} bytes more`);
    tty.peer.resume();
    await until('lost');
    write('end');
    await peerHears('end');
    const [, lost] = /^lost (\d+)$/.exec(happened.join('')) ?? [];
    assert.equal(heard.length - 3 + Number(lost), sentBytes);
  });

  test('what is discarded does not come, what comes after does', async () => {
    const { write, discard } = await want();
    tty.peer.pause();
    write('x'.repeat(OUTPUT_MAX_BYTES));
    discard();
    write('\r\nafter');
    tty.peer.resume();
    await peerHears('\r\nafter');
    assert.ok(heard.length < OUTPUT_MAX_BYTES, `${heard.length} bytes`);
  });

  test('a flood leaves the loop to others, grows nothing, and is heard to its end', async () => {
    await want();
    const piece = Buffer.alloc(65_536, '?');
    const before = process.memoryUsage().rss;
    for (let n = 0; n < 80; n++) if (!tty.peer.write(piece)) await once(tty.peer, 'drain');
    await eventually(() => typed === 80 * 65_536, { what: 'all of it', ...PATIENT });
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 24e6, `${grown} bytes more`);
  });

  test('lent, it carries every byte both ways, after what was written before, and is as before when it is given back', async () => {
    const { write, lend } = await want();
    const all = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    write('before ');
    const { bytes, giveBack } = lend();
    bytes.output.write(all);
    await peerHears(`before ${all.toString('latin1')}`);
    const came: Buffer[] = [];
    bytes.input.on('data', (some: Buffer) => void came.push(some));
    tty.peer.write(all);
    await eventually(() => Buffer.concat(came).equals(all), { what: 'all bytes', ...PATIENT });
    assert.deepEqual(happened, []);
    giveBack();
    giveBack();
    write('after');
    await peerHears('after');
    tty.peer.write('key');
    await until('key');
  });

  test('a file of all byte values goes by YMODEM, both ways, through a port with XON/XOFF', async () => {
    const all = Buffer.from(Uint8Array.from({ length: 20_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));
    assert.equal(new Set(all).size, 256);
    writeFileSync(join(dir, 'all.bin'), all);
    mkdirSync(join(dir, 'got'));
    const { lend } = await want();
    const { bytes: line, giveBack } = lend();
    const { signal } = new AbortController();
    /** A program of lrzsz on the laptop's port. */
    const lrzsz = async (program: 'sz' | 'rz', options: readonly string[], cwd: string) => {
      const peer = spawn(program, ['--ymodem', '-q', ...options], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
      peer.stdin.on('error', () => {});
      const back = (text: string) => void (peer.stdin.writable && peer.stdin.write(text, 'latin1'));
      peer.stdout.on('data', (some: Buffer) => void tty.peer.write(some));
      tty.peer.on('data', back);
      const [status] = await once(peer, 'exit');
      tty.peer.off('data', back);
      return status;
    };
    const pieces: Uint8Array[] = [];
    const sink = {
      open: async () => ok(undefined),
      async write(some: Uint8Array) {
        pieces.push(Uint8Array.from(some));
        return ok(undefined);
      },
      close: async () => ok(undefined),
      async discard() {},
    };
    const settings = { bytesMax: 1e6, filesMax: 1 };
    const [received, sz] = await Promise.all([
      receiveYmodem({ line, clock: real, signal, settings, sink }),
      lrzsz('sz', ['-k', 'all.bin'], dir),
    ]);
    assert.deepEqual([received.ok, sz, Buffer.concat(pieces).equals(all)], [true, 0, true]);
    const read = async (from: number, length: number) => ok(all.subarray(from, from + length));
    const files = [{ name: 'back.bin', sizeBytes: all.length, modifiedSeconds: 1, read }];
    const [sent, rz] = await Promise.all([
      sendYmodem({ line, clock: real, signal, files }),
      lrzsz('rz', [], join(dir, 'got')),
    ]);
    assert.deepEqual([sent.ok, rz, readFileSync(join(dir, 'got', 'back.bin')).equals(all)], [true, 0, true]);
    giveBack();
    assert.deepEqual(happened, []);
  });

  test('lent, it does not take more than is wanted, and a port that goes away closes both directions', async () => {
    const { lend } = await want({ flow: 'none' });
    const { bytes, giveBack } = lend();
    bytes.input.pause();
    const closed = Promise.all([once(bytes.input, 'close'), once(bytes.output, 'close')]);
    await closedBy(bytes, () => tty.unplug());
    await closed;
    giveBack();
    tty = await plug();
    await until('attached');
  });

  test('that is not there is told once and waited for; closed meanwhile, it tells nothing more', async () => {
    await tty.unplug();
    const listener = { typed() {}, broken() {}, lost() {}, unset() {}, attached: () => void happened.push('attached') };
    const settings = { path: join(dir, 'tty'), baud: 115_200, flow: 'none', hangup: 'none' } as const;
    port = openSerialConsole(clock, settings, { ...listener, gone: (fault) => void faults.push(fault) });
    await eventually(() => faults.length > 0, { what: 'told' });
    assert.equal(faults[0]?.code, 'SERIAL_UNOPENED');
    tty = await plug();
    await until('attached');
    await Promise.all([port.close(), port.close()]);
    await tty.unplug();
    assert.equal(faults.length, 1);
    const { bytes } = port.lend();
    assert.ok(bytes.input.destroyed);
  });
});

async function closedBy({ output }: ByteLine, act: () => Promise<void>) {
  output.write('x');
  await act();
}
