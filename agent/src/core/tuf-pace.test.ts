import { assert, suite } from '@ewon-agent/contracts/testing';
import { type Cap, capAfter, PACE_START, paceAfter, patienceMs } from './tuf-pace.ts';

suite('pace of what comes', (test) => {
  test('100 bytes a second is slow, a little more is not; what is waited for is counted, not what passes', () => {
    const over = (bytes: number, everyMs: number, times: number) => {
      let pace: ReturnType<typeof paceAfter> = PACE_START;
      for (let i = 0; i < times && pace; i += 1) pace = paceAfter(pace, everyMs, bytes);
      return pace !== undefined;
    };
    const cases: [bytes: number, everyMs: number, isFast: boolean][] = [
      [1, 20, false],
      [99, 1000, false],
      [101, 1000, true],
      [3000, 29_999, true],
      [0, 30_000, false],
      [100_000, 29_000, true],
      [1, 0, true],
    ];
    for (const [bytes, everyMs, isFast] of cases)
      assert.equal(over(bytes, everyMs, 10_000), isFast, `${bytes} bytes each ${everyMs} ms`);
  });

  test('the patience for the next bytes is what is left of the half minute', () => {
    assert.equal(patienceMs(PACE_START), 30_000);
    assert.equal(patienceMs({ waitedMs: 29_000, bytes: 10 }), 1000);
    assert.equal(patienceMs({ waitedMs: 31_000, bytes: 10 }), 0);
  });

  test('a rate holds in the long run, and makes up for one second of a pause at most', () => {
    let [cap, nowMs, bytes]: [Cap | undefined, number, number] = [undefined, 0, 0];
    const take = (piece: number) => {
      const paid = capAfter(cap, { nowMs, bytes: piece, rateBytesPerSecond: 1000 });
      cap = paid;
      nowMs += paid.waitMs;
      bytes += piece;
    };
    for (let i = 0; i < 200; i += 1) take(1 + ((i * 37) % 300));
    assert.ok(Math.abs(nowMs - bytes) <= 10, `${bytes} bytes in ${nowMs} ms`);
    nowMs += 60_000;
    const [beganMs, before] = [nowMs, bytes];
    for (let i = 0; i < 50; i += 1) take(100);
    assert.ok(bytes - before - (nowMs - beganMs) <= 1010);
  });
});
