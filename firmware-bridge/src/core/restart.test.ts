import { assert, suite } from '@ewon-agent/contracts/testing';
import type { EwonEvent } from './events.ts';
import { afterLook, beforeRestart, type Look, lastBoot } from './restart.ts';

suite('whether an Ewon restarted', (test) => {
  const gone: Look = { found: 'nobody' };
  const there = (boot?: string): Look => ({ found: 'ewon', ...(boot !== undefined && { boot }) });
  const table: readonly (readonly [
    sentence: string,
    before: string | undefined,
    looks: readonly Look[],
    state: string,
  ])[] = [
    ['one that goes on answering has not', 'A', [there('A'), there('A')], 'waiting'],
    ['one that does not answer is away', 'A', [there('A'), gone], 'away'],
    ['away and there again: back', 'A', [gone, gone, there('A')], 'back'],
    ['never seen away, but its events tell of another boot: back', 'A', [there('A'), there('B')], 'back'],
    ['its first boot ever is another one as well', undefined, [there('B')], 'back'],
    ['events that cannot be read any more tell nothing', 'A', [there()], 'waiting'],
    ['back stays back', 'A', [there('B'), gone], 'back'],
  ];
  for (const [sentence, before, looks, state] of table)
    test(sentence, () => assert.equal(looks.reduce(afterLook, beforeRestart(before)).state, state));

  test('the last boot is found among other events', () => {
    const event = (text: string, number: number): EwonEvent => ({
      when: '01/01/2026 10:00:00',
      text,
      origin: 'x',
      number,
      id: 1,
      event: 1,
    });
    const events = [
      event('System Booting, FWR: 14.6s0', 1),
      event('System Booting, FWR: 15.0s2', 2),
      event('bkz-x', 3),
    ];
    assert.equal(lastBoot(events), '01/01/2026 10:00:00 2');
    assert.equal(lastBoot([]), undefined);
  });
});
