import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, rejects, suite } from '@ewon-agent/contracts/testing';
import { lockState } from './state-lock.ts';

suite('lock of a state directory', (test) => {
  test('one holder at a time; given back, the next one gets it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'state-lock-'));
    try {
      const unlock = lockState(dir);
      await rejects(() => lockState(dir), 'ACCOUNT_RUNNING_ALREADY');
      unlock();
      assert.doesNotThrow(() => lockState(dir)());
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
