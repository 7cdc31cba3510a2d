import { ok } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { testClock } from '../testing/test-clock.ts';
import { startSettingsLife } from './settings-life.ts';

function begin({ isServed = true } = {}) {
  const { clock, pass } = testClock();
  const world = { needsRestart: false, isInstalling: false, restarts: [] as number[], ups: 0, back: [] as number[] };
  let waiting: { n: number; leftMs: number } | undefined;
  const life = startSettingsLife({
    clock,
    take: () => ok({ needsRestart: world.needsRestart }),
    cameUp() {
      world.ups += 1;
    },
    waiting: () => waiting,
    timedOut(n) {
      world.back.push(n);
      return true;
    },
    restart: isServed ? () => void world.restarts.push(0) : undefined,
    isInstalling: () => world.isInstalling,
  });
  return {
    world,
    life,
    pass,
    wait(n: number, leftMs: number) {
      waiting = { n, leftMs };
    },
  };
}

suite('settings in a running agent', (test) => {
  test('a start that was put off is not made for what was taken back meanwhile', () => {
    const { world, life, pass } = begin();
    [world.needsRestart, world.isInstalling] = [true, true];
    assert.equal(assertOk(life.changed()), 'later');
    world.needsRestart = false;
    assert.equal(assertOk(life.changed()), 'applied');
    world.isInstalling = false;
    pass(1e9);
    assert.deepEqual(world.restarts, []);
  });

  test('what can be taken at once runs, and has come up', () => {
    const { world, life, pass } = begin();
    assert.equal(assertOk(life.changed()), 'applied');
    pass(1e9);
    assert.deepEqual([world.ups, world.restarts.length], [1, 0]);
  });

  test('the rest comes with a new start, after the answer; without a service manager nobody starts it', () => {
    const { world, life, pass } = begin();
    world.needsRestart = true;
    assert.deepEqual([assertOk(life.changed()), world.restarts.length], ['restarting', 0]);
    pass(0);
    assert.deepEqual([world.ups, world.restarts.length], [0, 1]);
    const alone = begin({ isServed: false });
    alone.world.needsRestart = true;
    alone.wait(3, 60_000);
    assert.equal(assertOk(alone.life.changed()), 'needsRestart');
    alone.pass(60_000);
    assert.deepEqual([alone.world.ups, alone.world.back], [0, [3]], 'it has not come up, and goes back all the same');
  });

  test('an installation is not cut short: the start waits for its end', () => {
    const { world, life, pass } = begin();
    Object.assign(world, { needsRestart: true, isInstalling: true });
    assert.equal(assertOk(life.changed()), 'later');
    pass(600_000);
    assert.equal(world.restarts.length, 0);
    world.isInstalling = false;
    pass(60_000);
    pass(0);
    assert.equal(world.restarts.length, 1);
  });

  test('what is not confirmed in time goes back, and what that needs is done', () => {
    const { world, life, pass, wait } = begin();
    wait(7, 300_000);
    life.cameUp();
    pass(299_999);
    assert.deepEqual(world.back, []);
    world.needsRestart = true;
    pass(1);
    pass(0);
    assert.deepEqual([world.back, world.restarts.length], [[7], 1]);
  });

  test('stopped, it does nothing any more', () => {
    const { world, life, pass, wait } = begin();
    wait(7, 1000);
    life.cameUp();
    life.stop();
    pass(1e9);
    assert.deepEqual(world.back, []);
  });
});
