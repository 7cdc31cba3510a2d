import { HOUR_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  grant,
  LOCATION,
  link,
  OTHER_LOCATION,
  otherGrant,
  otherLink,
  savedMove,
  savedRequest,
} from '../testing/fixtures.ts';
import { type Registration, type RegistrationEvent, transition, whyCardIsIgnored } from './registration.ts';

// The table of states and events is in registration.test.ts.

const EXPIRES_MS = Date.parse(savedMove().expiresAt);
const AT = EXPIRES_MS - HOUR_MS;
const registered: Registration = { at: 'registered', link: link() };
const commanded: RegistrationEvent = { on: 'MoveCommanded', request: savedMove(), atMs: AT };
const moved: RegistrationEvent = {
  ...{ on: 'Moved', subject: savedMove().requestId, location: OTHER_LOCATION, grant: otherGrant(), atMs: AT },
};
const refused: RegistrationEvent = {
  ...{ on: 'Refused', subject: savedMove().requestId, fault: { code: 'MOVE_UNKNOWN', detail: '' }, atMs: AT },
};
const unlinked: RegistrationEvent = {
  ...{ on: 'Refused', subject: LOCATION, fault: { code: 'UNLINKED', detail: '' }, atMs: AT },
};
const unreachable = (subject: string, atMs = AT, retryAfterMs = 0): RegistrationEvent => ({
  ...{ on: 'Unreachable', subject, fault: { code: 'ACCOUNT_UNREACHABLE', detail: 'x' }, fraction: 0.5 },
  ...{ retryAfterMs, atMs },
});

/** Plays events; answers where it ended and what the last of them ordered. */
function play(from: Registration, ...events: readonly RegistrationEvent[]) {
  return events.reduce<ReturnType<typeof transition>>(([state], event) => transition(state, event), [from, []]);
}

suite('a move to another account', (test) => {
  test('the link is the old one until the other account has granted, and then the one of that account', () => {
    const [moving] = play(registered, commanded);
    assert.deepEqual(moving, { at: 'registered', link: link(), moving: { request: savedMove(), attempt: 0 } });
    const [there, effects] = play(moving, moved);
    const former = { link: link(), attempt: 0, leftovers: true };
    assert.deepEqual(there, { at: 'registered', link: otherLink(), former });
    assert.deepEqual(effects.at(-1), { do: 'sendUnlink', link: link() });
    assert.deepEqual(play(there, { on: 'UnlinkDone', subject: LOCATION, atMs: AT })[0], {
      at: 'registered',
      link: otherLink(),
    });
  });

  test('whatever the other account refuses, nothing of the link is lost', () => {
    const stranger = { ...moved, grant: grant() };
    for (const no of [refused, stranger]) assert.deepEqual(play(registered, commanded, no)[0], registered);
  });

  test('its account says UNLINKED while it moves: the other is asked on, and when that says no, the link ends', () => {
    const [moving] = play(registered, commanded, unlinked);
    assert.equal(moving.at === 'registered' && moving.moving?.request.requestId, savedMove().requestId);
    const [there] = play(moving, moved);
    assert.equal(there.at === 'registered' && there.link.account.name, 'Globex');
    assert.equal(play(moving, refused, unlinked)[0].at, 'unregistered');
  });

  test('asked ever more seldom, and given up when no attempt is left before the command expires', () => {
    let [state] = play(registered, commanded);
    let nowMs = AT;
    for (let tries = 0; ; tries += 1) {
      assert.ok(tries < 100, 'it never ends');
      const [next, effects] = transition(state, unreachable(savedMove().requestId, nowMs));
      state = next;
      const wake = effects.find((effect) => effect.do === 'wake');
      if (!wake) {
        const failed = effects.find((effect) => effect.do === 'failMove');
        assert.deepEqual([failed?.fault.code, failed?.command], ['ACCOUNT_UNREACHABLE', savedMove().command]);
        break;
      }
      nowMs += wake.afterMs;
      assert.ok(nowMs < EXPIRES_MS);
    }
    assert.deepEqual(state, registered);
    assert.ok(EXPIRES_MS - nowMs < HOUR_MS / 6, 'it tried as long as it could');
  });

  test('an account that asks for more patience than there is time, or answers after the end, is not waited for', () => {
    const patience = unreachable(savedMove().requestId, AT, HOUR_MS);
    const late = unreachable(savedMove().requestId, EXPIRES_MS + HOUR_MS);
    for (const event of [patience, late]) assert.deepEqual(play(registered, commanded, event)[0], registered);
    // switched off meanwhile: the answer of the other account may only have been lost, so it is asked once more
    assert.equal(play(registered, commanded, { on: 'Started' })[1].at(-1)?.do, 'sendMove');
  });

  test('a board with the time of 1970 goes on', () => {
    const [moving] = play(registered, commanded, unreachable(savedMove().requestId, 0));
    assert.equal(moving.at === 'registered' && moving.moving?.attempt, 1);
  });

  test('the trouble on the way is told once', () => {
    const event = unreachable(savedMove().requestId);
    const codes = (...events: readonly RegistrationEvent[]) =>
      play(registered, commanded, ...events)[1].map((effect) => (effect.do === 'report' ? effect.code : effect.do));
    assert.deepEqual(codes(event), ['ACCOUNT_UNREACHABLE', 'wake']);
    assert.deepEqual(codes(event, event), ['wake']);
  });

  test('what its account says of it meanwhile is taken, and ends with the link', () => {
    const renamed: RegistrationEvent = { on: 'Granted', subject: LOCATION, grant: { ...grant(), name: 'press-9' } };
    const next: RegistrationEvent = { on: 'Granted', subject: LOCATION, grant: { ...grant(), certificate: 'NEW' } };
    const proved: RegistrationEvent = { on: 'CertificateProved', subject: LOCATION, certificate: 'NEW' };
    const quarantined: RegistrationEvent = {
      ...{ on: 'Refused', subject: LOCATION, fault: { code: 'IDENTITY_QUARANTINED', detail: '' }, atMs: AT },
    };
    const [moving] = play(registered, commanded, renamed, next, proved, quarantined);
    assert.ok(moving.at === 'registered' && moving.moving);
    assert.deepEqual([moving.link.name, moving.link.certificate, moving.link.next], ['press-4', 'NEW', undefined]);
    assert.equal(moving.trouble?.code, 'IDENTITY_QUARANTINED');
    const [held] = play(moving, { on: 'SessionHeld' });
    assert.ok(held.at === 'registered' && held.moving && !held.trouble);
    const [there] = play(moving, moved);
    assert.ok(there.at === 'registered' && !there.trouble && there.former?.link.certificate === 'NEW');
  });

  test('the account it was in is told until it answers: after half an hour only once an hour', () => {
    let [state] = play(registered, commanded, moved);
    const pauses: number[] = [];
    for (let tries = 0; tries < 30; tries += 1) {
      const [next, effects] = transition(state, unreachable(LOCATION));
      state = next;
      const told = effects.map((effect) => (effect.do === 'report' ? effect.code : effect.do));
      assert.deepEqual(told, tries === 0 ? ['MOVE_UNTOLD', 'wake'] : ['wake']);
      pauses.push(...effects.flatMap((effect) => (effect.do === 'wake' ? [effect.afterMs] : [])));
    }
    assert.equal(pauses[0], 1000);
    assert.ok((pauses[15] ?? 0) < HOUR_MS && (pauses.at(-1) ?? 0) >= HOUR_MS);
    assert.ok(state.at === 'registered' && state.former && !state.former.leftovers);
  });

  test('what waited for the old account is kept back again after a power cut, but not once there was a session', () => {
    const [there] = play(registered, commanded, moved);
    const withheld = (state: Registration) =>
      transition(state, { on: 'Started' })[1].some((effect) => effect.do === 'withholdEvents');
    assert.ok(withheld(there));
    const session: RegistrationEvent = { on: 'CertificateProved', subject: OTHER_LOCATION, certificate: 'OTHER CERT' };
    assert.ok(!withheld(play(there, session)[0]));
    const renewed = play(
      there,
      { on: 'Granted', subject: OTHER_LOCATION, grant: { ...otherGrant(), certificate: 'NEW' } },
      { ...session, certificate: 'NEW' },
    );
    assert.ok(!withheld(renewed[0]));
    assert.ok(!withheld(play(there, unreachable(LOCATION))[0]));
  });

  test('cards are for Ewons without an account, also on the way', () => {
    for (const events of [[commanded], [commanded, moved]])
      assert.equal(whyCardIsIgnored(play(registered, ...events)[0], savedRequest(2))?.code, 'CARD_IGNORED_LINKED');
  });
});
