import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createBoardClock, findFaketime } from './board-clock.ts';

suite('clock of a board', (test) => {
  test('without libfaketime: refused with the name of the package', async () => {
    const started = createBoardClock({ dir: '/nowhere', kind: 'own', library: undefined }, () => {});
    await assert.rejects(started, /Debian package libfaketime/);
  });

  test('libfaketime is found in the folder of any architecture, and only the one for threads', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'lib-'));
    const folder = join(dir, 'aarch64-linux-gnu', 'faketime');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'libfaketime.so.1'), '');
    assert.equal(findFaketime(dir), undefined);
    await writeFile(join(folder, 'libfaketimeMT.so.1'), '');
    assert.equal(findFaketime(dir), join(folder, 'libfaketimeMT.so.1'));
    await rm(dir, { recursive: true });
  });
});
