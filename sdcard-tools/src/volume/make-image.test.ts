import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { makeCardImage, makeImage, smallestImageBytes } from './make-image.ts';

suite('making an image', (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  test.before.each(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sdcard-'));
  });
  test.after.each(() => rm(folder, { recursive: true }));

  test('the image is for its owner only: it will hold a key', async () => {
    assertOk(await makeImage(at('image'), 1024 * 1024));
    assert.equal((await stat(at('image'))).mode & 0o777, 0o600);
  });

  test('what is there stays, unless it is an ordinary file to be replaced', async () => {
    await writeFile(at('mine'), 'mine');
    await symlink('mine', at('link'));
    assertFault(await makeImage(at('mine'), 1024 * 1024), 'TARGET_REFUSED');
    assertFault(await makeImage(at('link'), 1024 * 1024, 'replace'), 'TARGET_REFUSED');
    assertFault(await makeImage(folder, 1024 * 1024, 'replace'), 'TARGET_REFUSED');
    assert.equal(await readFile(at('mine'), 'utf8'), 'mine');
    assertOk(await makeImage(at('mine'), 1024 * 1024, 'replace'));
    assert.equal((await stat(at('mine'))).size, 1024 * 1024);
  });

  test('sizes that cannot be: refused, and nothing is left behind', async () => {
    for (const sizeBytes of [0, -512, 1000, smallestImageBytes - 512, Number.NaN, 2 ** 60]) {
      assert.ok(!(await makeImage(at('image'), sizeBytes)).ok, String(sizeBytes));
    }
    assertFault(await makeImage(at('image'), 128e9 + 512), 'CARD_MEDIUM_TOO_LARGE');
    assert.deepEqual(await readdir(folder), []);
  });

  test('a folder that is not there: CARD_UNWRITABLE', async () => {
    assertFault(await makeImage(at('nothing/image'), 1024 * 1024), 'CARD_UNWRITABLE');
  });

  test('files that do not fit into an image in memory: CARD_FULL', async () => {
    const big = { name: 'BIG.BIN', bytes: new Uint8Array(smallestImageBytes) };
    assertFault(await makeCardImage([big], smallestImageBytes), 'CARD_FULL');
  });
});
