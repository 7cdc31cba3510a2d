import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { T2M_TXT_MAX_BYTES } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { bytesOf, OTHER_GRK, t2mTxt } from '../testing/cards.ts';
import { ENTRIES_MAX, readCardDirectory, readDirectoryPiece } from './read-directory.ts';
import { writeCardDirectory } from './write-directory.ts';

const txt = t2mTxt();

suite('a card that is a directory', (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  test.before.each(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sdcard-'));
  });
  test.after.each(() => rm(folder, { recursive: true }));

  test('files in any case, the others in their strict order', async () => {
    for (const name of ['t2m.TXT', 'COMCFG.TXT', 'ewonfwr.edf', 'photo.jpg']) await writeFile(at(name), txt);
    assert.deepEqual(Object.assign({}, assertOk(await readCardDirectory(folder))), {
      t2mTxt: new Uint8Array(txt),
      otherFiles: ['ewonfwr.edf', 'comcfg.txt'],
    });
  });

  test('a directory, a link, a FIFO in place of T2M.txt: CARD_NOT_A_FILE, at once', async () => {
    await mkdir(at('T2M.txt'));
    assertFault(await readCardDirectory(folder), 'CARD_NOT_A_FILE');
    await rm(at('T2M.txt'), { recursive: true });
    await writeFile(at('elsewhere'), txt);
    await symlink('elsewhere', at('T2M.txt'));
    assertFault(await readCardDirectory(folder), 'CARD_NOT_A_FILE');
    await rm(at('T2M.txt'));
    execFileSync('mkfifo', [at('T2M.txt')]);
    assertFault(await readCardDirectory(folder), 'CARD_NOT_A_FILE');
  });

  test('a byte too many: CARD_TOO_LARGE', async () => {
    await writeFile(at('T2M.txt'), Buffer.alloc(T2M_TXT_MAX_BYTES + 1));
    assertFault(await readCardDirectory(folder), 'CARD_TOO_LARGE');
  });

  test('T2M.txt in two cases: neither is taken', async () => {
    await writeFile(at('T2M.txt'), txt);
    await writeFile(at('t2m.txt'), txt);
    assertFault(await readCardDirectory(folder), 'CARD_DAMAGED');
  });

  test('more entries than a card has: CARD_BUDGET', async () => {
    await Promise.all(Array.from({ length: ENTRIES_MAX }, (_, i) => writeFile(at(`f${i}`), '')));
    assertOk(await readCardDirectory(folder));
    await writeFile(at('T2M.txt'), txt);
    assertFault(await readCardDirectory(folder), 'CARD_BUDGET');
  });

  test('no directory there: TARGET_MISSING', async () => {
    assertFault(await readCardDirectory(at('nothing')), 'TARGET_MISSING');
  });

  test('a piece of another file is read by its name in any case; a link, a FIFO and a directory are not', async () => {
    const part = { name: 'backup.tar', offset: 2, length: 3 };
    assertFault(await readDirectoryPiece(folder, part), 'CARD_GONE');
    await writeFile(at('BACKUP.TAR'), 'abcdefgh');
    const piece = assertOk(await readDirectoryPiece(folder, part));
    assert.deepEqual([Buffer.from(piece.bytes).toString(), piece.sizeBytes], ['cde', 8]);
    await writeFile(at('backup.tar'), 'abcdefgh');
    assertFault(await readDirectoryPiece(folder, part), 'CARD_DAMAGED');
    await rm(at('backup.tar'));
    for (const make of [
      () => symlink('/etc/passwd', at('BACKUP.TAR')),
      () => mkdir(at('BACKUP.TAR')),
      async () => execFileSync('mkfifo', [at('BACKUP.TAR')]),
    ]) {
      await rm(at('BACKUP.TAR'), { recursive: true });
      await make();
      assertFault(await readDirectoryPiece(folder, part), 'CARD_NOT_A_FILE');
    }
  });

  test('writing replaces another case, removes what is told, and leaves nothing else behind', async () => {
    await writeFile(at('t2m.TXT'), t2mTxt(OTHER_GRK));
    await writeFile(at('T2M.JSON'), '{}');
    await writeFile(at('photo.jpg'), '');
    assertOk(await writeCardDirectory(folder, [{ name: 'T2M.txt', bytes: txt }], ['T2M.json']));
    assert.deepEqual((await readdir(folder)).sort(), ['T2M.txt', 'photo.jpg']);
    assert.deepEqual(new Uint8Array(await readFile(at('T2M.txt'))), txt);
    assert.equal((await stat(at('T2M.txt'))).mode & 0o077, 0, 'the key is for its owner only');
  });

  test('what was written is read back: a file that nobody could read again is a failure', async () => {
    const notRead = { name: 'other.txt', bytes: txt };
    assertFault(await writeCardDirectory(folder, [notRead], []), 'CARD_UNWRITABLE');
    const tooLarge = { name: 'T2M.txt', bytes: new Uint8Array(T2M_TXT_MAX_BYTES + 1) };
    assertFault(await writeCardDirectory(folder, [tooLarge], []), 'CARD_TOO_LARGE');
  });

  test('writing does not follow a link', async () => {
    await writeFile(at('elsewhere'), 'mine');
    await symlink('elsewhere', at('T2M.txt'));
    assertOk(await writeCardDirectory(folder, [{ name: 'T2M.txt', bytes: bytesOf('x') }], []));
    assert.equal(await readFile(at('elsewhere'), 'utf8'), 'mine');
  });
});
