import { HOUR_MS, type PolicyWindow } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { isOpen } from './policy-window.ts';

// 2026-03-02 is a Monday
const at = (day: number, clock: string) => Date.parse(`2026-03-0${day}T${clock}:00.000Z`);
const window = (change: Partial<PolicyWindow> = {}): PolicyWindow => ({
  ...{ days: ['mon'], from: '02:00', to: '04:00', zone: 'UTC' },
  ...change,
});
const night = window({ from: '22:00', to: '04:00' });

const TABLE: readonly (readonly [string, PolicyWindow, number, boolean])[] = [
  ['a minute before', window(), at(2, '01:59'), false],
  ['the first minute', window(), at(2, '02:00'), true],
  ['the last minute', window(), at(2, '03:59'), true],
  ['the end is not in it', window(), at(2, '04:00'), false],
  ['another day', window(), at(3, '03:00'), false],
  ['one of two days', window({ days: ['mon', 'tue'] }), at(3, '03:00'), true],
  ['over midnight, the evening', night, at(2, '23:00'), true],
  ['over midnight, the morning after', night, at(3, '03:59'), true],
  ['over midnight, the end', night, at(3, '04:00'), false],
  ['over midnight, the morning before', night, at(2, '03:00'), false],
  ['from Sunday into Monday', window({ days: ['sun'], from: '23:00', to: '01:00' }), at(2, '00:30'), true],
  ['a whole day', window({ from: '00:00', to: '00:00' }), at(2, '13:00'), true],
];

suite('window of a policy', (test) => {
  for (const [what, of, atMs, open] of TABLE)
    test(`${what}: ${open ? 'open' : 'closed'}`, () => assert.equal(isOpen(of, atMs, 0), open));

  test('the zone of the device counts where the policy says so, and only there', () => {
    const offsetMs = 2 * HOUR_MS;
    assert.equal(isOpen(window({ zone: 'device' }), at(2, '00:30'), offsetMs), true);
    assert.equal(isOpen(window({ zone: 'device' }), at(2, '02:30'), offsetMs), false);
    assert.equal(isOpen(window(), at(2, '02:30'), offsetMs), true);
    assert.equal(isOpen(window({ zone: 'device' }), at(2, '04:30'), -offsetMs), true);
  });

  test('before 1970 it is no bug', () => assert.equal(isOpen(window(), -HOUR_MS, 0), false));
});
