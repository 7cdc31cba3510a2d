import { assert, suite } from '@ewon-agent/contracts/testing';
import { createBoard } from '../board.ts';
import { createRandom, withSeed } from './random-sim.ts';

suite('seeded chance', (test) => {
  test('the same seed gives the same bytes, another seed gives others', () => {
    const [a, b, c] = [createRandom(1), createRandom(1), createRandom(2)];
    assert.deepEqual(a.bytes(100), b.bytes(100));
    assert.notDeepEqual(a.bytes(32), c.bytes(32));
  });

  test('each call gives fresh bytes, also across a reboot', () => {
    const board = createBoard({ seed: 7 });
    const first = board.ports.random.bytes(32);
    assert.notDeepEqual(board.ports.random.bytes(32), first);
    assert.notDeepEqual(board.reboot().random.bytes(32), first);
  });

  test('a caller may keep and change the bytes it got', () => {
    const random = createRandom(3);
    const mine = random.bytes(8);
    const before = [...mine];
    random.bytes(8);
    assert.deepEqual([...mine], before);
    assert.equal(random.bytes(0).length, 0);
    assert.equal(random.bytes(1000).length, 1000);
  });

  test('fractions lie in [0, 1) and spread evenly', () => {
    const random = createRandom(4);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i++) {
      const fraction = random.fraction();
      assert.ok(fraction >= 0 && fraction < 1);
      const tenth = Math.floor(fraction * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // 1000 ± 5 standard deviations (30)
    for (const count of tenths) assert.ok(Math.abs(count - 1000) < 150, tenths.join(' '));
  });

  test('a failure under a seed says the seed', async () => {
    await assert.rejects(
      withSeed(() => assert.fail('two registrations'), 41),
      /seed 41: two registrations/,
    );
    assert.equal(await withSeed((seed) => seed, 5), 5);
  });
});
