// test-timeout: 600 s
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createSettingsStage, SETTINGS_CALLS } from '../testing/settings-points.ts';
import { SETTINGS_STEPS, type SettingsStep } from '../testing/settings-writer.ts';

const takesAll = process.env['SETTINGS_POINTS'] === 'all';

suite('power cuts while the console changes the configuration', { timeoutMs: 600_000, needs: ['strace'] }, (test) => {
  /** All points of a commit and of going back, and some of the others; SETTINGS_POINTS=all takes every one, for a soak. */
  const disturb = async (step: SettingsStep, i: number) => {
    const stage = await createSettingsStage(step);
    const counts = await stage.count();
    let points = 0;
    for (const call of SETTINGS_CALLS)
      for (let nth = 1; nth <= counts[call]; nth += 1) {
        if (takesAll || step === 'commit' || step === 'go back' || (nth + i) % 3 === 0) {
          await stage.interrupt(call, nth, 'SIGKILL');
          points += 1;
        }
        if (call === 'unlink' || !(takesAll || (nth + i) % 4 === 0)) continue;
        await stage.interrupt(call, nth, call === 'pwrite64' ? 'ENOSPC' : 'EIO');
        points += 1;
      }
    stage.remove();
    assert.ok(counts.pwrite64 > 0 && counts.fsync > 1 && counts.rename === 1, `${step}: ${JSON.stringify(counts)}`);
    return points;
  };

  test('at every write, flush and rename of each step: the old configuration runs or the new one', async () => {
    // by twos: half of the time is waiting for the disk
    const lanes = [0, 1].map(async (lane) => {
      let points = 0;
      for (const [i, step] of SETTINGS_STEPS.entries()) if (i % 2 === lane) points += await disturb(step, i);
      return points;
    });
    const points = (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0);
    process.stdout.write(` ${points} points `);
  });
});
