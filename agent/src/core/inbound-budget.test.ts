import { assert, suite } from '@ewon-agent/contracts/testing';
import { fullBudget, INBOUND_BURST_BYTES, INBOUND_BYTES_PER_SECOND, spend } from './inbound-budget.ts';

suite('what a broker may send', (test) => {
  test('as much as the burst at once, and not a byte more', () => {
    assert.equal(spend(fullBudget(0), INBOUND_BURST_BYTES, 0)?.bytes, 0);
    assert.equal(spend(fullBudget(0), INBOUND_BURST_BYTES + 1, 0), undefined);
  });

  test('the rate for ever; twice the rate for a few seconds', () => {
    const secondsAt = (bytes: number) => {
      let budget = spend(fullBudget(0), 0, 0);
      let second = 0;
      while (budget && second < 1000) {
        second += 1;
        budget = spend(budget, bytes, second * 1000);
      }
      return second;
    };
    assert.equal(secondsAt(INBOUND_BYTES_PER_SECOND), 1000);
    assert.equal(secondsAt(2 * INBOUND_BYTES_PER_SECOND), 8);
  });

  test('a quiet day earns no more than the burst, and a clock that stands earns nothing', () => {
    const used = spend(fullBudget(0), 1000, 0) ?? fullBudget(0);
    assert.equal(spend(used, 0, 86_400_000)?.bytes, INBOUND_BURST_BYTES);
    assert.equal(spend(used, 0, -5)?.bytes, INBOUND_BURST_BYTES - 1000);
  });
});
