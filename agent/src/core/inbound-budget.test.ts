import { assert, suite } from '@ewon-agent/contracts/testing';
import { fullBudget, INBOUND_BYTES, INBOUND_MESSAGES, inboundLimits, spend } from './inbound-budget.ts';

suite('what a broker may send', (test) => {
  for (const [what, rate] of Object.entries({ bytes: INBOUND_BYTES, messages: INBOUND_MESSAGES })) {
    const full = fullBudget(rate, 0);

    test(`as many ${what} as may come at once, and not one more`, () => {
      assert.equal(spend(full, rate, rate.atOnce, 0)?.left, 0);
      assert.equal(spend(full, rate, rate.atOnce + 1, 0), undefined);
    });

    test(`${what} at the rate for ever; at twice the rate as long as what may come at once lasts`, () => {
      const TICK_MS = 10;
      const ticksAt = (perSecond: number) => {
        let budget = spend(full, rate, 0, 0);
        let tick = 0;
        while (budget && tick < 10_000) {
          tick += 1;
          budget = spend(budget, rate, (perSecond * TICK_MS) / 1000, tick * TICK_MS);
        }
        return tick;
      };
      assert.equal(ticksAt(rate.perSecond), 10_000);
      const lasts = (rate.atOnce / rate.perSecond) * (1000 / TICK_MS);
      assert.ok(Math.abs(ticksAt(2 * rate.perSecond) - lasts) <= 1);
    });

    test(`a quiet day earns no more ${what} than may come at once, and a clock that stands earns nothing`, () => {
      const used = spend(full, rate, 100, 0) ?? full;
      assert.equal(spend(used, rate, 0, 86_400_000)?.left, rate.atOnce);
      assert.equal(spend(used, rate, 0, -5)?.left, rate.atOnce - 100);
    });
  }

  test('properties are limited where the version of MQTT has them', () => {
    assert.equal(inboundLimits(4).propertyBytes, undefined);
    assert.equal(inboundLimits(5).propertyBytes, 64);
  });
});
