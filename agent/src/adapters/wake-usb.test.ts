import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { wakeOnUsb } from './wake-usb.ts';

suite('wake-up by USB', (test) => {
  test('a board without a USB bus is left alone', async () => {
    assert.equal(await wakeOnUsb('/nowhere', () => assert.fail('woken')), undefined);
  });

  test('whatever a machine has or lacks, listening neither fails nor keeps the process alive', async () => {
    const sys = mkdtempSync(join(tmpdir(), 'sys-'));
    mkdirSync(join(sys, 'bus/usb/devices'), { recursive: true });
    const stop = await wakeOnUsb(sys, () => {});
    await stop?.();
    rmSync(sys, { recursive: true });
  });
});
