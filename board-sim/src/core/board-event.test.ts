import { DAY_MS, HOUR_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type BoardEvent, eventLine } from './board-event.ts';

const LINES: readonly (readonly [BoardEvent, string | undefined])[] = [
  [{ on: 'slot', slot: 'sd0', card: 'in', image: '/card.img' }, 'slot    sd0: card in (/card.img)'],
  [{ on: 'slot', slot: 'sd0', card: 'out' }, 'slot    sd0: card out'],
  [
    { on: 'led', pattern: 'cardSeen', colour: 'orange', onMs: 150, offMs: 150 },
    'led     cardSeen: orange blinking, 150 ms on, 150 ms off',
  ],
  [{ on: 'led', pattern: 'cardOk', colour: 'green', onMs: 0, offMs: 0 }, 'led     cardOk: green steady'],
  [
    { on: 'led', pattern: null, colour: 'red', onMs: 1, offMs: 2 },
    'led     unknown pattern: red blinking, 1 ms on, 2 ms off',
  ],
  [{ on: 'network', state: 'silent' }, 'network silent'],
  [{ on: 'ewon', fault: 'drip' }, 'ewon    drip'],
  [{ on: 'clock', aheadMs: 0 }, 'clock   right'],
  [{ on: 'clock', aheadMs: 400 * DAY_MS + 1500 }, 'clock   400 days and 1.500 s ahead'],
  [{ on: 'clock', aheadMs: -HOUR_MS }, 'clock   0 days and 3600.000 s behind'],
  [{ on: 'power', state: 'cut' }, 'power   cut'],
  [{ on: 'program', state: 'started', pid: 7 }, 'program started (pid 7)'],
  [{ on: 'program', state: 'ended', pid: 7, how: 'by SIGKILL' }, 'program ended (pid 7) by SIGKILL'],
  [{ on: 'output', from: 'stdout', line: 'hello' }, '        | hello'],
  [{ on: 'answer', ok: true }, undefined],
  [{ on: 'answer', ok: false, error: 'BAD_REQUEST: x' }, 'refused BAD_REQUEST: x'],
];

suite('event in a line', (test) => {
  for (const [event, line] of LINES) {
    test(`${JSON.stringify(event)} is ${line ?? 'not said'}`, () => assert.equal(eventLine(event), line));
  }
});
