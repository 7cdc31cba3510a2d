// test-timeout: 300 s
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert, suite } from '@ewon-agent/contracts/testing';

// The map bench once, with a small fleet: that it runs and what its answer looks like. No time is judged here.

const MAIN = join(import.meta.dirname, 'main.ts');

suite('the map bench', { timeoutMs: 120_000, needs: ['chromium'] }, (test) => {
  test('visits the map with the fleet that is asked for', async () => {
    const asked = ['--json', 'map', '--runs', '1', '--devices', '50'];
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...asked]);
    const { fleets } = JSON.parse(stdout);
    const [{ devices, usableMs, drawnMs, answeredMs, nothingMs, heapMib, accountPssMib }] = fleets;
    assert.deepEqual([fleets.length, devices], [1, 50]);
    for (const { n, median } of [usableMs, drawnMs, answeredMs, nothingMs, heapMib, accountPssMib])
      assert.ok(n === 1 && median > 0);
    assert.ok(Math.abs(drawnMs.median + answeredMs.median - usableMs.median) < 0.001);
  });
});
