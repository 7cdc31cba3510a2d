import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
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
});
