import { assert, suite } from '@ewon-agent/contracts/testing';
import { createBoardTime } from './board-time.ts';

type Beat = NonNullable<Parameters<typeof createBoardTime>[0]['beat']>;
const beatAt = (upMs: number): Beat => ({ upMs, silentMs: 0, gapMs: 0, ownGapMs: 0, rssKib: 0, peakKib: 0 });

/** A board whose beats and a machine whose clock the test sets. */
function createScene() {
  const watch: { beat: Beat | undefined; heardMs: number | undefined } = { beat: beatAt(50_000), heardMs: 1000 };
  let hostMs = 1000;
  const time = createBoardTime(watch, () => hostMs);
  return {
    time,
    hostAt(ms: number) {
      hostMs = ms;
    },
    beat(atMs: number, upMs: number) {
      hostMs = atMs;
      Object.assign(watch, { beat: beatAt(upMs), heardMs: atMs });
    },
    unplug() {
      Object.assign(watch, { beat: undefined, heardMs: undefined });
    },
  };
}

suite('the time of a board', (test) => {
  test('goes as the board tells it, however long that takes here', () => {
    const { time, beat } = createScene();
    beat(1250, 50_250);
    assert.equal(time.now(), 250);
    beat(9250, 50_500);
    assert.equal(time.now(), 500);
  });

  test('between two beats it goes on at the speed of the last, but not beyond the next', () => {
    const { time, beat, hostAt } = createScene();
    beat(1500, 50_250); // half as fast as here
    time.now();
    hostAt(1600);
    assert.equal(time.now(), 300);
    hostAt(4000);
    assert.equal(time.now(), 550);
    beat(4100, 50_300); // it was slower than guessed: time stands, and never goes back
    assert.equal(time.now(), 550);
    beat(4400, 50_900);
    assert.equal(time.now(), 900);
  });

  test('a board that is not heard counts a tenth of the time here, and one that was switched on anew goes on from there', () => {
    const { time, hostAt, beat, unplug } = createScene();
    unplug();
    hostAt(2000);
    assert.equal(time.now(), 100);
    hostAt(11_000);
    assert.equal(time.now(), 1000);
    beat(11_100, 7000);
    assert.equal(time.now(), 1000);
    beat(11_400, 7250);
    assert.equal(time.now(), 1250);
  });

  test('a look is taken once more when the time is over, and a wait at a dark board ends', async () => {
    const { time, beat } = createScene();
    let looks = 0;
    const look = async () => {
      looks += 1;
      beat(1000 + looks * 100, 50_000 + looks * 100);
      return false;
    };
    assert.equal(await time.until(look, 300), false);
    assert.equal(looks, 4);
    const dark = createBoardTime({ beat: undefined, heardMs: undefined });
    await dark.wait(20);
  });
});
