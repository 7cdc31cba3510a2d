import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { countSteps, crashPoints, type DiskStep, readSteps } from './write-log.ts';

const SECTOR = 512;

type Entry = { readonly sector?: number; readonly sectors?: number; readonly flags?: number; readonly fill?: number };

function head(entries: number, more: { magic?: bigint; version?: bigint } = {}): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  bytes.writeBigUInt64LE(more.magic ?? 0x6a736677736872n, 0);
  bytes.writeBigUInt64LE(more.version ?? 1n, 8);
  bytes.writeBigUInt64LE(BigInt(entries), 16);
  bytes.writeUInt32LE(SECTOR, 24);
  return bytes;
}

function entry({ sector = 0, sectors = 0, flags = 0, fill = 0 }: Entry): Buffer {
  const bytes = Buffer.alloc(SECTOR * (1 + sectors), fill).fill(0, 0, SECTOR);
  for (const [at, value] of [sector, sectors, flags, 0].entries()) bytes.writeBigUInt64LE(BigInt(value), at * 8);
  return bytes;
}

const FLUSH: Entry = { flags: 1 };
const logOf = (...entries: readonly Entry[]) => Buffer.concat([head(entries.length), ...entries.map(entry)]);
const inShort = (step: DiskStep) =>
  step.does === 'flush' ? 'flush' : `${step.data[0]} × ${step.data.length} at ${step.offsetBytes}`;

suite('log of writes', (test) => {
  test('writes and flushes come in their order, with what was written and where', () => {
    const log = logOf({ sector: 8, sectors: 2, fill: 7 }, FLUSH, { sector: 0, sectors: 1, fill: 9 });
    assert.deepEqual(assertOk(readSteps(log)).map(inShort), ['7 × 1024 at 4096', 'flush', '9 × 512 at 0']);
  });

  test('what is not counted in the head has not happened', () => {
    const log = Buffer.concat([head(1), entry(FLUSH), entry({ sectors: 1 })]);
    assert.equal(assertOk(countSteps(log)), 1);
    assert.deepEqual(assertOk(readSteps(log)).map(inShort), ['flush']);
  });

  test('a log without a head has no count yet', () => {
    assert.equal(assertOk(countSteps(Buffer.alloc(0))), undefined);
    assertFault(readSteps(Buffer.alloc(0)), 'BAD_REQUEST');
  });

  test('another format, a log that is cut off, and what the board never asks for are refused', () => {
    const whole = logOf({ sector: 8, sectors: 2 }, FLUSH);
    for (const bytes of [
      Buffer.alloc(SECTOR),
      head(0, { magic: 1n }),
      head(0, { version: 2n }),
      whole.subarray(0, whole.length - SECTOR),
      whole.subarray(0, SECTOR * 3),
      logOf({ flags: 2, sectors: 1 }), // past the cache
      logOf({ flags: 4 }), // a discard
      logOf({ flags: 8 }), // a mark
      logOf({ flags: 1, sectors: 1 }),
    ])
      assertFault(readSteps(bytes), 'BAD_REQUEST');
  });

  test('a power cut is after a flush, and what came before the next one is in doubt', () => {
    const write: DiskStep = { does: 'write', offsetBytes: 0, data: new Uint8Array() };
    const flush: DiskStep = { does: 'flush' };
    assert.deepEqual(crashPoints([write, write]), []);
    assert.deepEqual(crashPoints([write, flush, write, write, flush, flush, write]), [
      { flushed: 2, next: 5 },
      { flushed: 5, next: 6 },
      { flushed: 6, next: Number.POSITIVE_INFINITY },
    ]);
  });
});
