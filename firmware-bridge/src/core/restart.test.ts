import { assert, suite } from '@ewon-agent/contracts/testing';
import type { EwonEvent } from './events.ts';
import { afterLook, beforeRestart, type Look } from './restart.ts';

const INFORMATION = 2 ** 30;
const event = (text: string, number: number, id = 1): EwonEvent => ({
  ...{ when: '01/01/2026 10:00:00', text, origin: 'x', number, id },
  event: id % INFORMATION,
});
const [A, B] = [event('System Booting, FWR: 14.6s0', 1), event('System Booting, FWR: 14.6s0', 2)];
const TAKEN = event('fwr-Firmware 15.0s2 taken', 3, INFORMATION + 22_300);
const DECLINED = event('fwr-Firmware declined: wrong product code', 4, 22_301);
const OTHER = event('eppp-PPP negociation failed', 5, 22_701);

const gone: Look = { found: 'nobody' };
const there = (...events: readonly EwonEvent[]): Look => ({ found: 'ewon', events });
const mute: Look = { found: 'ewon' };

suite('whether an Ewon restarted', (test) => {
  const table: readonly (readonly [string, readonly EwonEvent[] | undefined, readonly Look[], string])[] = [
    ['one that goes on answering has not', [A], [there(A), there(A, OTHER)], 'waiting'],
    ['one that does not answer is away', [A], [there(A), gone], 'away'],
    ['away and there again: back', [A], [gone, gone, there(A)], 'back'],
    ['away and there again without events: back', undefined, [gone, mute], 'back'],
    ['never seen away, but its events tell of another boot: back', [A], [there(A), there(A, B)], 'back'],
    ['its first boot ever is another one as well', [], [there(B)], 'back'],
    ['events that could not be read before tell nothing', undefined, [there(B)], 'waiting'],
    ['events that cannot be read any more tell nothing', [A], [mute], 'waiting'],
    ['back stays back', [A], [there(A, B), gone], 'back'],
  ];
  for (const [sentence, before, looks, state] of table)
    test(sentence, () => assert.equal(looks.reduce(afterLook, beforeRestart(before)).state, state));

  test('what it wrote against a firmware since is known, and nothing else', () => {
    const after = (...events: readonly EwonEvent[]) =>
      afterLook(beforeRestart([A, event('fwr-Firmware declined: x', 9)]), there(...events));
    assert.equal(after(A, DECLINED).complaint, DECLINED.text);
    assert.equal(after(A, TAKEN, OTHER, event('fwr-Firmware declined: x', 9)).complaint, undefined);
  });
});
