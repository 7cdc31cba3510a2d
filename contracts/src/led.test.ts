import { LED, ledPatternOf } from './led.ts';
import { assert, suite } from './testing/suite.ts';

suite('led', (test) => {
  test('each pattern is told by what is seen, so no two look the same', () => {
    for (const [name, blink] of Object.entries(LED)) assert.equal(ledPatternOf({ ...blink }), name);
  });

  test('what we never show is no pattern', () => {
    assert.equal(ledPatternOf({ colour: 'red', onMs: 500, offMs: 500 }), undefined);
    assert.equal(ledPatternOf({ colour: 'green', onMs: 500, offMs: 0 }), undefined);
  });

  // AUG-0062 §4 as told in ewon-facts §1.3
  test('the timings are those of the genuine device', () => {
    assert.deepEqual(LED.cardSeen, { colour: 'orange', onMs: 150, offMs: 150 });
    assert.deepEqual(LED.cardWorking, { colour: 'orange', onMs: 1000, offMs: 1000 });
    assert.deepEqual(LED.cardOk, { colour: 'green', onMs: 0, offMs: 0 });
    assert.deepEqual(LED.cardFailed, { colour: 'red', onMs: 0, offMs: 0 });
    assert.deepEqual(LED.running, { colour: 'green', onMs: 500, offMs: 500 });
  });

  test('what blinks, blinks evenly; what is dark does not blink', () => {
    for (const { colour, onMs, offMs } of Object.values(LED)) {
      assert.equal(onMs, offMs);
      if (colour === 'off') assert.equal(onMs, 0);
    }
  });
});
