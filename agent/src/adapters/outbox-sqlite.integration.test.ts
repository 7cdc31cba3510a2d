// test-timeout: 7200 s
import { assert, suite } from '@ewon-agent/contracts/testing';
import { countCalls, type DiskCall, failedAt, killedAt, SCENES, type Scene } from '../testing/outbox-points.ts';
import { createOutboxSite } from '../testing/outbox-site.ts';

/** How many points of each call are taken, evenly; OUTBOX_POINTS=all takes every one (above 1,000, for a soak). */
const SAMPLE: Readonly<Record<DiskCall, number>> = {
  pwrite64: 16,
  fdatasync: 8,
  fsync: 4,
  ftruncate: 2,
  rename: 2,
  unlink: 2,
};
const takesAll = process.env['OUTBOX_POINTS'] === 'all';

type Point = { readonly scene: Scene; readonly call: DiskCall; readonly nth: number };

function points(counted: ReadonlyMap<Scene, Readonly<Record<DiskCall, number>>>, calls: readonly DiskCall[]): Point[] {
  const found: Point[] = [];
  for (const [scene, counts] of counted) {
    for (const call of calls) {
      const taken = takesAll ? counts[call] : Math.min(counts[call], SAMPLE[call]);
      // evenly, the first and the last among them
      for (let i = 0; i < taken; i += 1)
        found.push({ scene, call, nth: 1 + Math.round((i * (counts[call] - 1)) / Math.max(1, taken - 1)) });
    }
  }
  return found;
}

suite('outbox of SQLite and kill -9', { timeoutMs: 100_000 }, (test) => {
  test('killed 10 times at any moment: what was answered ok is there, in order, no number twice', async () => {
    const site = createOutboxSite();
    for (let round = 1; round <= 10; round += 1) {
      const { signal, stderr } = await site.write([], { steps: 1_000_000, killAfter: 1 + ((round * 7) % 19) });
      assert.equal(signal, 'SIGKILL', stderr);
      site.check(`round ${round}`);
    }
    assert.ok(site.check('at the end') > 500);
    site.remove();
  });

  test('a file that may not grow is STATE_UNWRITABLE, and what was accepted before stays', async () => {
    const site = createOutboxSite();
    site.writeHere(3);
    // the limit of 160 blocks of 512 bytes is met as a full disk is: the write fails
    const { outcomes } = await site.write(['sh', '-c', 'trap "" XFSZ; ulimit -f 160; exec "$0" "$@"'], { steps: 30 });
    assert.ok(outcomes.includes('ok') && outcomes.includes('STATE_UNWRITABLE'), outcomes.join());
    site.check('full');
    assert.deepEqual(site.writeHere(3), ['ok', 'ok', 'ok']);
    site.check('room again');
    site.remove();
  });
});

suite('outbox of SQLite at each system call', { timeoutMs: 7_200_000, needs: ['strace'] }, (test) => {
  const counted = new Map<Scene, Readonly<Record<DiskCall, number>>>();
  test.before(async () => {
    for (const scene of SCENES) counted.set(scene, await countCalls(scene));
  });

  test('killed at a write, a flush, a rename: nothing that was answered ok is lost, also while a salvage goes on', async () => {
    const taken = points(counted, ['pwrite64', 'fdatasync', 'fsync', 'ftruncate', 'rename', 'unlink']);
    for (const { scene, call, nth } of taken) await killedAt(scene, call, nth);
    assert.ok(taken.length >= 20);
    process.stdout.write(` ${taken.length} points `);
  });

  for (const errno of ['EIO', 'ENOSPC'] as const) {
    test(`${errno} at a write or a flush: refused with its code, nothing lost, and the next one goes in`, async () => {
      const taken = points(counted, ['pwrite64', 'fdatasync', 'fsync']).filter((_, i) => takesAll || i % 3 === 0);
      for (const { scene, call, nth } of taken) await failedAt(scene, call, nth, errno);
      assert.ok(taken.length >= 5);
      process.stdout.write(` ${taken.length} points `);
    });
  }
});
