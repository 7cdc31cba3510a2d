// test-timeout: 7200 s
import { assert, suite } from '@ewon-agent/contracts/testing';
import { disturbedAt, findTufPoints, TUF_CALLS, type TufCall, type TufPoint } from '../testing/tuf-points.ts';

const takesAll = process.env['TUF_POINTS'] === 'all';

suite('power cuts while a repository is read and a patch comes', {
  timeoutMs: 7_200_000,
  needs: ['strace'],
}, (test) => {
  let all: readonly TufPoint[] = [];
  test.before(async () => {
    all = await findTufPoints();
  });
  /** So many of them, evenly; TUF_POINTS=all takes every one, for a soak. */
  const taken = (points: readonly TufPoint[], count: number) =>
    takesAll
      ? points
      : points.filter(
          (_, i) => Math.floor((i * count) / points.length) !== Math.floor(((i - 1) * count) / points.length),
        );

  for (const [how, count] of [
    ['SIGKILL', 10],
    ['EIO', 5],
    ['ENOSPC', 5],
  ] as const)
    test(`${how} at a write, a flush, a rename: the old set or the new one is trusted, and it goes on`, async () => {
      const fails: readonly TufCall[] = how === 'SIGKILL' ? TUF_CALLS : ['write', 'pwrite64', 'fsync', 'fdatasync'];
      const points = taken(
        all.filter(({ call }) => fails.includes(call)),
        count,
      );
      // by twos: half of the time is waiting for the disk
      const half = Math.ceil(points.length / 2);
      const disturb = async (some: readonly TufPoint[]) => {
        for (const point of some) await disturbedAt(point, how);
      };
      await Promise.all([disturb(points.slice(0, half)), disturb(points.slice(half))]);
      assert.ok(points.length >= count);
      process.stdout.write(` ${points.length} of ${all.length} points `);
    });
});
