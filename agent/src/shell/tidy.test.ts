import { assert, suite } from '@ewon-agent/contracts/testing';
import { testClock } from '../testing/test-clock.ts';
import { createTidy } from './tidy.ts';

suite('tidying up', (test) => {
  test('what was left is given back once, a minute after the work', () => {
    const { pass, collected, tidy } = fixture();
    tidy.worked();
    pass(59_999);
    assert.equal(collected(), 0);
    pass(3_600_000);
    assert.equal(collected(), 1);
  });

  test('work that goes on puts it off', () => {
    const { pass, collected, tidy } = fixture();
    tidy.worked();
    pass(50_000);
    tidy.worked();
    pass(50_000);
    assert.equal(collected(), 0);
    pass(10_000);
    assert.equal(collected(), 1);
  });

  test('an agent that stops leaves nothing that wakes it', () => {
    const { pass, collected, tidy } = fixture();
    tidy.worked();
    tidy.stop();
    pass(3_600_000);
    assert.equal(collected(), 0);
  });
});

function fixture() {
  const { clock, pass } = testClock();
  let count = 0;
  return {
    pass,
    collected: () => count,
    tidy: createTidy(clock, () => {
      count += 1;
    }),
  };
}
