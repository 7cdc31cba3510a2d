// test-timeout: 300 s
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Code, isCode } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { readMachine } from '../adapters/machine-sysfs.ts';
import { judgeDrives } from '../core/drive-verdict.ts';
import { GRK, OTHER_GRK } from '../testing/cards.ts';
import { partitioned, run } from '../testing/debian-images.ts';
import { addPartitions, attachLoop, type Loop, whyNoLoop } from '../testing/loop-device.ts';
import { sdcardHere } from '../testing/sdcard-here.ts';
import { openBlockDevice } from '../volume/block-device-file.ts';
import { makeImage } from '../volume/make-image.ts';

// Real block devices: the drive that this machine runs from, which must be refused by every way that leads there, and image files as
// loop devices, which are written, mounted and made swap. Removable drives are tried on a board.

const MIB = 1024 * 1024;
const noLoop = whyNoLoop();
const systemDrives = judgeDrives(await readMachine())
  .filter(({ verdict }) => !verdict.ok && verdict.fault.code === 'DRIVE_SYSTEM')
  .map(({ disk }) => disk);
const [system] = systemDrives;

let folder = '';
const at = (name: string) => join(folder, name);
const begin = () => {
  folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
  writeFileSync(at('key'), GRK);
};
const exportTo = (path: string, ...more: readonly string[]) =>
  sdcardHere(['export', '--key-file', at('key'), ...more, path]);

async function assertRefused(path: string, code: Code, says = /./): Promise<void> {
  for (const words of [
    ['export', '--key-file', at('key'), '--force', path],
    ['wipe', '--full', path],
  ]) {
    const { status, stdout } = await sdcardHere([...words, '--json']);
    const { outcome, detail } = JSON.parse(stdout);
    assert.deepEqual([outcome, isCode(outcome)], [code, true], `${words[0]} ${path}: ${stdout}`);
    assert.match(detail, says);
    assert.notEqual(status, 0);
  }
}

suite('the drive that this machine runs from', { timeoutMs: 120_000 }, (test) => {
  test.before.each(begin);
  test.after.each(() => rmSync(folder, { recursive: true }));
  if (!system) {
    test.skip('is refused by every way that leads there', 'no block device of this machine carries its system');
    return;
  }
  const device = `/dev/${system.name}`;

  test('is refused by its path and by links to it, and listed with the reason', async () => {
    symlinkSync(device, at('card.img'));
    symlinkSync(at('card.img'), at('link'));
    for (const path of [device, at('card.img'), at('link')]) await assertRefused(path, 'DRIVE_SYSTEM');
    const { drives } = JSON.parse((await sdcardHere(['list', '--json'])).stdout);
    const listed = drives.find((drive: { readonly path: string }) => drive.path === device);
    assert.equal(listed?.outcome, 'DRIVE_SYSTEM');
    assert.ok(listed.detail && listed.next);
  });

  if (process.getuid?.() === 0) {
    test('is refused by a device node that somebody made for it', async () => {
      const [major = '', minor = ''] = system.number.split(':');
      execFileSync('mknod', [at('card'), 'b', major, minor]);
      await assertRefused(at('card'), 'DRIVE_SYSTEM');
      execFileSync('mknod', [at('unknown'), 'b', '8', '255']);
      await assertRefused(at('unknown'), 'DRIVE_UNKNOWN');
    });
  } else test.skip('is refused by a device node that somebody made for it', 'only root makes device nodes');
});

suite('loop devices', {
  needs: ['losetup', 'sfdisk', 'partx', 'mkfs.vfat', 'mkfs.ext4', 'mount', 'umount'],
  timeoutMs: 120_000,
}, (test) => {
  const loops: Loop[] = [];
  const attach = (...words: [image: string, ...more: string[]]) => {
    const loop = attachLoop(...words);
    loops.push(loop);
    return loop.path;
  };
  test.before.each(begin);
  test.after.each(() => {
    for (const loop of loops.splice(0)) loop.detach();
    rmSync(folder, { recursive: true });
  });
  if (noLoop !== undefined) {
    test.skip('a card is written, read back past the cache, and wiped', noLoop);
    return;
  }

  test('a card is written and wiped, by links and nodes as well, and no byte of the key stays on the medium', async () => {
    assertOk(await makeImage(at('image'), 40 * MIB));
    const device = attach(at('image'));
    symlinkSync(device, at('by-id'));
    execFileSync('mknod', [at('node'), 'b', ...numbersOf(device)]);
    for (const path of [device, at('by-id'), at('node')]) {
      const exported = await exportTo(path, '--note', 'x');
      assert.equal(exported.status, 0, exported.stderr);
      assert.match(exported.stderr, /read back from the medium itself\nwriting: \d+ %\n(.|\n)*writing: 100 %/);
      assert.equal((await sdcardHere(['verify', device])).status, 0);
      assert.ok(readFileSync(at('image')).includes(GRK));
      const wiped = await sdcardHere(['wipe', path]);
      assert.equal(wiped.status, 0, wiped.stderr);
      assert.ok(!readFileSync(at('image')).includes(GRK.slice(4, 12)));
    }
    const listed = await sdcardHere(['list', '--json']);
    const line = JSON.parse(listed.stdout).drives.find((drive: { path: string }) => drive.path === device);
    assert.deepEqual([listed.status, line.outcome, line.sizeBytes], [0, 'DRIVE_USABLE', 40 * MIB]);
  });

  test('the first partition of a card takes the key, by the drive and by itself', async () => {
    partitioned(at('image'), 12, 8 * 1024);
    const device = attach(at('image'));
    addPartitions(device);
    assert.equal((await exportTo(device)).status, 0);
    const first = await sdcardHere(['inspect', '--json', `${device}p1`]);
    assert.deepEqual(JSON.parse(first.stdout).outcome, 'CARD_USABLE');
    assert.equal((await sdcardHere(['wipe', '--full', `${device}p1`])).status, 0);
    assert.ok(!readFileSync(at('image')).includes(GRK.slice(4, 12)));
  });

  test('one partition is mounted: the whole drive and its other partition are in use; unmounted, they are not', async () => {
    partitioned(at('image'), 12, 8 * 1024);
    truncateSync(at('image'), 24 * MIB);
    run('sfdisk', ['--quiet', '--append', at('image')], 'type=83\n');
    const device = attach(at('image'));
    addPartitions(device);
    run('mkfs.ext4', ['-q', `${device}p2`]);
    mkdirSync(at('mnt'));
    run('mount', [`${device}p2`, at('mnt')]);
    const before = readFileSync(at('image'));
    for (const path of [device, `${device}p1`, `${device}p2`])
      await assertRefused(path, 'DRIVE_IN_USE', /mounted at \/.*mnt/);
    assert.ok(before.subarray(0, 9 * MIB).equals(readFileSync(at('image')).subarray(0, 9 * MIB)));
    run('umount', [at('mnt')]);
    assert.equal((await exportTo(device)).status, 0);
  });

  test('a medium that takes no writes, and an image that is in use as a drive, are refused', async () => {
    assertOk(await makeImage(at('image'), 1 * MIB));
    const device = attach(at('image'), '--read-only');
    await assertRefused(device, 'DRIVE_READ_ONLY');
    await assertRefused(at('image'), 'DRIVE_IN_USE');
    assert.equal((await sdcardHere(['verify', device])).status, 3, 'reading is allowed');
  });

  test('what is read back comes from the medium, and not from what the system remembers of it', async () => {
    assertOk(await makeImage(at('image'), 1 * MIB));
    const device = assertOk(await openBlockDevice(attach(at('image')), 'readWrite'));
    try {
      assertOk(await device.read(512 * 1024, 8192));
      const file = openSync(at('image'), 'r+');
      writeSync(file, OTHER_GRK, 512 * 1024 + 4608);
      closeSync(file);
      const remembered = assertOk(await device.read(512 * 1024 + 4608, 512));
      const there = assertOk(await (device.readBack ?? device.read)(512 * 1024 + 4608, 512));
      assert.deepEqual(
        [remembered, there].map((bytes) => Buffer.from(bytes).includes(OTHER_GRK)),
        [false, true],
      );
    } finally {
      await device.close();
    }
  });
});

suite('swap on a loop device', { needs: ['losetup', 'mkswap', 'swapon', 'swapoff'] }, (test) => {
  test.before.each(begin);
  test.after.each(() => rmSync(folder, { recursive: true }));
  if (noLoop !== undefined) {
    test.skip('makes it a drive of the system', noLoop);
    return;
  }

  test('makes it a drive of the system, and gone it is none', async () => {
    writeFileSync(at('image'), new Uint8Array(MIB));
    const loop = attachLoop(at('image'));
    try {
      run('mkswap', ['-q', loop.path]);
      run('swapon', [loop.path]);
      try {
        await assertRefused(loop.path, 'DRIVE_SYSTEM', /swap/);
      } finally {
        run('swapoff', [loop.path]);
      }
      await assertRefused(loop.path, 'CARD_NOT_FAT');
    } finally {
      loop.detach();
    }
  });
});

function numbersOf(device: string): readonly string[] {
  const { rdev } = statSync(device);
  return [String((rdev >> 8) & 0xfff), String(rdev & 0xff)];
}
