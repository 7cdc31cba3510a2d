import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Place } from './api-types.ts';
import {
  cardKey,
  found,
  type PageEvent,
  type PageState,
  pendingOf,
  replaceable,
  transition,
  validKeys,
  voidedBy,
} from './page-state.ts';
import { aKey, anEwon, aRegistration, lists, PROBLEM } from './testing/rows.ts';

const r1 = aRegistration({ id: 'r1', createdAt: '2026-11-23T10:00:00.000Z' });
const e1 = anEwon({ name: 'Pump 4' });
const PLACE: Place = { lat: 50.62, lng: 4.33, accuracy: 12, source: 'gnss', at: e1.createdAt };
const full = lists({ registrations: [r1], ewons: [e1] });

const STATES: Record<string, PageState> = {
  starting: { at: 'starting' },
  signedOut: { at: 'signedOut' },
  connecting: { at: 'ready', connection: 'connecting', lists: full, logChanges: 3, patchChanges: 5 },
  live: { at: 'ready', connection: 'live', lists: full, logChanges: 3, patchChanges: 5 },
  lost: { at: 'ready', connection: 'lost', lists: full, logChanges: 3, patchChanges: 5 },
};
const approved = aRegistration({ id: 'r1', state: 'approved' });
const offline = anEwon({ name: 'Pump 4', status: 'offline' });
const EVENTS: Record<string, PageEvent> = {
  SignedOut: { on: 'SignedOut', problem: PROBLEM },
  Loaded: { on: 'Loaded', lists: lists({}) },
  Connected: { on: 'Connected' },
  ConnectionLost: { on: 'ConnectionLost' },
  RegistrationChanged: { on: 'RegistrationChanged', row: approved },
  EwonChanged: { on: 'EwonChanged', row: offline },
  LogChanged: { on: 'LogChanged' },
  PatchesChanged: { on: 'PatchesChanged' },
};
// the state afterwards in short: [at, connection, log changes, registrations, ewons]; `=` is the very same object
const TABLE: Record<string, Record<string, string>> = {
  starting: {
    SignedOut: 'signedOut LINK_USED',
    Loaded: 'ready connecting 1 - -',
    Connected: '=',
    ConnectionLost: '=',
    RegistrationChanged: '=',
    EwonChanged: '=',
    LogChanged: '=',
    PatchesChanged: '=',
  },
  signedOut: {
    SignedOut: 'signedOut LINK_USED',
    Loaded: 'ready connecting 1 - -',
    Connected: '=',
    ConnectionLost: '=',
    RegistrationChanged: '=',
    EwonChanged: '=',
    LogChanged: '=',
    PatchesChanged: '=',
  },
  connecting: {
    SignedOut: 'signedOut LINK_USED',
    Loaded: 'ready connecting 4 - -',
    Connected: 'ready live 3 r1:pending Pump 4:online',
    ConnectionLost: 'ready lost 3 r1:pending Pump 4:online',
    RegistrationChanged: 'ready connecting 3 r1:approved Pump 4:online',
    EwonChanged: 'ready connecting 3 r1:pending Pump 4:offline',
    LogChanged: 'ready connecting 4 r1:pending Pump 4:online',
    PatchesChanged: 'ready connecting 3 r1:pending Pump 4:online',
  },
  live: {
    SignedOut: 'signedOut LINK_USED',
    Loaded: 'ready live 4 - -',
    Connected: 'ready live 3 r1:pending Pump 4:online',
    ConnectionLost: 'ready lost 3 r1:pending Pump 4:online',
    RegistrationChanged: 'ready live 3 r1:approved Pump 4:online',
    EwonChanged: 'ready live 3 r1:pending Pump 4:offline',
    LogChanged: 'ready live 4 r1:pending Pump 4:online',
    PatchesChanged: 'ready live 3 r1:pending Pump 4:online',
  },
  lost: {
    SignedOut: 'signedOut LINK_USED',
    Loaded: 'ready lost 4 - -',
    Connected: 'ready live 3 r1:pending Pump 4:online',
    ConnectionLost: 'ready lost 3 r1:pending Pump 4:online',
    RegistrationChanged: 'ready lost 3 r1:approved Pump 4:online',
    EwonChanged: 'ready lost 3 r1:pending Pump 4:offline',
    LogChanged: 'ready lost 4 r1:pending Pump 4:online',
    PatchesChanged: 'ready lost 3 r1:pending Pump 4:online',
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

  test('a registration that was not known is added; an Ewon that was removed or replaced goes away', () => {
    const state: PageState = { at: 'ready', connection: 'live', lists: full, logChanges: 0, patchChanges: 0 };
    const r2 = aRegistration({ id: 'r2' });
    assert.equal(
      inShort(transition(state, { on: 'RegistrationChanged', row: r2 })),
      'ready live 0 r1:pending,r2:pending Pump 4:online',
    );
    for (const link of ['removed', 'replaced'] as const) {
      const gone = transition(state, { on: 'EwonChanged', row: { ...e1, link } });
      assert.equal(inShort(gone), 'ready live 0 r1:pending -', link);
    }
    const unlinked = transition(state, { on: 'EwonChanged', row: { ...offline, link: 'unlinked' } });
    assert.equal(inShort(unlinked), 'ready live 0 r1:pending Pump 4:offline');
  });

  test('patches are read again when they may stand otherwise, and not whenever an Ewon is heard', () => {
    const live = STATES['live'] ?? { at: 'starting' };
    const changes = (event: PageEvent, state = live) => {
      const after = transition(state, event);
      return after.at === 'ready' ? after.patchChanges : undefined;
    };
    const patch = { epoch: 'e1', seq: 1, state: 'idle' } as NonNullable<typeof e1.patch>;
    assert.equal(changes({ on: 'EwonChanged', row: { ...e1, alarms: 3 } }), 5);
    assert.equal(changes({ on: 'LogChanged' }), 5);
    for (const row of [{ ...e1, patch }, offline, anEwon({ name: 'Pump 5' }), { ...e1, link: 'removed' as const }])
      assert.equal(changes({ on: 'EwonChanged', row }), 6);
    const told = transition(live, { on: 'EwonChanged', row: { ...e1, patch } });
    assert.equal(changes({ on: 'EwonChanged', row: { ...e1, patch: { ...patch, seq: 2 } } }, told), 7);
    assert.equal(changes({ on: 'EwonChanged', row: { ...e1, patch: { ...patch } } }, told), 6);
    assert.deepEqual([changes({ on: 'PatchesChanged' }), changes({ on: 'Loaded', lists: full })], [6, 6]);
  });

  test('while geolocation is off no place is kept, whether it was there before or comes with a late change', () => {
    const located = anEwon({ name: 'Pump 4', location: PLACE });
    const on: PageState = {
      at: 'ready',
      connection: 'live',
      lists: lists({ ewons: [located] }),
      logChanges: 0,
      patchChanges: 0,
    };
    const off = transition(on, {
      on: 'Loaded',
      lists: lists({ ewons: [located], policy: { ...full.policy, geolocation: false } }),
    });
    assert.doesNotMatch(JSON.stringify(off), /50\.62/);
    const late = transition(off, { on: 'EwonChanged', row: located });
    assert.equal(inShort(late), 'ready live 1 - Pump 4:online');
    assert.doesNotMatch(JSON.stringify(late), /50\.62/);
    assert.match(JSON.stringify(transition(on, { on: 'EwonChanged', row: located })), /50\.62/);
  });

  test('who waits: pending ones only, the longest first', () => {
    const old = aRegistration({ id: 'old', createdAt: '2026-11-01T00:00:00.000Z' });
    const done = aRegistration({ id: 'done', state: 'void' });
    assert.deepEqual(
      pendingOf(lists({ registrations: [r1, done, old] })).map((r) => r.id),
      ['old', 'r1'],
    );
  });

  test('replaceable: offline ones by name, the proposed one first even when it is online', () => {
    const b = anEwon({ name: 'b', status: 'offline' });
    const a = anEwon({ name: 'a', status: 'offline' });
    const on = anEwon({ name: 'on' });
    const known = lists({ ewons: [on, b, a] });
    const names = (replaces: typeof on.deviceId | null) => replaceable(known, { replaces }).map((e) => e.name);
    assert.deepEqual(names(null), ['a', 'b']);
    assert.deepEqual(names(b.deviceId), ['b', 'a']);
    assert.deepEqual(names(on.deviceId), ['on', 'a', 'b']);
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

  test('search: every word somewhere, in any case; an empty one finds all, by name', () => {
    const known = lists({
      ewons: [anEwon({ name: 'Pump 4', pool: 'Water' }), anEwon({ name: 'bakery', description: 'Line 1' })],
    });
    const names = (search: string) => found(known, search).map((e) => e.name);
    assert.deepEqual(names(''), ['bakery', 'Pump 4']);
    assert.deepEqual(names('  water PUMP '), ['Pump 4']);
    assert.deepEqual(names('line'), ['bakery']);
    assert.deepEqual(names('pump line'), []);
  });
});

function inShort(state: PageState): string {
  if (state.at === 'starting') return 'starting';
  if (state.at === 'signedOut') return `signedOut ${state.problem?.code ?? '-'}`;
  const rows = state.lists.registrations.map((r) => `${r.id}:${r.state}`).join(',') || '-';
  const ewons = state.lists.ewons.map((e) => `${e.name}:${e.status}`).join(',') || '-';
  return `ready ${state.connection} ${state.logChanges} ${rows} ${ewons}`;
}
