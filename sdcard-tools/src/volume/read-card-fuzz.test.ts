// test-timeout: 1800 s
import { type CardFiles, isCode, type Result, T2M_JSON_MAX_BYTES, T2M_TXT_MAX_BYTES } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { CARD_NAMES } from '../core/easy-commissioning.ts';
import { smallestFat32Bytes } from '../core/image-size.ts';
import { accountKey, t2mJson, t2mTxt } from '../testing/cards.ts';
import { exfatCard } from '../testing/exfat-cards.ts';
import { changeSet, findExfat } from '../testing/exfat-files.ts';
import { exfatPartsOf, sealBoot } from '../testing/exfat-image.ts';
import { faultyDevice } from '../testing/faulty-device.ts';
import { badBytes, casesFor, patchedDevice, patchesFor, residentBytes } from '../testing/fuzz.ts';
import { inGpt, sealGptHeader } from '../testing/gpt-image.ts';
import { memoryMedium } from '../testing/medium.ts';
import type { BlockDevice } from './block-device.ts';
import { memoryDevice } from './block-device-memory.ts';
import { makeCardImage } from './make-image.ts';
import { readCard } from './read-card.ts';

// FUZZ_CASES=100000 runs more. A failing case is printed with its seed by fast-check, and made small.

const MIB = 1024 * 1024;
const txt = t2mTxt();
const FILES = [
  { name: 'T2M.txt', bytes: txt },
  { name: 'T2M.json', bytes: t2mJson(txt, accountKey()) },
  { name: 'backup.tar', bytes: new Uint8Array(5000) },
];
const fatOf = async (sizeBytes: number) => assertOk(await makeCardImage(FILES, sizeBytes));
const exfat = exfatCard(
  FILES.map((file, i) => ({ ...file, lying: i === 1 ? 'fragmented' : 'contiguous' })),
  {
    clusterBytes: 1024,
    sizeBytes: MIB,
  },
).image;

/** The longest that a card may take (threats.md), and what it may leave behind in memory. */
const [DECIDED_MS, GROWTH_BYTES] = [2000, 5_000_000];

/** What came of the cases, by code. */
type Outcomes = Record<string, number>;

async function judge(device: BlockDevice, outcomes: Outcomes): Promise<void> {
  const before = performance.now();
  const read: Result<CardFiles> = await readCard(device);
  assert.ok(performance.now() - before < DECIDED_MS, `${performance.now() - before} ms`);
  const outcome = read.ok ? 'read' : read.fault.code;
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  if (!read.ok) {
    assert.ok(isCode(read.fault.code) && read.fault.code.startsWith('CARD_'));
    return;
  }
  assert.ok((read.value.t2mTxt?.length ?? 0) <= T2M_TXT_MAX_BYTES);
  assert.ok((read.value.t2mJson?.length ?? 0) <= T2M_JSON_MAX_BYTES);
  assert.ok(read.value.otherFiles.every((name) => CARD_NAMES.includes(name)));
}

/** Runs cases, sees to it that memory does not grow with them, and says how many there were and what came of them. */
async function fuzz<T>(what: string, cases: number, arbitrary: fc.Arbitrary<T>, deviceOf: (value: T) => BlockDevice) {
  const outcomes: Outcomes = {};
  const run = (numRuns: number) =>
    fc.assert(
      fc.asyncProperty(arbitrary, (value) => judge(deviceOf(value), outcomes)),
      { numRuns },
    );
  await run(Math.ceil(cases / 2)); // the heap takes its size
  const start = performance.now();
  let growth = Number.POSITIVE_INFINITY;
  // a heap that was moved about looks like growth once; what is kept grows each time
  for (let round = 0; round < 3 && growth >= GROWTH_BYTES; round++) {
    const before = await residentBytes();
    await run(Math.floor(cases / 2));
    growth = (await residentBytes()) - before;
  }
  const ran = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const ms = Math.round(performance.now() - start);
  process.stdout.write(
    `\nfuzz ${what}: ${ran} cases, the second half in ${ms} ms, RSS ${Math.round(growth / 1024)} KiB more, ${JSON.stringify(outcomes)}\n`,
  );
  assert.ok(growth < GROWTH_BYTES, `${growth} bytes more than before`);
  assert.ok(Object.keys(outcomes).length > 1, 'some are refused and some are read');
}

async function bytesOf(what: string, cases: number, image: Uint8Array): Promise<void> {
  const probe = faultyDevice(memoryDevice(image));
  assertOk(await readCard(probe));
  const patches = patchesFor(image, [...new Set(probe.asked.read)]);
  await fuzz(`${what}, bytes`, cases, patches, (some) => patchedDevice(image, some));
}

suite('cards changed at random', { timeoutMs: 1_700_000 }, (test) => {
  const fats = { FAT12: MIB, FAT16: 16 * MIB, FAT32: smallestFat32Bytes };
  for (const [kind, sizeBytes] of Object.entries(fats)) {
    test(`${kind}: any bytes`, async () => bytesOf(kind, casesFor(0.1, 200), await fatOf(sizeBytes)));
  }

  test('exFAT: any bytes', () => bytesOf('exFAT', casesFor(0.2, 1000), exfat));

  test('exFAT in a GPT: any bytes', () => bytesOf('exFAT in a GPT', casesFor(0.1, 500), inGpt(exfat, 64)));

  test('exFAT: the boot sector, with a checksum that fits', async () => {
    const field = fc.constantFrom(64, 72, 80, 84, 88, 92, 96, 106, 108, 109, 110);
    const fields = fc.array(fc.tuple(field, badBytes), { minLength: 1, maxLength: 3 });
    await fuzz('exFAT, boot sector', casesFor(0.2, 600), fields, (some) => {
      const image = Uint8Array.from(exfat);
      for (const [at, bytes] of some) image.set(bytes, at);
      const shift = image[108] ?? 0;
      if (shift >= 9 && shift <= 12) sealBoot(memoryMedium(image));
      return memoryDevice(image);
    });
  });

  test('exFAT: directory entries with checksums that fit, and links between clusters', async () => {
    const inSet = fc.tuple(fc.constantFrom('T2M.txt', 'T2M.json'), fc.nat(95), badBytes);
    const link = fc.tuple(fc.nat(60), badBytes);
    const changes = fc.tuple(fc.array(inSet, { maxLength: 3 }), fc.array(link, { maxLength: 3 }));
    await fuzz('exFAT, entries and links', casesFor(0.2, 600), changes, ([sets, links]) => {
      const medium = memoryMedium(Uint8Array.from(exfat));
      const { fat } = exfatPartsOf(medium);
      const places = new Map(['T2M.txt', 'T2M.json'].map((name) => [name, findExfat(medium, name)]));
      for (const [cluster, bytes] of links) medium.write(fat + 8 + cluster * 4, bytes);
      for (const [name, at, bytes] of sets) {
        changeSet(medium, places.get(name) ?? 0, { [at]: bytes.subarray(0, 96 - at) });
      }
      return {
        ...memoryDevice(new Uint8Array()),
        sizeBytes: MIB,
        read: async (at, length) => ({ ok: true, value: medium.read(at, length) }),
      };
    });
  });

  test('GPT: the header, with a checksum that fits', async () => {
    const gpt = inGpt(exfat, 64);
    gpt.fill(0, gpt.length - 512); // or else the second header would mend everything
    const fields = fc.array(fc.tuple(fc.integer({ min: 8, max: 91 }), badBytes), { minLength: 1, maxLength: 3 });
    await fuzz('GPT, header', casesFor(0.1, 300), fields, (some) => {
      const header = gpt.slice(0, 1024);
      for (const [at, bytes] of some) header.set(bytes, 512 + at);
      if (new DataView(header.buffer).getUint32(512 + 12, true) <= 512) sealGptHeader(header, 1);
      return patchedDevice(gpt, [{ at: 512, bytes: header.slice(512) }]);
    });
  });
});
