// test-timeout: 900 s
// test-alone
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BOARD_PROGRAMS } from '@ewon-agent/board-sim/qemu/build-image';
import { assert, suite } from '@ewon-agent/contracts/testing';

suite('bench of the board with a real kernel', {
  needs: [...BOARD_PROGRAMS, 'dpkg-deb'],
  timeoutMs: 900_000,
}, (test) => {
  test('one plug into each slot: the kernel has its share of the whole, and the loop is measured on both sides', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[join(import.meta.dirname, 'main.ts'), '--json', '--runs', '1', 'board'],
    ]);
    const { slots, factor } = JSON.parse(stdout);
    for (const { slot, plugToPendingMs, plugToBlockDeviceMs } of slots) {
      assert.ok(plugToBlockDeviceMs.median > 0, slot);
      assert.ok(plugToPendingMs.median > plugToBlockDeviceMs.median, slot);
    }
    assert.ok(factor.median > 0);
  });
});
