// test-timeout: 900 s
import { isCode, type Result } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { accountKey, t2mJson, t2mTxt } from '../testing/cards.ts';
import { inPartition } from '../testing/fat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import { casesFor, type Patch, patchesFor } from '../testing/fuzz.ts';
import type { BlockDevice } from './block-device.ts';
import { memoryDevice } from './block-device-memory.ts';
import { makeCardImage } from './make-image.ts';
import { readCard } from './read-card.ts';
import { wipeFiles } from './wipe-files.ts';
import { wipeFreeSpace } from './wipe-free-space.ts';
import { writeCard } from './write-card.ts';

// What writes to a card is held to cards that somebody, or wear, has changed: it ends, it answers, and it never leaves the volume.
// FUZZ_CASES=100000 runs more.

const MIB = 1024 * 1024;
/** The volume begins here; what stands in front of it is not ours. */
const START_SECTOR = 64;
const txt = t2mTxt();
const FILES = [
  { name: 'T2M.txt', bytes: txt },
  { name: 'T2M.json', bytes: t2mJson(txt, accountKey()) },
  { name: 'photo.jpg', bytes: new Uint8Array(5000).fill(7) },
];
const NAMES = ['T2M.txt', 'T2M.json'];

/** What is done to a card, and what must hold of it when it says that it was done. */
const WORKS: Readonly<
  Record<string, { do(device: BlockDevice): Promise<Result<void>>; holds(image: Uint8Array): Promise<void> }>
> = {
  wiping: {
    do: (device) => wipeFiles(device, NAMES),
    holds: async (image) => {
      const read = await readCard(memoryDevice(image));
      assert.ok(!read.ok || (read.value.t2mTxt === undefined && read.value.t2mJson === undefined));
    },
  },
  'wiping free space': { do: (device) => wipeFreeSpace(device), holds: async () => {} },
  writing: {
    do: (device) => writeCard(device, [{ name: 'T2M.txt', bytes: txt }]),
    holds: async (image) => {
      // what stands beside it may be damaged still
      const read = await readCard(memoryDevice(image));
      if (read.ok) assert.deepEqual(read.value.t2mTxt, txt);
    },
  },
};

suite('changed cards that are written to', { timeoutMs: 800_000 }, (test) => {
  for (const [kind, sizeBytes, share] of [
    ['FAT12', MIB, 0.2],
    ['FAT16', 5 * MIB, 0.1],
  ] as const) {
    for (const [what, work] of Object.entries(WORKS)) {
      test(`${kind}, ${what}: an answer each time, and not a byte outside of the volume`, async () => {
        const image = inPartition(assertOk(await makeCardImage(FILES, sizeBytes)), START_SECTOR);
        const probe = faultyDevice(memoryDevice(Uint8Array.from(image)));
        assertOk(await work.do(probe));
        const touched = [...new Set([...probe.asked.read, ...probe.asked.written])].slice(0, 2000);
        const outcomes: Record<string, number> = {};
        const judge = async (patches: readonly Patch[]) => {
          const changed = Uint8Array.from(image);
          for (const { at, bytes } of patches) changed.set(bytes, at);
          const device = faultyDevice(memoryDevice(changed));
          const done = await work.do(device);
          const outcome = done.ok ? 'done' : done.fault.code;
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
          assert.ok(done.ok || isCode(done.fault.code));
          const [first, last] = [Math.min(...device.asked.written), Math.max(...device.asked.written)];
          if (device.asked.written.length > 0) assert.ok(last < changed.length / 512 && first >= startOf(changed));
          if (done.ok) await work.holds(changed);
        };
        const numRuns = casesFor(share, 60);
        await fc.assert(fc.asyncProperty(patchesFor(image, touched), judge), { numRuns });
        process.stdout.write(`\nfuzz ${kind}, ${what}: ${numRuns} cases, ${JSON.stringify(outcomes)}\n`);
      });
    }
  }
});

/** Where the volume begins by the table as it was changed: at sector 0 when that has become a volume itself. */
function startOf(image: Uint8Array): number {
  const said = new DataView(image.buffer, image.byteOffset).getUint32(454, true);
  return said === START_SECTOR ? START_SECTOR : 0;
}
