import { clockSuite } from '@ewon-agent/contracts/suites/clock-suite';
import { createVirtualClock } from '../testing/clock-virtual.ts';
import { createClockSystem } from './clock-system.ts';

const setTimer = globalThis.setTimeout; // the real time is what is tested here

clockSuite('clock of the machine', () => ({
  clock: createClockSystem(),
  pass: (ms) => new Promise((resolve) => setTimer(resolve, ms + 5)),
}));

clockSuite('virtual clock', () => {
  const clock = createVirtualClock(0);
  return { clock, pass: clock.advance, jump: clock.jump };
});
