import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@ewon-agent/contracts';
import { plugTty } from '@ewon-agent/contracts/suites/plug-tty';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createSystemClock } from './clock-system.ts';
import { receiveYmodem, sendYmodem, type YmodemSink, type YmodemSource } from './ymodem-stream.ts';

const clock = createSystemClock();
const SIZES = [0, 1, 127, 128, 129, 1023, 1024, 1025, 300_000];
const settings = { bytesMax: 400_000, filesMax: 20 };

/** Every byte value, also those that mean something to YMODEM and to terminals. */
const content = (sizeBytes: number) => Uint8Array.from({ length: sizeBytes }, (_, n) => (n * 7 + (n >> 8)) & 0xff);
const nameOf = (sizeBytes: number) => `a card ${sizeBytes}.bin`;

function kept() {
  const whole = new Map<string, Uint8Array>();
  let pieces: Uint8Array[] = [];
  let discarded = 0;
  const sink: YmodemSink = {
    async open() {
      pieces = [];
      return ok(undefined);
    },
    async write(bytes) {
      pieces.push(bytes);
      return ok(undefined);
    },
    async close({ name }) {
      whole.set(name, Buffer.concat(pieces));
      return ok(undefined);
    },
    async discard() {
      discarded += 1;
    },
  };
  return { sink, whole, discarded: () => discarded };
}

function source(name: string, bytes: Uint8Array): YmodemSource {
  const read = async (from: number, length: number) => ok(bytes.subarray(from, from + length));
  return { name, sizeBytes: bytes.length, modifiedSeconds: 1_000_000_000, read };
}

/** A program of lrzsz on two pipes. */
function peer(command: string, args: readonly string[], cwd: string) {
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {});
  return { child, line: { input: child.stdout, output: child.stdin }, ended: once(child, 'exit') };
}

suite('YMODEM with lrzsz', { needs: ['rz', 'sz', 'socat'], timeoutMs: 120_000 }, (test) => {
  let dir = '';
  test.before.each(() => {
    dir = mkdtempSync(join(tmpdir(), 'ymodem-'));
  });
  test.after.each(() => rmSync(dir, { recursive: true }));

  const files = (sizes: readonly number[]) => {
    for (const size of sizes) writeFileSync(join(dir, nameOf(size)), content(size));
    return sizes.map(nameOf);
  };

  for (const blocks of ['128', '1024'])
    test(`sz sends in blocks of ${blocks}: each file arrives as it is`, async () => {
      files(SIZES);
      await Promise.all(
        SIZES.map(async (size) => {
          const args = ['--ymodem', ...(blocks === '1024' ? ['-k'] : []), nameOf(size)];
          const { line, ended } = peer('sz', args, dir);
          const { sink, whole } = kept();
          const received = assertOk(await receiveYmodem({ line, clock, settings, sink }));
          assert.deepEqual((await ended)[0], 0);
          assert.deepEqual(
            received.files.map(({ name, sizeBytes }) => [name, sizeBytes]),
            [[nameOf(size), size]],
          );
          assert.ok(Buffer.from(content(size)).equals(whole.get(nameOf(size)) ?? Buffer.alloc(1)), nameOf(size));
        }),
      );
    });

  test('rz receives: each file arrives as it is, with its name and time', async () => {
    await Promise.all(
      SIZES.map(async (size) => {
        const cwd = join(dir, String(size));
        mkdirSync(cwd);
        const { line, ended } = peer('rz', ['--ymodem'], cwd);
        assertOk(await sendYmodem({ line, clock, files: [source(nameOf(size), content(size))] }));
        line.output.end();
        await ended;
        assert.deepEqual(readdirSync(cwd), [nameOf(size)]);
        assert.ok(readFileSync(join(cwd, nameOf(size))).equals(content(size)), nameOf(size));
      }),
    );
  });

  test('over a terminal, as on a serial port: both ways', async () => {
    const tty = await plugTty(dir);
    const line = { input: tty.peer, output: tty.peer };
    const onTty = (command: string) => {
      const child = spawn('sh', ['-c', `${command} < "$0" > "$0"`, tty.path], { cwd: dir, stdio: 'ignore' });
      return once(child, 'exit');
    };
    const name = nameOf(1025);
    files([1025]);
    const { sink, whole } = kept();
    const sz = onTty(`sz --ymodem '${name}'`);
    assertOk(await receiveYmodem({ line, clock, settings, sink }));
    await sz;
    assert.ok(Buffer.from(content(1025)).equals(whole.get(name) ?? Buffer.alloc(0)));
    const rz = onTty('rz --ymodem');
    assertOk(await sendYmodem({ line, clock, files: [source('back again.bin', content(3000))] }));
    await rz;
    assert.ok(readFileSync(join(dir, 'back again.bin')).equals(content(3000)));
    await tty.unplug();
  });

  test('a batch of sz is taken file by file, or its second file refused', async () => {
    const names = files([100, 2000, 0]);
    const all = kept();
    const many = peer('sz', ['--ymodem', ...names], dir);
    const one = peer('sz', ['--ymodem', ...names], dir);
    const first = kept();
    const [taken, refused] = await Promise.all([
      receiveYmodem({ line: many.line, clock, settings, sink: all.sink }),
      receiveYmodem({ line: one.line, clock, settings: { ...settings, filesMax: 1 }, sink: first.sink }),
    ]);
    assert.deepEqual([...all.whole.keys()], names);
    assert.equal(assertOk(taken).isMoreRefused, false);
    assert.deepEqual([...first.whole.keys()], names.slice(0, 1));
    assert.equal(assertOk(refused).isMoreRefused, true);
    one.child.kill();
    await Promise.all([many.ended, one.ended]);
  });

  test('cancelled here, sz and rz end; ended there, we do, and nothing is whole', async () => {
    files([300_000]);
    const abort = new AbortController();
    const outcomes = await Promise.all([
      (async () => {
        const { line, ended } = peer('sz', ['--ymodem', nameOf(300_000)], dir);
        const { sink, whole, discarded } = kept();
        const progress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 100_000 && abort.abort();
        const received = await receiveYmodem({ line, clock, settings, sink, progress, signal: abort.signal });
        await ended;
        assert.deepEqual([whole.size, discarded()], [0, 1]);
        return assertFault(received, 'YMODEM_CANCELLED').detail;
      })(),
      (async () => {
        const { line, ended, child } = peer('sz', ['--ymodem', nameOf(300_000)], dir);
        const { sink, whole, discarded } = kept();
        const progress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 100_000 && child.kill('SIGKILL');
        const received = await receiveYmodem({ line, clock, settings, sink, progress });
        await ended;
        assert.deepEqual([whole.size, discarded()], [0, 1]);
        return assertFault(received, 'YMODEM_SILENT').code;
      })(),
      (async () => {
        const { line, ended } = peer('rz', ['--ymodem'], dir);
        const stop = new AbortController();
        const progress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 100_000 && stop.abort();
        const sent = source('half.bin', content(300_000));
        const result = await sendYmodem({ line, clock, files: [sent], progress, signal: stop.signal });
        line.output.end();
        await ended;
        return assertFault(result, 'YMODEM_CANCELLED').detail;
      })(),
    ]);
    assert.deepEqual(outcomes, ['here', 'YMODEM_SILENT', 'here']);
  });
});
