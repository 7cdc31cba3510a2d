import { type Cancel, type ClockPort, LED, type LedBlink, type LedPort, SECOND_MS } from '@ewon-agent/contracts';
import { LED_SHOWN } from '../core/console/led-shown.ts';

/** Long enough to see the slowest of them twice. */
export const LED_STEP_MS = 4 * SECOND_MS;

/** Shows all patterns one after another; what is to be shown meanwhile is shown afterwards. */
export type LedTest = {
  /** What the agent shows by. */
  readonly led: LedPort;
  /**
   * Begins, or begins anew.
   * @param told says which is shown, as it is
   * @param ended called when the true one is shown again; not when it was stopped or begun anew
   * @returns stops it, with the true one
   */
  start(told: (line: string) => void, ended: () => void): () => void;
};

export function createLedTest(led: LedPort, clock: Pick<ClockPort, 'after'>): LedTest {
  let truth: LedBlink = LED.running;
  let testing: object | undefined;
  let timer: Cancel = () => {};

  return {
    led: {
      async show(blink) {
        truth = blink;
        if (!testing) await led.show(blink);
      },
    },
    start(told, ended) {
      timer();
      const own = {};
      testing = own;
      const stop = () => {
        if (testing !== own) return;
        timer();
        testing = undefined;
        void led.show(truth);
      };
      const step = (at: number) => {
        const shown = LED_SHOWN[at];
        if (!shown) {
          stop();
          told('the LED shows again how it is');
          return ended();
        }
        told(`${at + 1} of ${LED_SHOWN.length}: ${shown.text}`);
        void led.show(LED[shown.pattern]);
        timer = clock.after(LED_STEP_MS, () => step(at + 1));
      };
      step(0);
      return stop;
    },
  };
}
