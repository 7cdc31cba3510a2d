import { assert, suite } from '@ewon-agent/contracts/testing';
import { cardKey, type PageEvent, type PageState, pendingOf, transition, validKeys, voidedBy } from './page-state.ts';
import { aKey, aRegistration, lists, PROBLEM } from './testing/rows.ts';

const r1 = aRegistration({ id: 'r1', createdAt: '2026-11-23T10:00:00.000Z' });
const full = lists({ registrations: [r1] });
const known = { lists: full, logChanges: 3, patchChanges: 5, readings: 7 };

const STATES: Record<string, PageState> = {
  starting: { at: 'starting' },
  signedOut: { at: 'signedOut' },
  connecting: { at: 'ready', connection: 'connecting', ...known },
  live: { at: 'ready', connection: 'live', ...known },
  lost: { at: 'ready', connection: 'lost', ...known },
  ended: { at: 'ready', connection: 'lost', ended: {}, ...known },
};
const approved = aRegistration({ id: 'r1', state: 'approved' });
const EVENTS: Record<string, PageEvent> = {
  SignedOut: { on: 'SignedOut', problem: PROBLEM },
  Left: { on: 'Left' },
  Loaded: { on: 'Loaded', lists: lists({}) },
  Connected: { on: 'Connected' },
  ConnectionLost: { on: 'ConnectionLost' },
  RegistrationChanged: { on: 'RegistrationChanged', row: approved },
  LogChanged: { on: 'LogChanged' },
  PatchesChanged: { on: 'PatchesChanged' },
};
// the state afterwards in short: [at, connection, changes of log and patches, readings, registrations]; `=` is the very same object
const TABLE: Record<string, Record<string, string>> = {
  starting: {
    SignedOut: 'signedOut LINK_USED',
    Left: 'starting',
    Loaded: 'ready connecting 1 1 1 -',
    Connected: '=',
    ConnectionLost: '=',
    RegistrationChanged: '=',
    LogChanged: '=',
    PatchesChanged: '=',
  },
  signedOut: {
    SignedOut: 'signedOut LINK_USED',
    Left: 'starting',
    Loaded: 'ready connecting 1 1 1 -',
    Connected: '=',
    ConnectionLost: '=',
    RegistrationChanged: '=',
    LogChanged: '=',
    PatchesChanged: '=',
  },
  connecting: {
    SignedOut: 'ready lost 3 5 7 r1:pending, ended LINK_USED',
    Left: 'starting',
    Loaded: 'ready connecting 4 6 8 -',
    Connected: 'ready live 3 5 7 r1:pending',
    ConnectionLost: 'ready lost 3 5 7 r1:pending',
    RegistrationChanged: 'ready connecting 3 5 7 r1:approved',
    LogChanged: 'ready connecting 4 5 7 r1:pending',
    PatchesChanged: 'ready connecting 3 6 7 r1:pending',
  },
  live: {
    SignedOut: 'ready lost 3 5 7 r1:pending, ended LINK_USED',
    Left: 'starting',
    Loaded: 'ready live 4 6 8 -',
    Connected: 'ready live 3 5 7 r1:pending',
    ConnectionLost: 'ready lost 3 5 7 r1:pending',
    RegistrationChanged: 'ready live 3 5 7 r1:approved',
    LogChanged: 'ready live 4 5 7 r1:pending',
    PatchesChanged: 'ready live 3 6 7 r1:pending',
  },
  lost: {
    SignedOut: 'ready lost 3 5 7 r1:pending, ended LINK_USED',
    Left: 'starting',
    Loaded: 'ready lost 4 6 8 -',
    Connected: 'ready live 3 5 7 r1:pending',
    ConnectionLost: 'ready lost 3 5 7 r1:pending',
    RegistrationChanged: 'ready lost 3 5 7 r1:approved',
    LogChanged: 'ready lost 4 5 7 r1:pending',
    PatchesChanged: 'ready lost 3 6 7 r1:pending',
  },
  ended: {
    SignedOut: 'ready lost 3 5 7 r1:pending, ended LINK_USED',
    Left: 'starting',
    Loaded: 'ready lost 4 6 8 -',
    Connected: 'ready live 3 5 7 r1:pending, ended -',
    ConnectionLost: 'ready lost 3 5 7 r1:pending, ended -',
    RegistrationChanged: 'ready lost 3 5 7 r1:approved, ended -',
    LogChanged: 'ready lost 4 5 7 r1:pending, ended -',
    PatchesChanged: 'ready lost 3 6 7 r1:pending, ended -',
  },
};

suite('what the page knows', (test) => {
  test('every state meets every event as the table says, and nothing is changed in place', () => {
    assert.deepEqual(Object.keys(TABLE), Object.keys(STATES));
    for (const [stateName, state] of Object.entries(STATES)) {
      const before = JSON.stringify(state);
      assert.deepEqual(Object.keys(TABLE[stateName] ?? {}), Object.keys(EVENTS));
      for (const [eventName, event] of Object.entries(EVENTS)) {
        const after = transition(state, event);
        const expected = TABLE[stateName]?.[eventName];
        assert.equal(after === state ? '=' : inShort(after), expected, `${stateName} × ${eventName}`);
        assert.equal(JSON.stringify(state), before, `${stateName} × ${eventName} changed its state in place`);
      }
    }
  });

  test('a registration that was not known is added', () => {
    const r2 = aRegistration({ id: 'r2' });
    const after = transition({ at: 'ready', connection: 'live', ...known }, { on: 'RegistrationChanged', row: r2 });
    assert.equal(inShort(after), 'ready live 3 5 7 r1:pending,r2:pending');
  });

  test('who waits: pending ones only, the longest first', () => {
    const old = aRegistration({ id: 'old', createdAt: '2026-11-01T00:00:00.000Z' });
    const done = aRegistration({ id: 'done', state: 'void' });
    assert.deepEqual(
      pendingOf(lists({ registrations: [r1, done, old] })).map((r) => r.id),
      ['old', 'r1'],
    );
  });

  test('who is turned away: all who wait, or those of one key', () => {
    const other = aRegistration({ id: 'other', grkId: aKey({ id: '00000001' }).id });
    const done = aRegistration({ id: 'done', state: 'approved' });
    const known = lists({ registrations: [r1, other, done] });
    assert.deepEqual(
      voidedBy(known).map((r) => r.id),
      ['r1', 'other'],
    );
    assert.deepEqual(
      voidedBy(known, r1.grkId).map((r) => r.id),
      ['r1'],
    );
    assert.deepEqual(voidedBy(known, ''), []);
  });

  test('valid keys: active ones, oldest first', () => {
    const known = lists({
      grks: [
        aKey({ id: '00000003', createdAt: '2026-03-01T00:00:00.000Z' }),
        aKey({ id: '00000002', state: 'revoked' }),
        aKey({ id: '00000001', createdAt: '2026-01-01T00:00:00.000Z' }),
      ],
    });
    assert.deepEqual(
      validKeys(known).map((k) => k.id),
      ['00000001', '00000003'],
    );
  });

  test('a card gets the newest key of our own; an imported one only when there is no other', () => {
    const [old, own, imported] = [
      aKey({ id: '00000001' }),
      aKey({ id: '00000002' }),
      aKey({ id: '00000003', origin: 'imported' }),
    ];
    assert.equal(cardKey([old, own, imported])?.id, '00000002');
    assert.equal(cardKey([imported])?.id, '00000003');
    assert.equal(cardKey([]), undefined);
  });
});

function inShort(state: PageState): string {
  if (state.at === 'starting') return 'starting';
  if (state.at === 'signedOut') return `signedOut ${state.problem?.code ?? '-'}`;
  const rows = state.lists.registrations.map((r) => `${r.id}:${r.state}`).join(',') || '-';
  const ended = state.ended ? `, ended ${state.ended.problem?.code ?? '-'}` : '';
  return `ready ${state.connection} ${state.logChanges} ${state.patchChanges} ${state.readings} ${rows}${ended}`;
}
