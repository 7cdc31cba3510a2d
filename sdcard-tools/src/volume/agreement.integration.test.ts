// test-timeout: 1800 s
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardFiles, Result } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { AUTHORISED_FILES, inStrictOrder } from '../core/easy-commissioning.ts';
import { accountKey, bytesOf, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { mkfsExfat, mkfsVfat, rootBySleuthKit, run } from '../testing/debian-images.ts';
import { type Lying, putExfat } from '../testing/exfat-files.ts';
import { findRawIfThere, layoutOf, nextOf } from '../testing/fat-image.ts';
import { withFile } from '../testing/medium.ts';
import type { BlockDevice } from './block-device.ts';
import { openBlockDevice } from './block-device-file.ts';
import { readCard } from './read-card.ts';
import { wipeFiles } from './wipe-files.ts';
import { writeCard } from './write-card.ts';

// Images of all kinds, made by the programs of others, read by us and by others, and written by us where we write.
// The same images each time; AGREEMENT_SEED=7 makes others, AGREEMENT_IMAGES=all twice as many.

const SEED = Number(process.env['AGREEMENT_SEED'] ?? 1);
const takesAll = process.env['AGREEMENT_IMAGES'] === 'all';
const FAT_IMAGES = takesAll ? 120 : 60;
const EXFAT_IMAGES = takesAll ? 100 : 50;
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
    `${'a long name '.repeat(20)}end.jpg`,
    `${'x'.repeat(251)}.txt`,
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
function contentOf({ txt, json, note, others }: Files, jsonBytes: number): ReadonlyMap<string, Uint8Array> {
  const text = t2mTxt(undefined, note);
  return new Map([
    ...others.map((name) => [name, bytesOf(name.repeat(200))] as const),
    [txt, text],
    ...(json === undefined ? [] : [[json, padded(t2mJson(text, accountKey()), jsonBytes)] as const]),
  ]);
}

/** The same JSON with blanks behind it. */
function padded(bytes: Uint8Array, atLeast: number): Uint8Array {
  const longer = new Uint8Array(Math.max(bytes.length, atLeast)).fill(0x20);
  longer.set(bytes);
  return longer;
}

/** What is to be read of them. */
function expected({ txt, json, others }: Files, content: ReadonlyMap<string, Uint8Array>): CardFiles {
  const t2m = content.get(txt);
  const signed = json === undefined ? undefined : content.get(json);
  return { ...(t2m && { t2mTxt: t2m }), ...(signed && { t2mJson: signed }), otherFiles: inStrictOrder(others) };
}

/** Files that fill every second cluster in front, when there are to be holes. */
const HOLES = 60;
const FAT_PROGRAMS = [...(['mkfs.vfat', 'fsck.vfat', 'mcopy', 'mdel', 'mdir', 'mtype', 'sfdisk', 'sgdisk'] as const)];

// [bits, sectors per cluster, clusters]: away from the borders between the kinds (fatgen103 p. 15)
const fatForm = fc.oneof(
  fc.tuple(fc.constant(12 as const), fc.constantFrom(1, 2, 4, 8, 64), fc.integer({ min: 400, max: 3900 })),
  fc.tuple(fc.constant(16 as const), fc.constantFrom(1, 4, 32, 128), fc.integer({ min: 4200, max: 65_000 })),
  fc.tuple(fc.constant(32 as const), fc.constantFrom(1, 2, 8, 64), fc.integer({ min: 66_000, max: 90_000 })),
);
const fatLabel = fc.option(
  fc.constantFrom('X', 'EWON-1_2', 'NO NAME', "A'B(C)&#", '12345678901', 'T2M     TXT', 'x y', 'Card 7'),
  { nil: undefined },
);
const fatCard = fc.record({
  form: fatForm,
  label: fatLabel,
  tables: fc.constantFrom(1, 2),
  wantedTable: fc.constantFrom('no table' as const, 'no table' as const, 'DOS table' as const, 'GPT' as const),
  holes: fc.boolean(),
  /** So that it takes several clusters where there are holes. */
  jsonBytes: fc.integer({ min: 4000, max: 60_000 }),
  files,
});
type FatCard = typeof fatCard extends fc.Arbitrary<infer T> ? T : never;
type FatForm = { readonly bits: 12 | 16 | 32; readonly perCluster: number; readonly kib: number };

function formOf({ form, tables }: FatCard): FatForm {
  const [bits, perCluster, clusters] = form;
  return { bits, perCluster, kib: Math.ceil((clusters * perCluster) / 2 + (tables * clusters * bits) / 8192) + 40 };
}

/** A card whose table of partitions is settled. */
type Placed = FatCard & { readonly table: FatCard['wantedTable'] };

const WANTED_OF_FAT = [
  ...[
    'FAT12',
    'FAT16',
    'FAT32',
    'DOS table',
    'GPT',
    'labels',
    'long names',
    'fragmented by others',
    'fragmented by us',
  ],
  ...['clusters of 512', 'clusters of 2048', 'clusters of 4096', 'clusters of 32768', 'clusters of 65536'],
];

/** Counts what the images had, to be told at the end. */
function countsOf() {
  const counts = new Map<string, number>();
  return {
    add: (...what: readonly string[]) => {
      for (const one of what) counts.set(one, (counts.get(one) ?? 0) + 1);
    },
    of: (what: string) => counts.get(what),
    text: () =>
      [...counts]
        .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
        .map(([what, n]) => `${what} ${n}`)
        .join(', '),
  };
}

suite('FAT', { needs: [...FAT_PROGRAMS], timeoutMs: 890_000 }, (test) => {
  test.before.each(begin);
  test.after.each(end);

  test(`${FAT_IMAGES} images of mkfs.vfat: what mtools put there is read, and what we write and wipe is in order to fsck.vfat and mtools`, async () => {
    const seen = countsOf();
    for (const [i, card] of fc.sample(fatCard, { seed: SEED, numRuns: FAT_IMAGES }).entries()) {
      const said = `${i}: ${JSON.stringify(card)}`;
      const { bits, perCluster, kib } = formOf(card);
      // large ones are sparse, and what is in a partition is taken out to be judged
      const table = kib > 64 * 1024 ? 'no table' : card.wantedTable;
      const startBytes = makeVolume({ ...card, table }, { bits, perCluster, kib });
      const volume = `${at('image')}${startBytes > 0 ? `@@${startBytes}` : ''}`;
      const mtype = (name: string) => new Uint8Array(Buffer.from(run('mtype', ['-i', volume, `::${name}`]), 'latin1'));
      const content = contentOf(card.files, card.holes ? card.jsonBytes : 0);
      if (card.holes) leaveHoles(volume, perCluster * 512);
      put(volume, content);

      // what others wrote, read by us and by them
      assert.deepEqual(await read(), expected(card.files, content), said);
      assert.deepEqual(mtype(card.files.txt), content.get(card.files.txt), said);
      if (card.files.json) assert.deepEqual(mtype(card.files.json), content.get(card.files.json), said);
      assert.equal(layoutOf(withFile(at('image'), (medium) => medium.read(startBytes, 512))).bits, bits, said);
      seen.add(`FAT${bits}`, `clusters of ${perCluster * 512}`);
      seen.add(table);
      if (card.label !== undefined) seen.add('labels');
      if (card.files.others.some((name) => name.length > 12)) seen.add('long names');
      if (isFragmented(startBytes, 'T2M~1   JSO')) seen.add('fragmented by others');

      // what we write, judged by them
      const written = [
        { name: 'T2M.txt', bytes: NEW_TXT },
        { name: 'T2M.json', bytes: card.holes ? padded(NEW_JSON, card.jsonBytes) : NEW_JSON },
      ];
      await onImage((device) => writeCard(device, written));
      judge(startBytes, kib);
      for (const { name, bytes } of written) assert.deepEqual(mtype(name), bytes, said);
      const [txt, json] = written;
      const back = { ...(await read()), otherFiles: [] };
      assert.deepEqual(back, { t2mTxt: txt?.bytes, t2mJson: json?.bytes, otherFiles: [] }, said);
      if (isFragmented(startBytes, 'T2M~1   JSO')) seen.add('fragmented by us');

      // what we wipe: the strangers stay, and nothing of the key does
      await onImage((device) => wipeFiles(device, ['T2M.txt', 'T2M.json']));
      judge(startBytes, kib);
      const left = takeOut(volume);
      assert.equal(
        left.size,
        card.files.others.length + (card.holes ? HOLES : 0),
        `${said}: ${[...left.keys()].join()}`,
      );
      for (const name of card.files.others) assert.deepEqual(left.get(name), content.get(name), said);
      if (kib <= 4096) assert.ok(!readFileSync(at('image')).includes(OTHER_GRK), said);
    }
    process.stdout.write(`\nagreement: ${FAT_IMAGES} images of FAT: ${seen.text()}\n`);
    for (const what of WANTED_OF_FAT) assert.ok((seen.of(what) ?? 0) >= 3, `${what}: ${seen.of(what)}`);
  });

  /** Makes an image by mkfs.vfat, in a partition by sfdisk or sgdisk where one is asked for. @returns where the volume begins */
  function makeVolume({ label, tables, table }: Placed, { bits, perCluster, kib }: FatForm): number {
    rmSync(at('image'), { force: true });
    const more = ['-s', String(perCluster), '-f', String(tables), ...(label === undefined ? [] : ['-n', label])];
    if (table === 'no table') {
      mkfsVfat(at('image'), bits, kib, more);
      return 0;
    }
    writeFileSync(at('image'), '');
    truncateSync(at('image'), (kib + 2048) * 1024);
    if (table === 'GPT') run('sgdisk', ['-n', `1:2048:+${kib}K`, '-t', '1:0700', at('image')]);
    else run('sfdisk', ['--quiet', at('image')], `label: dos\nstart=2048, size=${kib}KiB, type=c\n`);
    run('mkfs.vfat', ['-F', String(bits), ...more, '--offset', '2048', at('image'), String(kib)]);
    return 2048 * 512;
  }

  function put(volume: string, content: ReadonlyMap<string, Uint8Array>): void {
    for (const [name, bytes] of content) writeFileSync(at(`files/${name}`), bytes);
    run('mcopy', ['-i', volume, ...[...content.keys()].map((name) => at(`files/${name}`)), '::']);
    for (const name of readdirSync(at('files'))) rmSync(at(`files/${name}`));
  }

  /** What mtools find in the root. */
  function takeOut(volume: string): ReadonlyMap<string, Uint8Array> {
    if (run('mdir', ['-b', '-i', volume, '::/']).trim() === '') return new Map();
    run('mcopy', ['-i', volume, '::*', at('files')]);
    const found = readdirSync(at('files')).map(
      (name) => [name, new Uint8Array(readFileSync(at(`files/${name}`)))] as const,
    );
    for (const [name] of found) rmSync(at(`files/${name}`));
    return new Map(found);
  }

  /** Leaves holes of one cluster each in front. */
  function leaveHoles(volume: string, clusterBytes: number): void {
    const names = Array.from({ length: 2 * HOLES }, (_, i) => `FILL${i}.BIN`);
    put(volume, new Map(names.map((name) => [name, new Uint8Array(clusterBytes).fill(0x66)])));
    run('mdel', ['-i', volume, ...names.filter((_, i) => i % 2 === 0).map((name) => `::${name}`)]);
  }

  /** Has fsck.vfat judge the volume; it takes no offset, so a partition is taken out for it. */
  function judge(startBytes: number, kib: number): void {
    if (startBytes === 0) return void run('fsck.vfat', ['-n', at('image')]);
    const volume = withFile(at('image'), (medium) => medium.read(startBytes, kib * 1024));
    writeFileSync(at('volume'), volume);
    run('fsck.vfat', ['-n', at('volume')]);
  }

  /** Tells whether a file lies in pieces, by its 11 characters in the root. */
  function isFragmented(startBytes: number, name: string): boolean {
    const all = withFile(at('image'), (medium) => {
      const { data } = layoutOf(medium.read(startBytes, 512));
      return medium.read(startBytes, Math.min(medium.sizeBytes - startBytes, data + 128 * 1024));
    });
    const found = findRawIfThere(all, name);
    if (!found) return false;
    const { clusterBytes } = layoutOf(all);
    let cluster = found.cluster;
    for (let rest = found.size - clusterBytes; rest > 0; rest -= clusterBytes) {
      const next = nextOf(all, cluster);
      if (next !== cluster + 1) return true;
      cluster = next;
    }
    return false;
  }
});

async function onImage(work: (device: BlockDevice) => Promise<Result<void>>): Promise<void> {
  const device = assertOk(await openBlockDevice(at('image'), 'readWrite'));
  assertOk(await work(device));
  await device.close();
}

suite('exFAT', {
  needs: ['mkfs.exfat', 'fsck.exfat', 'fls', 'icat', 'sfdisk', 'sgdisk'],
  timeoutMs: 890_000,
}, (test) => {
  test.before.each(begin);
  test.after.each(end);

  const label = fc.option(
    fc.constantFrom('X', 'Ewön Card', '日本語', '\u{1F600}\u{1F600}', 'x'.repeat(11), 'T2M.txt'),
    { nil: undefined },
  );
  const form = fc.tuple(fc.constantFrom(9, 10, 12, 13, 15, 17, 20), fc.integer({ min: 200, max: 20_000 }));
  const lying = fc.constantFrom<Lying>('contiguous', 'chained', 'fragmented');
  const table = fc.constantFrom('no table' as const, 'DOS table' as const, 'GPT' as const);
  const jsonBytes = fc.integer({ min: 0, max: 60_000 });
  const card = fc.record({
    form,
    label,
    table,
    packed: fc.boolean(),
    txtLying: lying,
    jsonLying: lying,
    jsonBytes,
    files,
  });

  test(`${EXFAT_IMAGES} images of mkfs.exfat: what the Sleuth Kit reads is what we read`, async () => {
    const seen = countsOf();
    for (const one of fc.sample(card, { seed: SEED, numRuns: EXFAT_IMAGES })) {
      const { form, label, packed, txtLying, jsonLying, jsonBytes, files } = one;
      const [shift, clusters] = form;
      const sizeBytes = Math.max(clusters * 2 ** shift, 8 * 1024 * 1024);
      const said = JSON.stringify(one);
      const more = [
        '-c',
        String(2 ** shift),
        ...(label === undefined ? [] : ['-L', label]),
        ...(packed ? ['--pack-bitmap'] : []),
      ];
      mkfsExfat(at('image'), sizeBytes, more);
      const content = contentOf(files, jsonBytes);
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
      const table = sizeBytes > 64 * 1024 * 1024 ? 'no table' : one.table;
      const startSector = table === 'no table' ? 0 : intoPartition(table, sizeBytes);
      const theirs = rootBySleuthKit(at('image'), startSector);
      assert.deepEqual(Object.fromEntries(theirs), Object.fromEntries(content), said);
      assert.deepEqual(await read(), expected(files, theirs), said);
      seen.add(`clusters of ${2 ** shift}`, table, `T2M.txt ${txtLying}`);
      if (files.json !== undefined) seen.add(`T2M.json ${jsonLying}`);
      if (label !== undefined) seen.add('labels');
      if (files.others.some((name) => name.length > 12)) seen.add('long names');
    }
    process.stdout.write(`\nagreement: ${EXFAT_IMAGES} images of exFAT: ${seen.text()}\n`);
    for (const what of ['DOS table', 'GPT', 'labels', 'long names', 'T2M.json fragmented', 'T2M.json contiguous']) {
      assert.ok((seen.of(what) ?? 0) >= 3, `${what}: ${seen.of(what)}`);
    }
  });

  /** Moves the volume into the first partition of a table. @returns the sector where it begins */
  function intoPartition(table: 'DOS table' | 'GPT', sizeBytes: number): number {
    renameSync(at('image'), at('volume'));
    writeFileSync(at('image'), '');
    truncateSync(at('image'), sizeBytes + 2 * 1024 * 1024);
    if (table === 'GPT') run('sgdisk', ['-n', `1:2048:+${sizeBytes / 1024}K`, '-t', '1:0700', at('image')]);
    else run('sfdisk', ['--quiet', at('image')], 'label: dos\nstart=2048, type=7\n');
    const volume = readFileSync(at('volume'));
    withFile(at('image'), (medium) => medium.write(2048 * 512, volume));
    return 2048;
  }
});
