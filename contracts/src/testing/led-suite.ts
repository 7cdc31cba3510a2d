import { LED, type LedBlink } from '../led.ts';
import type { LedPort } from '../ports/led.ts';
import { assert, suite } from './suite.ts';

/** A LED and somebody who looks at it. */
export type LedFixture = {
  readonly led: LedPort;
  /** What is to be seen now. */
  look(): LedBlink | Promise<LedBlink>;
  /** How often the blinking was begun anew since the start; counts writes to the hardware where there is no better sign. */
  starts(): number | Promise<number>;
  /** A board that has no LED, or whose LED fails. */
  readonly broken?: LedPort;
  close?(): unknown;
};

/** The obligations of {@link LedPort}. */
export function ledSuite(name: string, makeFixture: () => LedFixture | Promise<LedFixture>): void {
  suite(name, (test) => {
    const on = (sentence: string, body: (fixture: LedFixture) => Promise<void>) =>
      test(sentence, async () => {
        const fixture = await makeFixture();
        try {
          await body(fixture);
        } finally {
          await fixture.close?.();
        }
      });

    on('each pattern is to be seen when show has resolved', async ({ led, look }) => {
      for (const blink of [...Object.values(LED), ...Object.values(LED).reverse()]) {
        await led.show(blink);
        assert.deepEqual({ ...(await look()) }, { ...blink });
      }
    });

    on('of several asked for at once, the last one stays', async ({ led, look }) => {
      await Promise.all([led.show(LED.cardSeen), led.show(LED.cardWorking), led.show(LED.cardFailed)]);
      assert.deepEqual({ ...(await look()) }, LED.cardFailed);
    });

    on('showing the same again does not restart the blinking', async ({ led, look, starts }) => {
      await led.show(LED.running);
      const before = await starts();
      await led.show({ ...LED.running });
      assert.equal(await starts(), before);
      assert.deepEqual({ ...(await look()) }, LED.running);
    });

    on('a board without a LED shows nothing and does not throw', async ({ broken }) => {
      await broken?.show(LED.cardOk);
      await broken?.show(LED.off);
    });
  });
}
