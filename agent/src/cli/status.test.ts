import type { Fingerprint } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { initialState } from '../core/agent.ts';
import { sectionOf } from '../core/console/show.ts';
import type { Registration } from '../core/registration.ts';
import { statusOf } from '../core/status.ts';
import { link, otherLink, savedMove } from '../testing/fixtures.ts';
import { statusText } from './status.ts';

/** The lines of `show registration`, without what they begin with at every link. */
function shown(registration: Registration): readonly string[] {
  const facts = { agentVersion: '1', fingerprint: 'f' as Fingerprint, slots: [], bootCount: 1, events: [] };
  const text = statusText({ running: true, ...statusOf(initialState(registration), facts) });
  return sectionOf(text.split('\n'), 'registration').filter((line) => /^Mov/.test(line));
}

suite('status in words', (test) => {
  const trouble = { code: 'ACCOUNT_UNREACHABLE', detail: 'ECONNREFUSED' } as const;

  test('a move that is under way says where it goes, and what is in its way', () => {
    const moving = { request: savedMove(), attempt: 0 };
    const at = 'account Globex at https://other.test/device/v1/directory';
    assert.deepEqual(shown({ at: 'registered', link: link(), moving }), [`Moving to     ${at} is being asked`]);
    assert.deepEqual(shown({ at: 'registered', link: link(), moving: { ...moving, trouble } }), [
      `Moving to     ${at} is being asked, ACCOUNT_UNREACHABLE: ECONNREFUSED`,
    ]);
  });

  test('an account that does not know yet that the Ewon has moved is named until it does', () => {
    const former = { link: link(), attempt: 1, trouble };
    assert.deepEqual(shown({ at: 'registered', link: otherLink(), former }), [
      'Moved from    account Acme at https://account.test/device/v1/directory is being told, ACCOUNT_UNREACHABLE: ECONNREFUSED',
    ]);
    assert.deepEqual(shown({ at: 'registered', link: otherLink() }), []);
  });
});
