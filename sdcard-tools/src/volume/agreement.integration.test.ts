// test-timeout: 300 s
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardFiles } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { AUTHORISED_FILES, inStrictOrder } from '../core/easy-commissioning.ts';
import { accountKey, bytesOf, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { mkfsExfat, mkfsVfat, rootBySleuthKit, run } from '../testing/debian-images.ts';
import { type Lying, putExfat } from '../testing/exfat-files.ts';
import { findRaw, layoutOf, nextOf } from '../testing/fat-image.ts';
import { withFile } from '../testing/medium.ts';
import { openBlockDevice } from './block-device-file.ts';
import { readCard } from './read-card.ts';
import { writeCard } from './write-card.ts';

// Images of all kinds, made by the programs of others, read by us and by others, and written by us where we write.
// The same images each time; AGREEMENT_SEED=7 makes others.

const SEED = Number(process.env['AGREEMENT_SEED'] ?? 1);
const FAT_IMAGES = 120;
const EXFAT_IMAGES = 100;
const NEW_TXT = t2mTxt(OTHER_GRK, 'written by us');
const NEW_JSON = t2mJson(NEW_TXT, accountKey());

let folder = '';
const at = (name: string) => join(folder, name);
const begin = () => {
  folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
  mkdirSync(at('files'));
};
const end = () => rmSync(folder, { recursive: true });

async function read(): Promise<CardFiles> {
  const device = assertOk(await openBlockDevice(at('image'), 'readOnly'));
  const files = await readCard(device);
  await device.close();
  return assertOk(files);
}

/** What a person may have put on a card besides: photographs, long names, other scripts, and files that an Ewon takes. */
const photo = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9_ -]{0,40}[a-z]\.(jpg|jpeg|t|tar gz)$/),
  fc.constantFrom(
    'Überblick Halle 3.pdf',
    '日本語のファイル.txt',
    'T2M.txt.bak',
    'T2M.tx',
    'T2M .txt',
    'a.b.c.d',
    'T2M_txt',
  ),
);
const others = fc.uniqueArray(
  fc.oneof({ weight: 3, arbitrary: photo }, fc.constantFrom(...AUTHORISED_FILES.slice(0, -1).map((f) => f.name))),
  {
    maxLength: 12,
    selector: (name) => name.toLowerCase(),
  },
);
const cased = (name: string) =>
  fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }).map((upper) => {
    return [...name].map((c, i) => (upper[i] ? c.toUpperCase() : c.toLowerCase())).join('');
  });
const files = fc.record({
  txt: cased('t2m.txt'),
  json: fc.option(cased('t2m.json'), { nil: undefined }),
  note: fc.stringMatching(/^[ -~]{0,60}[!-~]$/),
  others,
});
type Files = typeof files extends fc.Arbitrary<infer T> ? T : never;

/** The files by their names on the card. */
function contentOf({ txt, json, note, others }: Files): ReadonlyMap<string, Uint8Array> {
  const text = t2mTxt(undefined, note);
  return new Map([
    ...others.map((name) => [name, bytesOf(name.repeat(200))] as const),
    [txt, text],
    ...(json === undefined ? [] : [[json, t2mJson(text, accountKey())] as const]),
  ]);
}

/** What is to be read of them. */
function expected({ txt, json, others }: Files, content: ReadonlyMap<string, Uint8Array>): CardFiles {
  const t2m = content.get(txt);
  const signed = json === undefined ? undefined : content.get(json);
  return { ...(t2m && { t2mTxt: t2m }), ...(signed && { t2mJson: signed }), otherFiles: inStrictOrder(others) };
}

const mtype = (name: string) => new Uint8Array(Buffer.from(run('mtype', ['-i', at('image'), `::${name}`]), 'latin1'));

suite('FAT', { needs: ['mkfs.vfat', 'fsck.vfat', 'mcopy', 'mdel', 'mtype'], timeoutMs: 120_000 }, (test) => {
  test.before.each(begin);
  test.after.each(end);

  // [bits, sectors per cluster, clusters]: away from the borders between the kinds (fatgen103 p. 15)
  const form = fc.oneof(
    fc.tuple(fc.constant(12 as const), fc.constantFrom(1, 2, 4, 8, 64), fc.integer({ min: 200, max: 3900 })),
    fc.tuple(fc.constant(16 as const), fc.constantFrom(1, 4, 32, 128), fc.integer({ min: 4200, max: 65_000 })),
    fc.tuple(fc.constant(32 as const), fc.constantFrom(1, 2, 8, 64), fc.integer({ min: 66_000, max: 90_000 })),
  );
  const label = fc.option(fc.constantFrom('X', 'EWON-1_2', 'NO NAME', "A'B(C)&#", '12345678901', 'T2M     TXT'), {
    nil: undefined,
  });
  const card = fc.record({ form, label, tables: fc.constantFrom(1, 2), holes: fc.boolean(), files });

  test(`${FAT_IMAGES} images of mkfs.vfat: what mtools put there is read, and what we write is in order to fsck.vfat and mtools`, async () => {
    const seen = { fragmented: 0, bits: new Set<number>() };
    for (const { form, label, tables, holes, files } of fc.sample(card, { seed: SEED, numRuns: FAT_IMAGES })) {
      const [bits, perCluster, clusters] = form;
      const kib = Math.ceil((clusters * perCluster) / 2 + (tables * clusters * bits) / 8192) + 40;
      const said = `${JSON.stringify({ bits, perCluster, kib, label, tables, holes, files })}`;
      rmSync(at('image'), { force: true });
      const more = ['-s', String(perCluster), '-f', String(tables), ...(label === undefined ? [] : ['-n', label])];
      mkfsVfat(at('image'), bits, kib, more);
      const content = contentOf(files);
      const made = [...content].map(([name, bytes]) => {
        writeFileSync(at(`files/${name}`), bytes);
        return at(`files/${name}`);
      });
      const holed = holes && bits === 12;
      if (holed) fillAndDelete(perCluster * 512);
      run('mcopy', ['-i', at('image'), ...made, '::']);
      for (const name of readdirSync(at('files'))) rmSync(at(`files/${name}`));

      assert.deepEqual(await read(), expected(files, content), said);
      assert.deepEqual(mtype(files.txt), content.get(files.txt), said);
      if (files.json) assert.deepEqual(mtype(files.json), content.get(files.json), said);
      if (holed && files.json && isFragmented()) seen.fragmented += 1;
      assert.equal(layoutOf(withFile(at('image'), (medium) => medium.read(0, 512))).bits, bits, said);
      seen.bits.add(bits);

      const device = assertOk(await openBlockDevice(at('image'), 'readWrite'));
      const written = [
        { name: 'T2M.txt', bytes: NEW_TXT },
        { name: 'T2M.json', bytes: NEW_JSON },
      ];
      assertOk(await writeCard(device, written));
      await device.close();
      run('fsck.vfat', ['-n', at('image')]);
      for (const { name, bytes } of written) assert.deepEqual(mtype(name), bytes, said);
      assert.deepEqual(
        { ...(await read()), otherFiles: [] },
        { t2mTxt: NEW_TXT, t2mJson: NEW_JSON, otherFiles: [] },
        said,
      );
    }
    process.stdout.write(
      `\nagreement: ${FAT_IMAGES} images of FAT12, FAT16 and FAT32, ${seen.fragmented} fragmented\n`,
    );
    assert.deepEqual([...seen.bits].sort(), [12, 16, 32]);
    assert.ok(seen.fragmented > 0);
  });

  /** Leaves holes of one cluster each in front. */
  function fillAndDelete(clusterBytes: number): void {
    const names = Array.from({ length: 120 }, (_, i) => `FILL${i}.BIN`);
    for (const name of names) writeFileSync(at(`files/${name}`), new Uint8Array(clusterBytes).fill(0x66));
    run('mcopy', ['-i', at('image'), ...names.map((name) => at(`files/${name}`)), '::']);
    for (const name of names) rmSync(at(`files/${name}`));
    run('mdel', ['-i', at('image'), ...names.filter((_, i) => i % 2 === 0).map((name) => `::${name}`)]);
  }

  /** Tells whether T2M.json lies in pieces; its short name is made of its long one. */
  function isFragmented(): boolean {
    const image = new Uint8Array(readFileSync(at('image')));
    const { cluster, size } = findRaw(image, 'T2M~1   JSO');
    const clusters = Math.ceil(size / layoutOf(image).clusterBytes);
    return clusters > 1 && nextOf(image, cluster) !== cluster + 1;
  }
});

suite('exFAT', { needs: ['mkfs.exfat', 'fsck.exfat', 'fls', 'icat'], timeoutMs: 120_000 }, (test) => {
  test.before.each(begin);
  test.after.each(end);

  const label = fc.option(
    fc.constantFrom('X', 'Ewön Card', '日本語', '\u{1F600}\u{1F600}', 'x'.repeat(11), 'T2M.txt'),
    { nil: undefined },
  );
  const form = fc.tuple(fc.constantFrom(9, 10, 12, 13, 15, 17, 20), fc.integer({ min: 200, max: 20_000 }));
  const lying = fc.constantFrom<Lying>('contiguous', 'chained', 'fragmented');
  const card = fc.record({ form, label, packed: fc.boolean(), txtLying: lying, jsonLying: lying, files });

  test(`${EXFAT_IMAGES} images of mkfs.exfat: what the Sleuth Kit reads is what we read`, async () => {
    for (const { form, label, packed, txtLying, jsonLying, files } of fc.sample(card, {
      seed: SEED,
      numRuns: EXFAT_IMAGES,
    })) {
      const [shift, clusters] = form;
      const sizeBytes = Math.max(clusters * 2 ** shift, 8 * 1024 * 1024);
      const said = `${JSON.stringify({ shift, sizeBytes, label, packed, txtLying, jsonLying, files })}`;
      const more = [
        '-c',
        String(2 ** shift),
        ...(label === undefined ? [] : ['-L', label]),
        ...(packed ? ['--pack-bitmap'] : []),
      ];
      mkfsExfat(at('image'), sizeBytes, more);
      const content = contentOf(files);
      withFile(at('image'), (medium) => {
        for (const [name, bytes] of content) {
          const how = name === files.txt ? txtLying : name === files.json ? jsonLying : 'contiguous';
          putExfat(medium, { name, bytes, lying: how });
        }
      });
      assert.match(
        run('fsck.exfat', ['-n', at('image')]),
        new RegExp(`clean. directories 1, files ${content.size}\\b`),
        said,
      );
      const theirs = rootBySleuthKit(at('image'));
      assert.deepEqual(Object.fromEntries(theirs), Object.fromEntries(content), said);
      assert.deepEqual(await read(), expected(files, theirs), said);
    }
    process.stdout.write(`\nagreement: ${EXFAT_IMAGES} images of exFAT\n`);
  });
});
