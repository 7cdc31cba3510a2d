import { PENDING_VALID_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { KEY, knownEwon, OTHER_KEY } from '../testing/facts.ts';
import { type ApprovalEvent, answerFor, decideApproval, judgeReplaced } from './approval.ts';
import type { EwonLink, RegistrationState } from './records.ts';

const ASKED_MS = Date.parse('2026-03-01T12:00:00.000Z');
const createdAt = timestampOf(ASKED_MS);
const STATES: RegistrationState[] = ['pending', 'approved', 'replaced', 'rejected', 'void', 'expired'];
const EVENTS: ApprovalEvent[] = ['approve', 'replace', 'reject', 'void', 'expire'];

/** What each event makes of a pending record, in time and overdue: state, and the code of the refusal. */
const PENDING: Record<ApprovalEvent, { inTime: [RegistrationState, string?]; overdue: [RegistrationState, string?] }> =
  {
    approve: { inTime: ['approved'], overdue: ['expired', 'PENDING_EXPIRED'] },
    replace: { inTime: ['replaced'], overdue: ['expired', 'PENDING_EXPIRED'] },
    reject: { inTime: ['rejected'], overdue: ['rejected'] },
    void: { inTime: ['void'], overdue: ['void'] },
    expire: { inTime: ['pending'], overdue: ['expired'] },
  };

suite('approval: state × event', (test) => {
  for (const event of EVENTS) {
    test(`${event} of a pending record, in time and overdue`, () => {
      for (const [when, atMs] of [
        ['inTime', ASKED_MS + PENDING_VALID_MS - 1],
        ['overdue', ASKED_MS + PENDING_VALID_MS],
      ] as const) {
        const { to, fault } = decideApproval({ state: 'pending', createdAt }, event, atMs);
        assert.deepEqual(fault ? [to, fault.code] : [to], PENDING[event][when], when);
      }
    });
    test(`${event} of a record that was decided already: refused, nothing changes`, () => {
      for (const state of STATES.filter((s) => s !== 'pending'))
        for (const atMs of [ASKED_MS, ASKED_MS + PENDING_VALID_MS]) {
          const { to, fault } = decideApproval({ state, createdAt }, event, atMs);
          assert.deepEqual([to, fault?.code], [state, 'CONFLICT']);
        }
    });
  }

  test('a clock that jumped back to 1970 expires nothing', () => {
    assert.deepEqual(decideApproval({ state: 'pending', createdAt }, 'expire', 0), { to: 'pending' });
  });
});

suite('approval: which Ewon may be replaced', (test) => {
  test('link × online × whose key', () => {
    const links: EwonLink[] = ['linked', 'unlinked', 'removed', 'replaced'];
    const seen = links.flatMap((link) =>
      [true, false].flatMap((online) =>
        [KEY, OTHER_KEY].map((publicKey) => {
          const fault = judgeReplaced(knownEwon({ link, online, publicKey }), KEY);
          return `${link} ${online ? 'online' : 'offline'} ${publicKey === KEY ? 'own' : 'other'}: ${fault?.code ?? 'yes'}`;
        }),
      ),
    );
    assert.deepEqual(seen, [
      'linked online own: yes',
      'linked online other: CONFLICT',
      'linked offline own: yes',
      'linked offline other: yes',
      'unlinked online own: yes',
      'unlinked online other: CONFLICT',
      'unlinked offline own: yes',
      'unlinked offline other: yes',
      ...['removed', 'replaced'].flatMap((link) =>
        ['online own', 'online other', 'offline own', 'offline other'].map((rest) => `${link} ${rest}: NOT_FOUND`),
      ),
    ]);
  });

  test('none at all', () => {
    assert.equal(judgeReplaced(undefined, KEY)?.code, 'NOT_FOUND');
  });
});

suite('approval: what a poll is answered', (test) => {
  test('state × link', () => {
    const links = [undefined, 'linked', 'unlinked', 'removed', 'replaced'] as const;
    const table = Object.fromEntries(
      STATES.map((state) => [
        state,
        links.map((link) => answerFor(state, link && { link, quarantinedAt: null })?.code ?? 'go on'),
      ]),
    );
    const unlinked = ['UNLINKED', 'go on', 'UNLINKED', 'UNLINKED', 'UNLINKED'];
    assert.deepEqual(table, {
      pending: Array(5).fill('go on'),
      approved: unlinked,
      replaced: unlinked,
      rejected: Array(5).fill('REJECTED'),
      void: Array(5).fill('VOID'),
      expired: Array(5).fill('PENDING_EXPIRED'),
    });
  });

  test('a quarantined Ewon is told so, and nothing else', () => {
    const quarantinedAt = '2026-03-01T12:00:00.000Z';
    assert.equal(answerFor('approved', { link: 'linked', quarantinedAt })?.code, 'IDENTITY_QUARANTINED');
    assert.equal(answerFor('approved', { link: 'removed', quarantinedAt })?.code, 'UNLINKED');
  });
});
