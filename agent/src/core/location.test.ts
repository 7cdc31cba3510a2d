import type { CellTower, LocationEvidence } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import {
  evidenceOf,
  FIX_FRESH_MS,
  GATHER_MS,
  initialLocation,
  type Location,
  type LocationEffect,
  type LocationEvent,
  type LocationRules,
  type LocationSwitch,
  locationTransition,
  WIFI_FRESH_MS,
} from './location.ts';
import { LEDGER_MAX } from './location-ledger.ts';
import { NO_LOCATION_SAVED, readSavedLocation, type SavedLocation, savedLocationText } from './location-saved.ts';

const RULES: LocationRules = { considerIp: true, spacingMs: 60_000, moveMetres: 100, sources: ['cells'] };
const ON: LocationSwitch = { on: true, by: 'account', deviceId: 'd_1' };
const off = (by: LocationSwitch['by']): LocationSwitch => ({ on: false, by, deviceId: 'd_1' });
const tower = (cellId: number): CellTower => ({
  ...{ radioType: 'lte', mobileCountryCode: 206, mobileNetworkCode: 1, locationAreaCode: 6699, cellId },
});
const fix = (lat: number) => ({ lat, lng: 4, accuracy: 10, at: '2026-03-01T12:00:00.000Z' });
const points = (...last: readonly string[]) => last.map((n) => ({ macAddress: `00:11:22:33:44:${n}` }));

type Untimed = LocationEvent extends infer E
  ? E extends LocationEvent
    ? Omit<E, 'wallMs' | 'steadyMs'>
    : never
  : never;
const cells = (...ids: readonly number[]): Untimed => ({
  on: 'CellsHeard',
  cells: ids.map(tower),
  what: `${ids.length}`,
});
const decided = (decision: LocationSwitch): Untimed => ({ on: 'Decided', decision });
const left = (of: 'evidence' | 'withdrawn', hasLeft = true): Untimed => ({ on: 'Left', of, left: hasLeft });

/** The machine, a clock that the test moves, and what it ordered; `saved` is what it had saved last. */
function play(rules = RULES, saved: SavedLocation | undefined = NO_LOCATION_SAVED) {
  let state = initialLocation(saved);
  let steadyMs = 5000;
  let disk: string | undefined;
  const see = (...events: readonly Untimed[]): readonly LocationEffect[] =>
    events.flatMap((event) => {
      const before = JSON.stringify(state);
      const timed = { ...event, steadyMs, wallMs: 1_772_366_400_000 + steadyMs } as LocationEvent;
      const [next, effects] = locationTransition(state, timed, rules);
      assert.equal(JSON.stringify(state), before, 'never mutates');
      state = next;
      for (const effect of effects) {
        if (effect.do === 'save') disk = savedLocationText(state);
        if (effect.do === 'erase') disk = undefined;
        if (effect.do === 'tell' && effect.body.evidence)
          assert.equal(assertOk(readSavedLocation(disk)).told?.deviceId, effect.deviceId, 'saved before it is sent');
      }
      return effects;
    });
  return {
    see,
    pass: (ms: number) => {
      steadyMs += ms;
    },
    state: () => state,
    disk: () => disk,
    again: () => play(rules, assertOk(readSavedLocation(disk))),
  };
}
const does = (effects: readonly LocationEffect[]) => effects.map((effect) => effect.do);
const told = (effects: readonly LocationEffect[]) => effects.flatMap((e) => (e.do === 'tell' ? [e.body] : []));
/** One that is on, has a session and told cell 1. */
function playTold() {
  const game = play();
  game.see(decided(ON), { on: 'Announced' }, cells(1), left('evidence'));
  return game;
}

suite('where this Ewon is', (test) => {
  test('allowed: sources are opened, and the first picture is told once all of them spoke', () => {
    const game = play();
    assert.deepEqual(does(game.see(decided(ON))), ['open']);
    assert.deepEqual(game.see({ on: 'Announced' }), [{ do: 'wake', afterMs: GATHER_MS }]);
    const evidence: LocationEvidence = {
      ...{ considerIp: true, fallbacks: { lacf: true, ipf: true }, cellTowers: [tower(1)] },
    };
    const effects = game.see(cells(1));
    assert.deepEqual([does(effects), told(effects)], [['letSleep', 'save', 'tell'], [{ evidence }]]);
    assert.deepEqual(does(game.see(left('evidence'))), ['save', 'letSleep']);
  });

  test('a source that stays silent is waited for ten seconds only, one that failed not at all', () => {
    const game = play({ ...RULES, sources: ['cells', 'gnss'] });
    game.see(decided(ON), { on: 'Announced' }, cells(1));
    game.pass(GATHER_MS);
    assert.equal(told(game.see({ on: 'TimerFired' })).length, 1);
    const other = play({ ...RULES, sources: ['cells', 'gnss'] });
    const failed: Untimed = { on: 'SourceFailed', source: 'gnss', what: 'ENOENT /dev/x' };
    const effects = other.see(decided(ON), { on: 'Announced' }, cells(1), failed, failed);
    assert.deepEqual(effects.filter(({ do: what }) => what === 'report').length, 1, 'reported once');
    assert.equal(told(effects).length, 1);
  });

  test('nothing is told again that did not change, however long it is', () => {
    const game = playTold();
    for (let hour = 0; hour < 100; hour++) {
      game.pass(3_600_000);
      assert.deepEqual(told(game.see(cells(1), { on: 'TimerFired' }, { on: 'Announced' })), []);
    }
  });

  test('a cell that flaps costs one message in the spacing at most, and the last one counts', () => {
    const game = playTold();
    let messages = 0;
    for (let second = 0; second < 600; second++) {
      game.pass(1000);
      messages += told(game.see(cells(second % 2 === 0 ? 2 : 1), left('evidence'))).length;
    }
    assert.ok(messages > 0 && messages <= 10, `${messages}`);
    const waiting = playTold();
    waiting.pass(1000);
    assert.deepEqual(waiting.see(cells(2)), [{ do: 'wake', afterMs: 59_000 }]);
    assert.deepEqual(does(waiting.see(cells(1))), ['letSleep'], 'back at the one that was told');
  });

  test('a restart does not tell the same again; what may not have arrived it does', () => {
    const same = playTold().again();
    assert.deepEqual(told(same.see(decided(ON), { on: 'Announced' }, cells(1))), []);
    assert.equal(told(same.see(cells(2))).length, 1);
    const cut = play();
    cut.see(decided(ON), { on: 'Announced' }, cells(1)); // and the power goes
    assert.equal(told(cut.again().see(decided(ON), { on: 'Announced' }, cells(1))).length, 1);
  });

  test('what did not leave is told at the next session, and nothing before it', () => {
    const game = play();
    game.see(decided(ON), { on: 'Announced' }, cells(1), left('evidence', false));
    assert.deepEqual(told(game.see(cells(2), cells(3))), []);
    const [body] = told(game.see({ on: 'Announced' }));
    assert.deepEqual(body?.evidence?.cellTowers, [tower(3)]);
  });

  for (const by of ['account', 'device', 'board', 'unknown'] as const)
    test(`off by ${by}: sources are closed, what was heard is forgotten, what was told is taken back once`, () => {
      const game = playTold();
      const effects = game.see(decided(off(by)));
      assert.deepEqual(does(effects), ['close', 'letSleep', 'save', 'tell']);
      assert.deepEqual(told(effects), [{ withdrawn: by }]);
      assert.ok(!/27|cellId|evidence/.test(game.disk() ?? ''), game.disk());
      assert.deepEqual(does(game.see(left('withdrawn'))), ['erase']);
      assert.equal(game.disk(), undefined);
      assert.deepEqual(game.see({ on: 'Announced' }, cells(2), { on: 'TimerFired' }, decided(off(by))), []);
      const { ledger, heard } = game.state();
      assert.deepEqual([ledger.map(({ did }) => did), heard], [['off', 'withdrawn'], {}]);
    });

  test('never told, then off: nothing is said and nothing is kept', () => {
    const game = play();
    assert.deepEqual(does(game.see(decided(ON), decided(off('board')))), ['open', 'close', 'letSleep']);
    assert.deepEqual(game.see({ on: 'Announced' }), []);
    const never = play();
    assert.deepEqual(never.see(decided(off('unknown')), { on: 'Announced' }, cells(1)), []);
    assert.equal(never.disk(), undefined);
  });

  test('off without a session: the place is gone from the disk at once, and it is taken back at the next one, also after a restart', () => {
    const game = playTold();
    game.pass(90_000);
    game.see(cells(2), left('evidence', false));
    assert.deepEqual(told(game.see(decided(off('account')))), []);
    const later = game.again();
    assert.deepEqual(later.see(decided(off('account'))), [{ do: 'save' }]);
    assert.deepEqual(told(later.see({ on: 'Announced' })), [{ withdrawn: 'account' }]);
    assert.deepEqual(does(later.see(left('withdrawn', false))), []);
    assert.deepEqual(told(later.see({ on: 'Announced' })), [{ withdrawn: 'account' }]);
    assert.deepEqual(does(later.see(left('withdrawn'))), ['erase']);
  });

  test('on again: sources are opened, and the same place is told again, because it was taken back', () => {
    const game = playTold();
    game.see(decided(off('board')), left('withdrawn'));
    assert.deepEqual(does(game.see(decided(ON))), ['open', 'wake']);
    assert.equal(told(game.see(cells(1))).length, 1);
  });

  test('another account: what the first was told is forgotten, and the other one is told', () => {
    const game = playTold();
    assert.deepEqual(does(game.see(decided({ on: false, by: 'unknown' }))), ['erase', 'close', 'letSleep']);
    const effects = game.see(decided({ ...ON, deviceId: 'd_2' }), cells(1));
    assert.deepEqual(
      effects.filter((e) => e.do === 'tell').map(({ deviceId }) => deviceId),
      ['d_2'],
    );
  });

  test('a saved file that nobody can read: what the account may know is taken back when it is off', () => {
    assert.equal(readSavedLocation('{"v":1,').ok, false);
    assert.equal(readSavedLocation('{"v":1,"ledger":[],"told":{"evidence":7}}').ok, false);
    const game = play(RULES, undefined);
    const damaged = initialLocation(undefined);
    assert.equal(damaged.isDamaged, true);
    const at = { wallMs: 0, steadyMs: 0 };
    const [, effects] = locationTransition(damaged, { on: 'Decided', decision: off('device'), ...at }, RULES);
    assert.deepEqual(does(effects), ['save']);
    assert.deepEqual(does(game.see(decided(ON))), ['open']);
  });

  test('old evidence is left out: a fix after two minutes, access points after half an hour', () => {
    const heard: Location['heard'] = {
      ...{ cells: [tower(1)], wifi: { accessPoints: points('01', '02'), atMs: 0 }, gnss: { fix: fix(50), atMs: 0 } },
    };
    const kinds = (nowMs: number) =>
      Object.keys(evidenceOf({ ...initialLocation(undefined), heard }, nowMs, false)).slice(2);
    assert.deepEqual(kinds(FIX_FRESH_MS), ['cellTowers', 'wifiAccessPoints', 'gnss']);
    assert.deepEqual(kinds(FIX_FRESH_MS + 1), ['cellTowers', 'wifiAccessPoints']);
    assert.deepEqual(kinds(WIFI_FRESH_MS + 1), ['cellTowers']);
  });

  test('without the address and without a source there is nothing to tell', () => {
    const game = play({ ...RULES, considerIp: false, sources: [] });
    assert.deepEqual(told(game.see(decided(ON), { on: 'Announced' }, { on: 'TimerFired' })), []);
  });

  test('the ledger counts what repeats, is bounded, and holds no place', () => {
    const game = play({ ...RULES, sources: ['cells', 'gnss'] });
    game.see(decided(ON), { on: 'Announced' });
    for (let second = 0; second < 300; second++) {
      game.see({ on: 'GnssHeard', fix: fix(50.123_45), what: 'a fix' });
      game.see({ on: 'GnssHeard', what: 'no fix' });
    }
    assert.deepEqual(
      game.state().ledger.map(({ did, what, times }) => `${did} ${what} ${times}`),
      ['on account 1', 'held waits for all sources 601', 'read a fix 300', 'read no fix 300'],
    );
    for (let i = 0; i < 200; i++) {
      game.see(cells(i), left('evidence'));
      game.pass(60_000);
    }
    assert.equal(game.state().ledger.length, LEDGER_MAX);
    assert.ok(!/50\.123|00:11|6699/.test(JSON.stringify(game.state().ledger)));
    assert.deepEqual(assertOk(readSavedLocation(game.disk())).ledger.length, LEDGER_MAX);
  });

  test('every event in every state keeps the rules: off is silent, and nothing is sent that is not saved', () => {
    const states = [play(), playTold(), play(RULES, undefined)];
    const switches = [ON, off('account'), off('board'), { on: false, by: 'unknown' } as const];
    const events: readonly Untimed[] = [
      ...switches.map(decided),
      ...[cells(1), cells(9), { on: 'Announced' } as const, { on: 'TimerFired' } as const],
      ...[left('evidence'), left('evidence', false), left('withdrawn'), left('withdrawn', false)],
      { on: 'WifiHeard', accessPoints: points('01', '02'), what: '2' },
      { on: 'GnssHeard', fix: fix(51), what: 'a fix' },
      { on: 'SourceFailed', source: 'wifi', what: 'x' },
    ];
    for (const game of states)
      for (const first of events)
        for (const second of events) {
          game.pass(61_000);
          const effects = game.see(first, second);
          const isOff = game.state().switch?.on === false;
          if (isOff) assert.deepEqual([game.state().heard, game.state().told], [{}, undefined]);
          if (isOff && second.on !== 'Decided') assert.ok(!told(game.see(second)).some(({ evidence }) => evidence));
          assert.ok(effects.length < 12);
        }
  });
});
