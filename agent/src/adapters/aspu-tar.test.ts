import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { packTar, type TarEntry } from 'modern-tar';
import { ASPU_TREE_LIMITS } from '../core/aspu-tree.ts';
import { takeAspuTar } from './aspu-tar.ts';

const file = (name: string, body = name): TarEntry => ({ header: { name, size: body.length }, body });
const STAMP = file('aspu/timestamp.json');

suite('a tar of a repository of patches', (test) => {
  let parent = '';
  let dir = '';
  test.before.each(() => {
    parent = mkdtempSync(join(tmpdir(), 'aspu-tar-'));
    dir = join(parent, 'sent');
  });
  test.after.each(() => rmSync(parent, { recursive: true }));

  /** Feeds an archive in pieces; `end` where nothing was refused before. */
  async function take(archive: Uint8Array, pieceBytes = 1000) {
    const taker = takeAspuTar(dir);
    for (let at = 0; at < archive.length; at += pieceBytes) {
      const written = await taker.write(archive.subarray(at, at + pieceBytes));
      if (written.ok) continue;
      await taker.discard();
      return written;
    }
    const ended = await taker.end();
    if (!ended.ok) await taker.discard();
    return ended;
  }

  test('regular files of the tree are kept, all else is passed over', async () => {
    const link = { header: { name: 'aspu/1.root.json', size: 0, type: 'symlink', linkname: '/etc/passwd' } } as const;
    const folder = { header: { name: 'aspu/targets/', size: 0, type: 'directory' } } as const;
    const archive = await packTar([folder, link, file('aspu/2.root.json'), file('../../evil'), file('aspu/x'), STAMP]);
    assert.equal(assertOk(await take(archive)), 2);
    assert.deepEqual(readdirSync(dir).sort(), ['2.root.json', 'targets', 'timestamp.json']);
    assert.deepEqual(readdirSync(parent), ['sent']);
  });

  test('cut in pieces of any size it is the same', async () => {
    const archive = await packTar([file('aspu/2.root.json', 'x'.repeat(1500)), STAMP]);
    for (const pieceBytes of [1, 511, 512, 513, archive.length]) {
      assert.equal(assertOk(await take(archive, pieceBytes)), 2);
      assert.equal(readFileSync(join(dir, '2.root.json'), 'latin1'), 'x'.repeat(1500));
    }
  });

  test('what is none, or not whole, or too much, is refused, and the tree before it stays', async () => {
    assertOk(await take(await packTar([STAMP])));
    const good = await packTar([file('aspu/2.root.json', 'x'.repeat(1500)), STAMP]);
    const many = Array.from({ length: ASPU_TREE_LIMITS.files }, (_, n) => file(`x${n}`, ''));
    const huge = new Uint8Array(await packTar([STAMP, file('aspu/1.root.json')]));
    const bad: Record<string, Uint8Array> = {
      nothing: new Uint8Array(0),
      noise: new Uint8Array(2048).fill(0x1f),
      zeros: new Uint8Array(10_240),
      'cut off': good.subarray(0, 1024),
      'without its end': good.subarray(0, good.length - 1024),
      'a byte of a header changed': good.map((byte, at) => (at === 3 ? byte ^ 1 : byte)),
      'no timestamp': await packTar([file('aspu/1.root.json')]),
      'a file twice': await packTar([STAMP, STAMP]),
      'too many files': await packTar([STAMP, ...many]),
      'a size that does not come': huge.subarray(0, huge.length - 1536),
    };
    for (const [what, archive] of Object.entries(bad)) {
      const taken = await take(archive);
      assert.ok(!taken.ok && taken.fault.code === 'PATCH_TREE_BAD', what);
      assert.deepEqual(readdirSync(dir), ['targets', 'timestamp.json'], what);
      assert.ok(!existsSync(`${dir}.coming`), what);
    }
  });

  test('a place that cannot be written is told as such', async () => {
    writeFileSync(dir, '');
    const taker = takeAspuTar(join(dir, 'below a file'));
    await taker.write(await packTar([STAMP]));
    assertFault(await taker.end(), 'STATE_UNWRITABLE');
  });
});
