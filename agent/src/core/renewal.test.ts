import { DAY_MS, HOUR_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { DEVICE, link, OTHER_DEVICE } from '../testing/fixtures.ts';
import type { Link } from './model.ts';
import { isDue, type Renewal, type RenewalEvent, renewalTransition } from './renewal.ts';

const BEGAN_MS = Date.parse('2026-03-01T12:00:00.000Z');
const valid = { notBeforeMs: BEGAN_MS, notAfterMs: BEGAN_MS + 90 * DAY_MS };
const dated = (): Link => ({ ...link(), valid });
const trouble = { code: 'ACCOUNT_UNREACHABLE', detail: '' } as const;

const STATES: Record<string, Renewal> = {
  off: { at: 'off' },
  resting: { at: 'resting' },
  asking: { at: 'asking', attempt: 0 },
  waiting: { at: 'waiting', attempt: 2, trouble },
};
const failed = (code: 'ACCOUNT_UNREACHABLE' | 'RENEWAL_PENDING'): RenewalEvent => ({
  on: 'RenewalFailed',
  fault: { code, detail: '' },
  fraction: 0.5,
  retryAfterMs: 0,
});
const look = (ageDays: number, of = dated()): RenewalEvent => ({
  on: 'RenewalLook',
  nowMs: BEGAN_MS + ageDays * DAY_MS,
  link: of,
});
const EVENTS: Record<string, RenewalEvent> = {
  Linked: { on: 'Linked', link: dated() },
  Unlinked: { on: 'Unlinked' },
  'look, young': look(10),
  'look, old': look(61),
  'look, ended': look(400),
  'look, 1970': { on: 'RenewalLook', nowMs: 5 * DAY_MS, link: dated() },
  answered: { on: 'RenewalAnswered' },
  unreachable: failed('ACCOUNT_UNREACHABLE'),
  'a person decides': failed('RENEWAL_PENDING'),
};
const resting = 'resting: wake 3600000';
const TABLE: Record<string, Record<string, string>> = {
  off: { Linked: 'resting: wake 0' },
  resting: {
    Unlinked: 'off: letSleep',
    'look, young': resting,
    'look, old': 'asking: renewCertificate',
    'look, ended': 'asking: renewCertificate',
    'look, 1970': resting,
  },
  asking: {
    Unlinked: 'off: letSleep',
    answered: resting,
    unreachable: 'waiting: report ACCOUNT_UNREACHABLE, wake 1000',
    'a person decides': 'waiting: report RENEWAL_PENDING, wake 601000',
  },
  waiting: {
    Unlinked: 'off: letSleep',
    'look, young': resting,
    'look, old': 'asking: renewCertificate',
    'look, ended': 'asking: renewCertificate',
    'look, 1970': resting,
  },
};

function cell(state: Renewal, event: RenewalEvent): string {
  const [next, effects] = renewalTransition(state, event);
  if (next === state && effects.length === 0) return '-';
  const told = effects.map((e) =>
    e.do === 'wake' ? `wake ${e.afterMs}` : e.do === 'report' ? `report ${e.code}` : e.do,
  );
  return `${next.at}: ${told.join(', ')}`;
}

suite('renewal machine', (test) => {
  test('every state × event', () => {
    for (const [at, state] of Object.entries(STATES)) {
      for (const [on, event] of Object.entries(EVENTS))
        assert.equal(cell(state, event), TABLE[at]?.[on] ?? '-', `${at} × ${on}`);
    }
  });

  test('the same trouble is told once', () => {
    const [asking] = renewalTransition({ at: 'waiting', attempt: 1, trouble }, look(61));
    const [, effects] = renewalTransition(asking, failed('ACCOUNT_UNREACHABLE'));
    assert.deepEqual(
      effects.map((e) => e.do),
      ['wake'],
    );
  });

  test('due from two thirds of its life on, within a day of each other; never by a clock that stands before it', () => {
    const dueFrom = (deviceId: Link['deviceId']) => {
      const of = { ...dated(), deviceId };
      for (let ms = 0; ; ms += HOUR_MS / 4) if (isDue(of, BEGAN_MS + ms)) return ms / DAY_MS;
    };
    for (const id of [DEVICE, OTHER_DEVICE]) assert.ok(dueFrom(id) >= 60 && dueFrom(id) <= 61, `${dueFrom(id)}`);
    assert.notEqual(dueFrom(DEVICE), dueFrom(OTHER_DEVICE));
    assert.equal(isDue(dated(), 0), false);
    assert.equal(isDue(dated(), BEGAN_MS - HOUR_MS), false);
  });

  test('one that waits to be proved counts instead of the old one; one without dates is asked for', () => {
    const nowMs = BEGAN_MS + 70 * DAY_MS;
    const young = { notBeforeMs: nowMs, notAfterMs: nowMs + 90 * DAY_MS };
    assert.equal(isDue({ ...dated(), next: { certificate: 'NEXT', valid: young } }, nowMs), false);
    assert.equal(isDue(link(), nowMs), true);
  });
});
