import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { openBlockDevice } from './block-device-file.ts';

suite('image files as block devices', (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sdcard-'));
    await writeFile(at('image'), Buffer.alloc(2048, 7));
    await symlink('image', at('link'));
  });
  test.after(() => rm(folder, { recursive: true }));

  test('size and bytes, through a link as well', async () => {
    for (const name of ['image', 'link']) {
      const device = assertOk(await openBlockDevice(at(name), 'readOnly'));
      assert.equal(device.sizeBytes, 2048);
      assert.deepEqual(assertOk(await device.read(512, 1024)), new Uint8Array(1024).fill(7));
      assert.equal(device.write, undefined);
      await device.close();
    }
  });

  test('what was written is read back', async () => {
    const device = assertOk(await openBlockDevice(at('image'), 'readWrite'));
    assert.ok(device.write && device.flush);
    assertOk(await device.write(512, new Uint8Array(512).fill(9)));
    assertOk(await device.flush());
    assert.equal(assertOk(await device.read(512, 512))[0], 9);
    await device.close();
  });

  test('a file that shrinks: CARD_UNREADABLE, not zeros', async () => {
    await writeFile(at('shrinking'), Buffer.alloc(2048));
    const device = assertOk(await openBlockDevice(at('shrinking'), 'readOnly'));
    await truncate(at('shrinking'), 1024);
    assertFault(await device.read(512, 1024), 'CARD_UNREADABLE');
    await device.close();
  });

  test('nothing there: TARGET_MISSING', async () => {
    assertFault(await openBlockDevice(at('nothing'), 'readOnly'), 'TARGET_MISSING');
    assertFault(await openBlockDevice(at('image/below'), 'readOnly'), 'TARGET_MISSING');
  });

  test('a directory, a character device and a socket: TARGET_REFUSED', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    for (const path of [folder, '/dev/null']) {
      assertFault(await openBlockDevice(path, 'readOnly'), 'TARGET_REFUSED');
      assertFault(await openBlockDevice(path, 'readWrite'), 'TARGET_REFUSED');
    }
    assert.ok(!(await openBlockDevice(at('socket'), 'readOnly')).ok);
    await new Promise((resolve) => server.close(resolve));
  });
});
