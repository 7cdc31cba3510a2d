import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createLinuxBoard } from './board-linux.ts';

suite('board under Linux', (test) => {
  const at = (story: (dir: string) => Promise<void>) => async () => {
    const dir = mkdtempSync(join(tmpdir(), 'board-'));
    try {
      writeFileSync(join(dir, 'boot-id'), 'c0ffee\n');
      await story(dir);
    } finally {
      rmSync(dir, { recursive: true });
    }
  };

  test(
    'the start of the board is what the kernel names, and stays so while it runs',
    at(async (dir) => {
      const board = createLinuxBoard({ bootIdFile: join(dir, 'boot-id'), orderDir: dir });
      writeFileSync(join(dir, 'boot-id'), 'other\n');
      assert.equal(board.bootId, 'c0ffee');
      const real = createLinuxBoard({ bootIdFile: '/proc/sys/kernel/random/boot_id', orderDir: dir });
      assert.match(real.bootId, /^[0-9a-f-]{36}$/);
    }),
  );

  test(
    'the order to restart is a file where the unit of the package looks; the same again is success',
    at(async (dir) => {
      const board = createLinuxBoard({ bootIdFile: join(dir, 'boot-id'), orderDir: dir });
      for (let i = 0; i < 2; i++) assertOk(await board.reboot());
      assert.equal(readFileSync(join(dir, 'reboot'), 'utf8'), 'c0ffee\n');
    }),
  );

  test(
    'where the package is not installed there is nobody to order it from',
    at(async (dir) => {
      const board = createLinuxBoard({ bootIdFile: join(dir, 'boot-id'), orderDir: join(dir, 'none') });
      assert.match(assertFault(await board.reboot(), 'REBOOT_UNAVAILABLE').detail, /ENOENT/);
      assert.ok(!existsSync(join(dir, 'none')));
    }),
  );
});
