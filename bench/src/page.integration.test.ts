// test-timeout: 300 s
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { POSTGRES_PROGRAMS } from '@ewon-agent/account/testing/postgres';
import { assert, suite } from '@ewon-agent/contracts/testing';

// The page bench once, with a small fleet: that it runs and what its answer looks like. No time is judged here.

const MAIN = join(import.meta.dirname, 'main.ts');

suite('the page bench', { timeoutMs: 200_000, needs: ['chromium', ...POSTGRES_PROGRAMS] }, (test) => {
  test('visits the page of an account on each database, and the bare page beside them', async () => {
    const asked = ['--json', 'page', '--runs', '1', '--devices', '20'];
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...asked]);
    const { pages } = JSON.parse(stdout);
    assert.deepEqual(
      pages.map(({ of }: { of: string }) => of),
      ['bare page', '20 Ewons, 2,000 lines, PostgreSQL', '20 Ewons, 2,000 lines, SQLite'],
    );
    for (const { interactiveMs, shownMs, keyMs, foundMs, shownKib, wholeKib, heapMib } of pages) {
      for (const { n, median } of [interactiveMs, shownMs, keyMs, foundMs, shownKib, wholeKib, heapMib])
        assert.ok(n === 1 && median > 0);
      assert.ok(Math.abs(shownMs.median + keyMs.median - interactiveMs.median) < 0.001);
      assert.ok(keyMs.median <= foundMs.median && shownKib.median <= wholeKib.median);
    }
  });
});
