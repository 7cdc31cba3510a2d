// test-timeout: 7200 s
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  createSwitchStage,
  type Interruption,
  SWITCH_CALLS,
  SWITCH_SCENES,
  type SwitchCall,
} from '../testing/switch-points.ts';
import { bundleSwitch } from '../testing/switch-site.ts';

/** Points of each call that are taken of a scene, evenly; SWITCH_POINTS=all takes every one, for a soak. */
const SAMPLE: Readonly<Record<SwitchCall, number>> = {
  pwrite64: 2,
  fsync: 2,
  rename: 2,
  unlink: 1,
  rmdir: 1,
  mkdir: 1,
};
const takesAll = process.env['SWITCH_POINTS'] === 'all';

suite('the switch at each system call', { timeoutMs: 7_200_000, needs: ['strace', 'zstd'] }, (test) => {
  let bundled = '';
  let entry = '';
  let taken = 0;
  test.before(() => {
    bundled = mkdtempSync(join(tmpdir(), 'switch-bundle-'));
    entry = bundleSwitch(bundled);
  });
  test.after(() => rmSync(bundled, { recursive: true }));

  for (const scene of SWITCH_SCENES)
    test(`interrupted while ${scene}: the old version or the new one is started, and nothing is left over`, () => {
      const stage = createSwitchStage(entry, scene);
      const counts = stage.count();
      let turn = 0;
      for (const call of SWITCH_CALLS) {
        const points = takesAll ? counts[call] : Math.min(counts[call], SAMPLE[call]);
        for (let i = 0; i < points; i += 1) {
          const nth = points === 1 ? counts[call] : 1 + Math.round((i * (counts[call] - 1)) / (points - 1));
          const all: readonly Interruption[] = ['signal=SIGKILL', 'error=EIO', 'error=ENOSPC'];
          // a kill at every point, and in turn one of the two errors
          const hows = takesAll
            ? all
            : [all[0] ?? 'signal=SIGKILL', all[1 + (turn++ % 2)] ?? 'error=EIO'].slice(0, 1 + (turn % 2));
          for (const how of hows) {
            stage.interrupt(call, nth, how);
            taken += 1;
          }
        }
      }
      stage.remove();
    });

  test('at enough points', () => {
    process.stdout.write(` ${taken} points `);
    assert.ok(taken >= 40, String(taken));
  });
});
