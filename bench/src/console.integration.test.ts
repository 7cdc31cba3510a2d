import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert, suite } from '@ewon-agent/contracts/testing';

// The console bench once: that it runs and what its answer looks like. No time is judged here.

const MAIN = join(import.meta.dirname, 'main.ts');

suite('the console bench', { timeoutMs: 120_000, needs: ['socat'] }, (test) => {
  test('types at the agent, idle and draining, beside bash and cat', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--json', 'console', '--runs', '1']);
    const { loads } = JSON.parse(stdout);
    assert.deepEqual(
      loads.map(({ load }: { load: string }) => load),
      ['idle', 'draining'],
    );
    for (const { n, echoes } of loads) {
      assert.ok(n > 0);
      for (const { p50Ms, p99Ms, mostMs } of echoes) assert.ok(0 < p50Ms && p50Ms <= p99Ms && p99Ms <= mostMs);
    }
  });
});
