import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CardFiles, MEDIUM_MAX_BYTES, type Result } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { accountKey, bytesOf, GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { mkfsExfat, rootBySleuthKit, run } from '../testing/debian-images.ts';
import { exfatCard } from '../testing/exfat-cards.ts';
import { type ExfatPut, type Lying, putExfat } from '../testing/exfat-files.ts';
import { exfatPartsOf } from '../testing/exfat-image.ts';
import { partOf, withFile } from '../testing/medium.ts';
import { sdcard } from '../testing/sdcard-process.ts';
import { openBlockDevice } from './block-device-file.ts';
import { readCard } from './read-card.ts';

// Cards of exFAT, and cards with a GPT, as others make them. Nothing of Debian puts a file on an exFAT without mounting it, so
// our test does; fsck.exfat and the Sleuth Kit say whether it did that well.

const MIB = 1024 * 1024;
const GENUINE = bytesOf(`T2MKey:${GRK}\r\nT2MNote:Message copied in eCatcher\r\n`);
const json = t2mJson(t2mTxt(), accountKey());
const LYINGS = ['contiguous', 'chained', 'fragmented'] as const satisfies readonly Lying[];

let folder = '';
const at = (name: string) => join(folder, name);
const begin = () => {
  folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
};
const end = () => rmSync(folder, { recursive: true });

async function read(path: string): Promise<Result<CardFiles>> {
  const device = assertOk(await openBlockDevice(path, 'readOnly'));
  const files = await readCard(device);
  await device.close();
  return files;
}

const put = (path: string, files: readonly ExfatPut[], startBytes = 0) =>
  withFile(path, (medium) => files.map((file) => putExfat(partOf(medium, startBytes), file)));

/** Takes over what a file system of `fromPath` has in its first bytes, which is all there is of a new one. */
function copyStart(fromPath: string, toPath: string, toBytes: number): void {
  const [from, to] = [openSync(fromPath, 'r'), openSync(toPath, 'r+')];
  const bytes = new Uint8Array(16 * MIB);
  const length = readSync(from, bytes, 0, bytes.length, 0);
  writeSync(to, bytes, 0, length, toBytes);
  closeSync(from);
  closeSync(to);
}

suite('exFAT made by mkfs.exfat', { needs: ['mkfs.exfat', 'fsck.exfat', 'fls', 'icat'], timeoutMs: 60_000 }, (test) => {
  test.before.each(begin);
  test.after.each(end);

  const forms: readonly (readonly [cluster: string, sizeBytes: number])[] = [
    ['512', 8 * MIB],
    ['4K', 64 * MIB],
    ['32K', 512 * MIB],
    ['128K', 4096 * MIB],
    ['1M', 4096 * MIB],
    ['32M', 4096 * MIB],
  ];
  for (const [cluster, sizeBytes] of forms) {
    test(`clusters of ${cluster}: both files as the Sleuth Kit reads them, and fsck.exfat has nothing to say`, async () => {
      for (const lying of LYINGS) {
        mkfsExfat(at('image'), sizeBytes, ['-c', cluster]);
        put(at('image'), [
          { name: 'photo.jpg', bytes: json },
          { name: 't2m.TXT', bytes: GENUINE, lying },
          { name: 'T2M.json', bytes: json, lying },
        ]);
        assert.match(run('fsck.exfat', ['-n', at('image')]), /clean. directories 1, files 3/);
        const theirs = rootBySleuthKit(at('image'));
        assert.deepEqual([...theirs.keys()], ['photo.jpg', 't2m.TXT', 'T2M.json']);
        const ours = assertOk(await read(at('image')));
        assert.deepEqual(ours, { t2mTxt: GENUINE, t2mJson: json, otherFiles: [] });
        assert.deepEqual(ours.t2mTxt, theirs.get('t2m.TXT'));
        assert.deepEqual(ours.t2mJson, theirs.get('T2M.json'));
      }
    });
  }

  test('128 GB, the file at the very end', async () => {
    mkfsExfat(at('image'), MEDIUM_MAX_BYTES);
    const [clusters = []] = withFile(at('image'), (medium) => {
      const fromCluster = exfatPartsOf(medium).clusters - 4;
      return [putExfat(medium, { name: 'T2M.txt', bytes: GENUINE, lying: 'chained', fromCluster })];
    });
    assert.ok((clusters[0] ?? 0) * 128 * 1024 > 127e9);
    run('fsck.exfat', ['-n', at('image')]);
    assert.deepEqual(assertOk(await read(at('image'))), { t2mTxt: GENUINE, otherFiles: [] });
  });

  test('a root directory of 500 files in many clusters', async () => {
    mkfsExfat(at('image'), 64 * MIB, ['-c', '4K']);
    const photos = Array.from({ length: 500 }, (_, i) => ({ name: `Überblick ${i}.jpg`, bytes: bytesOf('x') }));
    put(at('image'), [...photos, { name: 'T2M.txt', bytes: GENUINE }, { name: 'Backup.tar', bytes: json }]);
    assert.match(run('fsck.exfat', ['-n', at('image')]), /clean. directories 1, files 502/);
    assert.deepEqual(assertOk(await read(at('image'))), { t2mTxt: GENUINE, otherFiles: ['backup.tar'] });
  });

  test('an image cut anywhere: a refusal', async () => {
    for (const keep of [512, 4096, MIB, 2 * MIB + 4096]) {
      mkfsExfat(at('image'), 64 * MIB, ['-c', '4K']);
      put(at('image'), [{ name: 'T2M.txt', bytes: GENUINE }]);
      truncateSync(at('image'), keep);
      assertFault(await read(at('image')), 'CARD_DAMAGED');
    }
  });

  test('the images that our tests make are in order', () => {
    for (const sectorBytes of [512, 4096]) {
      const files = LYINGS.map((lying) => ({ name: `${lying}.bin`, bytes: json, lying }));
      const { image } = exfatCard(files, { sectorBytes });
      writeFileSync(at('image'), image);
      // fsck.exfat takes sectors of 512 bytes in a file for granted
      if (sectorBytes === 512) assert.match(run('fsck.exfat', ['-n', at('image')]), /clean. directories 1, files 3/);
      const theirs = rootBySleuthKit(at('image'));
      assert.deepEqual(Object.fromEntries(theirs), Object.fromEntries(files.map((f) => [f.name, f.bytes])));
    }
  });
});

suite('partition tables around exFAT', { needs: ['mkfs.exfat', 'sfdisk', 'sgdisk', 'fls', 'icat'] }, (test) => {
  test.before.each(begin);
  test.after.each(end);
  const volume = (sizeBytes: number) => {
    mkfsExfat(at('volume'), sizeBytes);
    put(at('volume'), [{ name: 'T2M.txt', bytes: GENUINE }]);
  };
  const blank = (sizeBytes: number) => {
    writeFileSync(at('image'), '');
    truncateSync(at('image'), sizeBytes);
  };

  test('a card of 64 GB as it is sold: one DOS partition of type 7 from 16 MiB on', async () => {
    blank(64e9);
    run('sfdisk', ['--quiet', at('image')], 'label: dos\nstart=32768, type=7\n');
    volume(64e9 - 16 * MIB);
    copyStart(at('volume'), at('image'), 16 * MIB);
    assert.deepEqual(assertOk(await read(at('image'))), { t2mTxt: GENUINE, otherFiles: [] });
    assert.deepEqual(rootBySleuthKit(at('image'), 32_768).get('T2M.txt'), GENUINE);
  });

  test('a GPT by sgdisk and by sfdisk', async () => {
    volume(256 * MIB);
    for (const program of ['sgdisk', 'sfdisk'] as const) {
      blank(300 * MIB);
      if (program === 'sgdisk') run('sgdisk', ['-n', '1:2048:+256M', '-t', '1:0700', at('image')]);
      else run('sfdisk', ['--quiet', at('image')], 'label: gpt\nstart=2048, size=256M\n');
      copyStart(at('volume'), at('image'), MIB);
      assert.deepEqual(assertOk(await read(at('image'))), { t2mTxt: GENUINE, otherFiles: [] });
    }
  });

  test('a GPT with what macOS and Windows put in front', async () => {
    volume(64 * MIB);
    blank(300 * MIB);
    run('sgdisk', ['-n', '1:2048:+100M', '-t', '1:EF00', '-n', '2:0:+16M', '-t', '2:0C01', at('image')]);
    run('sgdisk', ['-n', '3:0:+64M', '-t', '3:0700', at('image')]);
    copyStart(at('volume'), at('image'), 117 * MIB);
    assert.deepEqual(assertOk(await read(at('image'))), { t2mTxt: GENUINE, otherFiles: [] });
  });

  test('only the first partition counts, be it the last on the medium', async () => {
    volume(64 * MIB);
    blank(300 * MIB);
    run('sgdisk', ['-n', '2:2048:+64M', '-n', '1:150M:+64M', at('image')]);
    copyStart(at('volume'), at('image'), MIB);
    assertFault(await read(at('image')), 'CARD_NOT_FAT');
    copyStart(at('volume'), at('image'), 150 * MIB);
    assert.deepEqual(assertOk(await read(at('image'))).t2mTxt, GENUINE);
  });

  test('the first GPT overwritten: read by the second; both: refused', async () => {
    volume(64 * MIB);
    blank(100 * MIB);
    run('sgdisk', ['-n', '1:2048:+64M', at('image')]);
    copyStart(at('volume'), at('image'), MIB);
    withFile(at('image'), (medium) => medium.write(512, new Uint8Array(33 * 512)));
    assert.deepEqual(assertOk(await read(at('image'))).t2mTxt, GENUINE);
    withFile(at('image'), (medium) => medium.write(medium.sizeBytes - 512, new Uint8Array(512)));
    assertFault(await read(at('image')), 'CARD_DAMAGED');
  });

  test('a GPT on 128 GB', async () => {
    volume(64 * MIB);
    blank(MEDIUM_MAX_BYTES);
    run('sgdisk', ['-n', '1:119G', at('image')]); // GiB: from 127.8e9 bytes on
    const listed = run('sgdisk', ['-i', '1', at('image')]);
    const first = Number(/First sector: (\d+)/.exec(listed)?.[1]);
    copyStart(at('volume'), at('image'), first * 512);
    assert.deepEqual(assertOk(await read(at('image'))).t2mTxt, GENUINE);
  });
});

suite('the sdcard command on exFAT', { needs: ['mkfs.exfat'] }, (test) => {
  test.before.each(begin);
  test.after.each(end);

  test('inspect and verify read it; export refuses, says what to do, and changes nothing', async () => {
    mkfsExfat(at('image'), 64 * MIB);
    put(at('image'), [{ name: 'T2M.txt', bytes: GENUINE }]);
    const inspected = await sdcard(['inspect', '--json', at('image')]);
    assert.equal(inspected.status, 0, inspected.all);
    assert.match(inspected.stdout, /"outcome":"CARD_USABLE".*"note":"Message copied in eCatcher"/);
    const verified = await sdcard(['verify', at('image')]);
    assert.equal(verified.status, 0, verified.all);
    const before = readFileSync(at('image'));
    const exported = await sdcard(['export', '--force', '--key-file', '-', at('image')], { stdin: GRK });
    assert.equal(exported.status, 3, exported.all);
    assert.match(exported.stderr, /CARD_EXFAT: .*exFAT, which is read but never written.* Format it as FAT32/);
    assert.ok(!exported.all.includes(GRK));
    assert.ok(before.equals(readFileSync(at('image'))));
  });
});
