import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert, suite } from '@ewon-agent/contracts/testing';

// The patch bench once: that it runs and what its answer looks like. No time is judged here.

const MAIN = join(import.meta.dirname, 'main.ts');
const WAYS = ['directoryMs', 'httpsMs', 'processMs', 'installMs', 'extractMs', 'nodeMs', 'floorMs'];

suite('the patch bench', {
  timeoutMs: 120_000,
  needs: ['rauc', 'mksquashfs', 'unsquashfs', 'dbus-daemon'],
}, (test) => {
  test('brings a patch in each way, beside RAUC and the floor, and looks at the memory of it', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--json', 'patch', '--runs', '1']);
    const { ways, memory, whyNoInstall } = JSON.parse(stdout);
    assert.deepEqual(
      ways.map(({ way }: { way: string }) => way),
      WAYS.filter((way) => way !== 'installMs' || whyNoInstall === undefined),
    );
    for (const { way, ms, timesExtract } of ways) assert.ok(ms.n === 1 && ms.median > 0 && timesExtract.n === 1, way);
    assert.deepEqual(
      memory.map(({ from, nth }: { from: string; nth: string }) => `${from} ${nth}`),
      ['directory first', 'directory second', 'HTTPS first', 'HTTPS second'],
    );
    for (const { from, nth, idlePssMib, morePssMib } of memory)
      assert.ok(idlePssMib.median > 0 && morePssMib.median >= 0, `${from} ${nth}`);
  });
});
