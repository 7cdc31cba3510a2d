import type { Beat } from '@ewon-agent/board-sim/qemu/watch';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createBoardTime } from '../src/scenario/board-time.ts';

/** A watcher whose beats the test makes; `quietMs` ago was the last. */
function littleWatch() {
  const now: { beat: Beat | undefined; heardMs: number | undefined } = { beat: undefined, heardMs: undefined };
  const beat = (upMs: number, quietMs = 0) => {
    now.beat = { upMs, silentMs: 0, gapMs: 0, ownGapMs: 0, rssKib: 0, peakKib: 0 };
    now.heardMs = performance.now() - quietMs;
  };
  return { now, beat };
}

suite('time of a board', (test) => {
  test('goes by the beats of its watcher, however late they come', () => {
    const { now, beat } = littleWatch();
    beat(20_000);
    const time = createBoardTime(now);
    const beganMs = time.now();
    beat(20_250);
    assert.equal(time.now() - beganMs, 250);
    beat(20_250, 60_000); // this machine was too busy for a minute
    time.now();
    beat(20_500);
    const passedMs = time.now() - beganMs;
    assert.ok(passedMs >= 500 && passedMs < 600, `${passedMs} ms`);
  });

  test('goes on when the board is switched on anew', () => {
    const { now, beat } = littleWatch();
    beat(90_000);
    const time = createBoardTime(now);
    const beganMs = time.now();
    beat(4000);
    assert.ok(time.now() >= beganMs && time.now() - beganMs < 100);
    beat(4250);
    assert.equal(Math.round(time.now() - beganMs), 250);
  });

  test('a look is taken once more when the time is over, and a wait at a dark board ends', async () => {
    const { now, beat } = littleWatch();
    const time = createBoardTime(now);
    await time.wait(20);
    beat(1000);
    let looks = 0;
    const look = async () => {
      looks += 1;
      beat(1000 + looks * 100);
      return false;
    };
    assert.equal(await time.until(look, 300), false);
    assert.ok(looks >= 3, `${looks} looks`);
  });
});
