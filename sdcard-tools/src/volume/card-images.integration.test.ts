import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardFiles, Result } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { accountKey, bytesOf, GRK, OTHER_GRK, t2mJson, t2mTxt } from '../testing/cards.ts';
import { mkfsVfat, partitioned, run } from '../testing/debian-images.ts';
import { clusterAt, findRaw, nextOf } from '../testing/fat-image.ts';
import { openBlockDevice } from './block-device-file.ts';
import { makeCardImage, makeImage, smallestFat32Bytes } from './make-image.ts';
import { readCard } from './read-card.ts';
import { formatFat, writeCard } from './write-card.ts';

// Images that others made are read by us, and images that we made are read by others.

const MIB = 1024 * 1024;
const KIB_OF = { 12: 2880, 16: 20_000, 32: 70_000 } as const;
const BITS = [12, 16, 32] as const;
// as PowerShell's Out-File -Encoding ASCII writes it
const GENUINE = `T2MKey:${GRK}\r\nT2MNote:Message copied in eCatcher\r\n`;

let folder = '';
const at = (name: string) => join(folder, name);
const begin = () => {
  folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
  writeFileSync(at('T2M.txt'), GENUINE);
};
const end = () => rmSync(folder, { recursive: true });

async function read(path: string): Promise<Result<CardFiles>> {
  const device = assertOk(await openBlockDevice(path, 'readOnly'));
  const files = await readCard(device);
  await device.close();
  return files;
}

suite('images made by mkfs.vfat and mcopy', { needs: ['mkfs.vfat', 'mcopy', 'mmd', 'mdel', 'sfdisk'] }, (test) => {
  test.before.each(begin);
  test.after.each(end);

  for (const bits of BITS) {
    test(`FAT${bits}, no partition table: T2M.txt in the genuine form is read`, async () => {
      mkfsVfat(at('image'), bits, KIB_OF[bits]);
      run('mcopy', ['-i', at('image'), at('T2M.txt'), '::T2M.txt']);
      assert.deepEqual(assertOk(await read(at('image'))), { t2mTxt: bytesOf(GENUINE), otherFiles: [] });
    });

    test(`FAT${bits} in the first partition of a table by sfdisk`, async () => {
      partitioned(at('image'), bits, KIB_OF[bits]);
      run('mcopy', ['-i', `${at('image')}@@1M`, at('T2M.txt'), '::T2M.txt']);
      assert.deepEqual(assertOk(await read(at('image'))), { t2mTxt: bytesOf(GENUINE), otherFiles: [] });
    });
  }

  test('sectors of 4096 bytes', async () => {
    mkfsVfat(at('image'), 16, 40_000, ['-S', '4096', '-s', '1']);
    run('mcopy', ['-i', at('image'), at('T2M.txt'), '::T2M.txt']);
    assert.deepEqual(assertOk(await read(at('image'))).t2mTxt, bytesOf(GENUINE));
  });

  test('one table, clusters of 64 sectors, a label', async () => {
    mkfsVfat(at('image'), 16, 200_000, ['-f', '1', '-s', '64', '-n', 'EWON']);
    run('mcopy', ['-i', at('image'), at('T2M.txt'), '::T2M.txt']);
    assert.deepEqual(assertOk(await read(at('image'))).t2mTxt, bytesOf(GENUINE));
  });

  test('names in odd case, long names, deleted files and folders around them', async () => {
    mkfsVfat(at('image'), 32, KIB_OF[32]);
    const put = (name: string) => run('mcopy', ['-i', at('image'), at('T2M.txt'), `::${name}`]);
    put('A rather long name of a photograph.jpeg');
    put('deleted.txt');
    run('mmd', ['-i', at('image'), '::DCIM', '::System Volume Information']);
    put('DCIM/T2M.txt');
    put('BACKUP.tar');
    put('t2m.TxT');
    put('EwonFwr.Ebus');
    put('T2M.json.bak');
    run('mdel', ['-i', at('image'), '::deleted.txt']);
    assert.deepEqual(assertOk(await read(at('image'))), {
      t2mTxt: bytesOf(GENUINE),
      otherFiles: ['ewonfwr.ebus', 'backup.tar'],
    });
  });

  test('T2M.txt in a folder only is not found', async () => {
    mkfsVfat(at('image'), 16, KIB_OF[16]);
    run('mmd', ['-i', at('image'), '::SUB']);
    run('mcopy', ['-i', at('image'), at('T2M.txt'), '::SUB/T2M.txt']);
    assert.deepEqual(assertOk(await read(at('image'))), { otherFiles: [] });
  });

  test('a folder named T2M.txt: CARD_NOT_A_FILE', async () => {
    mkfsVfat(at('image'), 16, KIB_OF[16]);
    run('mmd', ['-i', at('image'), '::t2m.txt']);
    assertFault(await read(at('image')), 'CARD_NOT_A_FILE');
  });

  test('a fragmented file is put together', async () => {
    mkfsVfat(at('image'), 16, 5000, ['-s', '1']);
    writeFileSync(at('small'), 'x'.repeat(512));
    // a full card with every other small file deleted leaves holes of one cluster
    const names = Array.from({ length: 40 }, (_, i) => `::F${i}.TXT`);
    for (const name of names) run('mcopy', ['-i', at('image'), at('small'), name]);
    writeFileSync(at('filler'), Buffer.alloc(4_700_000));
    run('mcopy', ['-i', at('image'), at('filler'), '::FILLER.BIN']);
    run('mdel', ['-i', at('image'), ...names.filter((_, i) => i % 2 === 0)]);
    const image = at('image');
    writeFileSync(at('T2M.json'), t2mJson(t2mTxt(), accountKey()));
    const free = Buffer.alloc(4096).fill('y');
    writeFileSync(at('T2M.txt'), free);
    run('mcopy', ['-i', image, at('T2M.txt'), '::T2M.txt']);
    const bytes = new Uint8Array(readFileSync(image));
    const { cluster } = findRaw(bytes, 'T2M     TXT');
    assert.notEqual(nextOf(bytes, cluster), cluster + 1, 'this is a bug of the test: the file is in one piece');
    assert.ok(clusterAt(bytes, cluster) > 0);
    assert.deepEqual(assertOk(await read(image)).t2mTxt, new Uint8Array(free));
  });

  test('an image cut in its tables or its data: a refusal', async () => {
    for (const keep of [600, 4096, 40_000]) {
      mkfsVfat(at(`cut${keep}`), 16, KIB_OF[16]);
      run('mcopy', ['-i', at(`cut${keep}`), at('T2M.txt'), '::T2M.txt']);
      truncateSync(at(`cut${keep}`), keep);
      assert.ok(!(await read(at(`cut${keep}`))).ok);
    }
  });
});

suite('media that are neither FAT nor exFAT', { needs: ['mkfs.ext4', 'mkfs.ntfs', 'sfdisk'] }, (test) => {
  test.before.each(begin);
  test.after.each(end);

  const media = ['ext4', 'ntfs', 'noise', 'zeros', 'gpt', 'no partition'];
  test('ext4, NTFS, noise, zeros, a GPT without partitions or with a blank one: CARD_NOT_FAT', async () => {
    for (const name of media) {
      writeFileSync(at(name), name === 'noise' ? Buffer.alloc(8 * MIB, 'garbage') : '');
      truncateSync(at(name), 8 * MIB);
    }
    run('mkfs.ext4', ['-q', '-F', at('ext4')]);
    run('mkfs.ntfs', ['-q', '-F', '-f', at('ntfs')]);
    run('sfdisk', ['--quiet', at('gpt')], 'label: gpt\nstart=2048\n');
    run('sfdisk', ['--quiet', at('no partition')], 'label: gpt\n');
    for (const name of media) assertFault(await read(at(name)), 'CARD_NOT_FAT');
    assert.match(assertFault(await read(at('ntfs')), 'CARD_NOT_FAT').detail, /NTFS/);
  });
});

suite('images made by us', { needs: ['fsck.vfat', 'mdir', 'mtype', 'mcopy', 'mkfs.vfat', 'sfdisk'] }, (test) => {
  test.before.each(begin);
  test.after.each(end);
  const txt = t2mTxt();
  const json = t2mJson(txt, accountKey());
  const files = [
    { name: 'T2M.txt', bytes: txt },
    { name: 'T2M.json', bytes: json },
  ];
  const type = (image: string, name: string) => Buffer.from(run('mtype', ['-i', image, `::${name}`]), 'latin1');
  const write = async (path: string, remove: readonly string[] = []) => {
    const device = assertOk(await openBlockDevice(path, 'readWrite'));
    assertOk(await writeCard(device, files, { remove }));
    await device.close();
  };

  for (const sizeBytes of [64 * 1024, MIB, 20 * MIB, smallestFat32Bytes, 64 * MIB, 2048 * MIB]) {
    test(`${sizeBytes} bytes: fsck.vfat has nothing to say, mdir and mtype find the files`, async () => {
      assertOk(await makeImage(at('image'), sizeBytes));
      run('fsck.vfat', ['-n', at('image')]);
      await write(at('image'));
      run('fsck.vfat', ['-n', at('image')]);
      assert.deepEqual(
        run('mdir', ['-b', '-i', at('image'), '::'])
          .trim()
          .split(/\r?\n/)
          .sort(),
        ['::/T2M.json', '::/T2M.txt'],
      );
      assert.deepEqual(new Uint8Array(type(at('image'), 'T2M.txt')), txt);
      assert.deepEqual(new Uint8Array(type(at('image'), 'T2M.json')), json);
      assert.equal(statSync(at('image')).size, sizeBytes);
      assert.ok(statSync(at('image')).blocks * 512 < sizeBytes / 2 || sizeBytes <= MIB, 'the image is sparse');
    });
  }

  test('a card of others keeps its own files when we write ours', async () => {
    for (const bits of BITS) {
      const image = at(`image${bits}`);
      mkfsVfat(image, bits, KIB_OF[bits], ['-n', 'OTHERS']);
      for (const name of ['photo.jpg', 't2m.TXT', 'T2M.JSON']) run('mcopy', ['-i', image, at('T2M.txt'), `::${name}`]);
      await write(image);
      run('fsck.vfat', ['-n', image]);
      assert.deepEqual(new Uint8Array(type(image, 'T2M.TXT')), txt);
      assert.equal(type(image, 'photo.jpg').toString(), GENUINE);
      assert.ok(!readFileSync(image).includes(OTHER_GRK));
    }
  });

  test('into the first partition, removing a file on the way', async () => {
    partitioned(at('image'), 32, KIB_OF[32]);
    run('mcopy', ['-i', `${at('image')}@@1M`, at('T2M.txt'), '::OLD.TXT']);
    await write(at('image'), ['old.txt']);
    assert.ok(!run('mdir', ['-b', '-i', `${at('image')}@@1M`, '::']).includes('OLD'));
    assert.deepEqual(
      new Uint8Array(Buffer.from(run('mtype', ['-i', `${at('image')}@@1M`, '::T2M.txt']), 'latin1')),
      txt,
    );
    writeFileSync(at('volume'), readFileSync(at('image')).subarray(MIB));
    run('fsck.vfat', ['-n', at('volume')]);
  });

  test('a label that mdir shows and fsck.vfat finds in order', async () => {
    for (const sizeBytes of [MIB, 20 * MIB, smallestFat32Bytes]) {
      assertOk(await makeImage(at('image'), sizeBytes, 'replace'));
      const device = assertOk(await openBlockDevice(at('image'), 'readWrite'));
      assertOk(await formatFat(device, { label: 'EWON CARD' }));
      await device.close();
      run('fsck.vfat', ['-n', at('image')]);
      assert.match(run('mdir', ['-i', at('image'), '::']), /is EWON CARD/);
    }
  });

  test('an image in memory is the same to others', async () => {
    for (const sizeBytes of [MIB, smallestFat32Bytes]) {
      writeFileSync(at('image'), assertOk(await makeCardImage(files, sizeBytes)));
      run('fsck.vfat', ['-n', at('image')]);
      assert.deepEqual(new Uint8Array(type(at('image'), 'T2M.txt')), txt);
    }
  });
});
