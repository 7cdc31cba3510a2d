import { type Code, err, HOUR_MS, MINUTE_MS, ok, type PatchBody } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { ALLOWED, PRESENT, patchOf, readOf } from '../testing/patch-facts.ts';
import {
  initialPatch,
  type PatchEffect,
  type PatchEvent,
  type PatchRules,
  type PatchSwitch,
  patchTransition,
} from './patch.ts';
import { NO_PATCH_SAVED, readSavedPatch, type SavedPatch, savedPatchText } from './patch-saved.ts';

const RULES: PatchRules = { agentVersion: '1.0.0', everyMs: 4 * HOUR_MS, asksBusy: false };
const WALL_MS = Date.parse('2026-03-01T12:00:00.000Z');
const pivot = patchOf('pivot', { version: '15.0s2', from: ['14.x'] });
const after = patchOf('after', { version: '15.0s4', requires: ['15.0s2'] });

type Untimed = PatchEvent extends infer E ? (E extends PatchEvent ? Omit<E, 'wallMs' | 'steadyMs'> : never) : never;
const decided = (decision: Partial<PatchSwitch> = {}): Untimed => ({
  on: 'Decided',
  decision: { ...ALLOWED, ...decision },
});
const looked = (...patches: Parameters<typeof readOf>[0]): Untimed => ({
  ...{ on: 'Looked', present: PRESENT, read: readOf(patches) },
});
const refused = (code: Code): Untimed => ({ on: 'Looked', present: PRESENT, read: err(code, 'snapshot') });
const brought: Untimed = { on: 'Downloaded', done: ok({ file: '/state/x' }) };
const works: Untimed = { on: 'Installed', done: ok({ version: '15.0s2' }) };
const fails = (code: Code): Untimed => ({ on: 'Installed', done: err(code, '') });

/** The machine, a clock that the test moves, and what it ordered. */
function play(rules: Partial<PatchRules> = {}, from: SavedPatch | undefined = NO_PATCH_SAVED) {
  let steadyMs = 5000;
  let state = initialPatch(from, steadyMs);
  let disk: string | undefined;
  const see = (...events: readonly Untimed[]): readonly PatchEffect[] =>
    events.flatMap((event) => {
      const before = JSON.stringify(state);
      const timed = { ...event, steadyMs, wallMs: WALL_MS + steadyMs } as PatchEvent;
      const [next, effects] = patchTransition(state, timed, { ...RULES, ...rules });
      assert.equal(JSON.stringify(state), before, 'never mutates');
      state = next;
      for (const effect of effects) {
        if (effect.do === 'save') disk = savedPatchText(state.saved);
        if (effect.do !== 'install') continue;
        const kept = assertOk(readSavedPatch(disk)).installing;
        assert.equal(kept?.patch.sha256, effect.patch.sha256, 'saved before it is begun');
      }
      return effects;
    });
  return {
    see,
    pass: (ms: number) => {
      steadyMs += ms;
    },
    state: () => state,
    again: () => play(rules, assertOk(readSavedPatch(disk))),
  };
}
const does = (effects: readonly PatchEffect[]) => effects.map((effect) => effect.do).filter((what) => what !== 'save');
const named = (effects: readonly PatchEffect[], what: 'download' | 'install') =>
  effects.flatMap((effect) => (effect.do === what ? [effect.patch.path] : []));
const told = (effects: readonly PatchEffect[]): readonly PatchBody[] =>
  effects.flatMap((e) => (e.do === 'tell' ? [e.body] : []));
const reported = (effects: readonly PatchEffect[]) => effects.flatMap((e) => (e.do === 'report' ? [e.code] : []));

/** One that may, and has looked. */
function playLooked(decision: Partial<PatchSwitch> = {}, rules: Partial<PatchRules> = {}) {
  const game = play(rules);
  game.see({ on: 'Announced' }, decided(decision));
  game.pass(3 * MINUTE_MS);
  assert.ok(does(game.see({ on: 'TimerFired' })).includes('look'));
  return game;
}
/** One that has brought the pivot. */
function playBrought(decision: Partial<PatchSwitch> = {}, rules: Partial<PatchRules> = {}) {
  const game = playLooked(decision, rules);
  game.see(looked(pivot, after));
  return { ...game, effects: game.see(brought) };
}

suite('patches', (test) => {
  test('are looked for a while after the start, brought, installed, and told of', () => {
    const game = playLooked();
    const found = game.see(looked(pivot, after));
    assert.deepEqual(named(found, 'download'), ['pivot']);
    assert.deepEqual(reported(found), ['PATCH_AVAILABLE']);
    assert.equal(told(found).at(-1)?.state, 'downloading');
    const here = game.see(brought);
    assert.deepEqual(named(here, 'install'), ['pivot']);
    assert.equal(told(here).at(-1)?.state, 'installing');
    const done = game.see(works);
    assert.deepEqual(reported(done), ['PATCH_INSTALLED']);
    // the next step is looked for at once
    assert.ok(does(done).includes('look'));
    const next = game.see({
      ...{ on: 'Looked', read: readOf([pivot, after]) },
      present: { 'ewon-firmware': { version: '15.0s2', productCode: '21' } },
    });
    assert.deepEqual(named(next, 'download'), ['after']);
  });

  for (const by of ['board', 'device', 'account', 'unknown'] as const) {
    test(`off at ${by}: nothing is looked for, brought or installed`, () => {
      const game = play();
      const effects = game.see(decided({ on: false, by }), { on: 'Announced' }, { on: 'Wanted' }, { on: 'TimerFired' });
      game.pass(24 * HOUR_MS);
      const later = game.see(decided({ on: false, by }), { on: 'TimerFired' }, { on: 'Released', path: 'pivot' });
      assert.deepEqual(
        does([...effects, ...later]).filter((what) => what !== 'tell' && what !== 'keepOnly' && what !== 'stop'),
        [],
      );
      assert.equal(told(effects).at(-1)?.reason, 'PATCH_OFF');
    });

    test(`turned off at ${by} in the middle of a download: it is stopped, and what was brought is thrown away`, () => {
      const game = playLooked();
      game.see(looked(pivot));
      const effects = game.see(decided({ on: false, by }));
      assert.deepEqual(does(effects).slice(0, 2), ['stop', 'keepOnly']);
      assert.deepEqual(does(game.see(brought)), [], 'what still comes of it counts for nothing');
    });
  }

  test('turned off while one is installed: that is brought to its end', () => {
    const game = playBrought();
    assert.deepEqual(does(game.see(decided({ on: false, by: 'account' }))), []);
    assert.deepEqual(reported(game.see(works)), ['PATCH_INSTALLED']);
  });

  test('turned off while one waits: it is gone, and not installed when it is on again', () => {
    const game = playBrought({ isWindowOpen: false });
    assert.ok(does(game.see(decided({ on: false, by: 'account' }))).includes('keepOnly'));
    assert.deepEqual(named(game.see(decided()), 'install'), []);
  });

  test('wait for the window, and begin when it opens', () => {
    const game = playBrought({ isWindowOpen: false });
    assert.equal(told(game.effects).at(-1)?.reason, 'PATCH_WINDOW_CLOSED');
    assert.deepEqual(named(game.effects, 'install'), []);
    assert.deepEqual(named(game.see(decided()), 'install'), ['pivot']);
  });

  test('wait for a person where the account wants that, and for this very patch', () => {
    const game = playBrought({ confirm: true });
    assert.equal(told(game.effects).at(-1)?.reason, 'PATCH_UNCONFIRMED');
    assert.deepEqual(named(game.see({ on: 'Confirmed' }), 'install'), ['pivot']);
  });

  test('a person at the device who wants it now stands above the window and the question', () => {
    const game = playBrought({ isWindowOpen: false, confirm: true });
    assert.deepEqual(named(game.see({ on: 'Urged' }), 'install'), ['pivot']);
  });

  test('nor above busy: it is begun when the machine is free, within the hour and not on some other day', () => {
    for (const [afterMs, begun] of [
      [30 * MINUTE_MS, ['pivot']],
      [61 * MINUTE_MS, []],
    ] as const) {
      const game = playBrought({ isWindowOpen: false }, { asksBusy: true });
      assert.ok(does(game.see({ on: 'Urged' })).includes('askBusy'));
      assert.equal(told(game.see({ on: 'BusyRead', busy: 'tag Running is 1' })).at(-1)?.reason, 'PATCH_BUSY');
      const again = game.again(); // the power was cut
      again.see({ on: 'Started' }, { on: 'Announced' });
      game.pass(afterMs);
      game.see({ on: 'TimerFired' });
      assert.deepEqual(named(game.see({ on: 'BusyRead' }), 'install'), begun);
    }
  });

  for (const off of [{ on: false }, { denied: ['pivot'] }] as const)
    test(`nor above ${JSON.stringify(off)}`, () => {
      const game = playBrought({ isWindowOpen: false });
      game.see(decided({ isWindowOpen: false, ...off }));
      assert.deepEqual(named(game.see({ on: 'Urged' }), 'install'), []);
      assert.equal(game.state().saved.staged, undefined);
    });

  test('a person at the device puts one off: the account is told, and it is begun when that is over', () => {
    const game = playBrought({ isWindowOpen: false });
    const off = game.see({ on: 'Deferred', hours: 2 });
    assert.equal(told(off).at(-1)?.reason, 'PATCH_DEFERRED');
    assert.match(told(off).at(-1)?.detail ?? '', /^until 2026-03-01T14:/);
    assert.deepEqual(named(game.see(decided()), 'install'), []);
    game.pass(2 * HOUR_MS);
    assert.deepEqual(named(game.see({ on: 'TimerFired' }), 'install'), ['pivot']);
  });

  test('the end of being put off is known after a power cut; wanting it now ends it', () => {
    const game = playBrought({ isWindowOpen: false });
    game.see({ on: 'Deferred', hours: 2 });
    const again = game.again();
    again.see({ on: 'Started' }, { on: 'Announced' }, decided());
    again.pass(3 * MINUTE_MS);
    again.see({ on: 'TimerFired' });
    assert.deepEqual(named(again.see(looked(pivot, after)), 'install'), []);
    assert.deepEqual(named(again.see({ on: 'Urged' }), 'install'), ['pivot']);
  });

  test('put off again and again: seven days in all', () => {
    const fresh = playLooked({ isWindowOpen: false });
    const found = { on: 'Looked', present: PRESENT, read: readOf([pivot], '2099-01-01T00:00:00.000Z') } as const;
    fresh.see(found, brought);
    let hours = 0;
    for (; hours < 300; hours += 1) {
      fresh.see({ on: 'Deferred', hours: 72 });
      fresh.pass(HOUR_MS);
      if (named([...fresh.see(decided()), ...fresh.see(found)], 'install').length > 0) break;
    }
    assert.equal(hours + 1, 168);
  });

  test('wait while the machine is at work, and it is asked again', () => {
    const game = playBrought({}, { asksBusy: true });
    assert.ok(does(game.effects).includes('askBusy'));
    const busy = game.see({ on: 'BusyRead', busy: 'tag Running is 1' });
    assert.equal(told(busy).at(-1)?.reason, 'PATCH_BUSY');
    assert.equal(told(busy).at(-1)?.detail, 'tag Running is 1');
    game.pass(MINUTE_MS);
    assert.ok(does(game.see({ on: 'TimerFired' })).includes('askBusy'));
    assert.deepEqual(named(game.see({ on: 'BusyRead' }), 'install'), ['pivot']);
  });

  test('whose window closed while the machine was asked are not begun', () => {
    const game = playBrought({}, { asksBusy: true });
    game.see(decided({ isWindowOpen: false }));
    assert.deepEqual(named(game.see({ on: 'BusyRead' }), 'install'), []);
  });

  test('are not brought over a way that is paid by volume, unless a person wants it', () => {
    const game = playLooked({ isMetered: true });
    const found = game.see(looked(pivot));
    assert.equal(told(found).at(-1)?.reason, 'PATCH_METERED');
    assert.deepEqual(named(found, 'download'), []);
    game.see({ on: 'Wanted' });
    assert.deepEqual(named(game.see(looked(pivot)), 'download'), ['pivot']);
  });

  test('that come later are not what a person wanted when there was none', () => {
    const game = playLooked({ isMetered: true });
    game.see(looked(), { on: 'Wanted' }, looked());
    game.pass(5 * HOUR_MS);
    game.see({ on: 'TimerFired' });
    assert.deepEqual(named(game.see(looked(pivot)), 'download'), []);
  });

  test('that are denied while they wait are thrown away', () => {
    const game = playBrought({ isWindowOpen: false });
    assert.ok(does(game.see(decided({ denied: ['pivot'] }))).includes('keepOnly'));
    assert.equal(game.state().saved.staged, undefined);
  });

  test('that are revoked while they wait are thrown away', () => {
    const game = playBrought({ isWindowOpen: false });
    game.pass(5 * HOUR_MS);
    game.see({ on: 'TimerFired' });
    assert.ok(does(game.see(looked(after))).includes('keepOnly'));
  });

  test('that are held are let through by the command, for this Ewon', () => {
    const game = playLooked({ held: ['pivot'] });
    const found = game.see(looked(pivot));
    assert.equal(told(found).at(-1)?.reason, 'PATCH_HELD');
    assert.ok(does(game.see({ on: 'Released', path: 'pivot' })).includes('look'));
    assert.deepEqual(named(game.see(looked(pivot)), 'download'), ['pivot']);
  });

  test('are not installed out of a repository that has expired meanwhile', () => {
    const game = playLooked({ isWindowOpen: false });
    game.see({ on: 'Looked', present: PRESENT, read: readOf([pivot], '2026-03-01T12:30:00.000Z') }, brought);
    game.pass(HOUR_MS);
    const effects = game.see(decided());
    assert.deepEqual(named(effects, 'install'), []);
    assert.equal(told(effects).at(-1)?.reason, 'TUF_FROZEN');
  });

  test('of a repository that was refused are not brought; it is asked again, less and less often', () => {
    const game = playLooked();
    assert.deepEqual(reported(game.see(refused('TUF_ROLLBACK'))), ['TUF_ROLLBACK']);
    assert.equal(game.state().refusal?.code, 'TUF_ROLLBACK');
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      const wakes = game.see({ on: 'TimerFired' }).flatMap((e) => (e.do === 'wake' ? [e.afterMs] : []));
      waits.push(wakes.at(-1) ?? -1);
      game.pass(wakes.at(-1) ?? 0);
      assert.deepEqual(reported(game.see({ on: 'TimerFired' }, refused('TUF_ROLLBACK'))), [], 'told once');
    }
    assert.deepEqual(
      waits.map((ms) => ms / MINUTE_MS),
      [15, 30, 60, 120, 240, 240],
    );
    game.pass(240 * MINUTE_MS);
    game.see({ on: 'TimerFired' });
    assert.deepEqual(named(game.see(looked(pivot)), 'download'), ['pivot']);
  });

  test('that fail are tried three times, an hour apart, and not again until they are ordered', () => {
    const game = playBrought();
    for (const time of [1, 2, 3]) {
      const effects = game.see(fails('PATCH_NOT_BACK'));
      assert.deepEqual(reported(effects), ['PATCH_FAILED']);
      assert.equal(does(effects).includes('keepOnly'), time === 3);
      game.pass(HOUR_MS);
      if (time < 3) assert.deepEqual(named(game.see({ on: 'TimerFired' }), 'install'), ['pivot']);
    }
    assert.deepEqual(named(game.see(looked(pivot)), 'download'), []);
    assert.equal(
      game
        .see({ on: 'Announced' })
        .flatMap((e) => (e.do === 'tell' ? [e.body.state] : []))
        .at(-1),
      'failed',
    );
    game.see({ on: 'Released', path: 'pivot' });
    assert.deepEqual(named(game.see(looked(pivot)), 'download'), ['pivot']);
  });

  test('that the Ewon declined are not tried again', () => {
    const game = playBrought();
    assert.ok(does(game.see(fails('PATCH_DECLINED'))).includes('keepOnly'));
    assert.deepEqual(named(game.see(looked(pivot)), 'download'), []);
  });

  test('under way at a power cut are taken up again, without being asked anew', () => {
    const game = playBrought().again();
    assert.deepEqual(named(game.see({ on: 'Started' }), 'install'), ['pivot']);
    assert.deepEqual(reported(game.see(works)), ['PATCH_INSTALLED']);
  });

  test('that end the agent again and again are given up', () => {
    let game = playBrought().again();
    let starts = 0;
    while (named(game.see({ on: 'Started' }), 'install').length > 0 && starts < 50) {
      starts += 1;
      game = game.again();
    }
    assert.equal(starts, 10);
    assert.equal(game.state().saved.installing, undefined);
    assert.equal(game.state().saved.last?.reason, 'PATCH_TRIED_OUT');
  });

  test('whose end is known after a start of the agent only are waited for', () => {
    const game = playBrought();
    assert.deepEqual(does(game.see({ on: 'Installed', done: ok({ restart: true }) })), []);
    assert.deepEqual(does(game.see({ on: 'TimerFired' })), []);
    const next = game.again();
    assert.deepEqual(named(next.see({ on: 'Started' }), 'install'), ['pivot']);
    assert.deepEqual(reported(next.see(works)), ['PATCH_INSTALLED']);
  });

  test('that were staged before a power cut are installed after it', () => {
    const game = playBrought({ isWindowOpen: false }).again();
    game.see(decided());
    game.pass(3 * MINUTE_MS);
    game.see({ on: 'TimerFired' });
    assert.deepEqual(named(game.see(looked(pivot)), 'install'), ['pivot']);
  });

  test('of another account count for nothing', () => {
    const game = playBrought({ confirm: true, held: ['pivot'] });
    assert.ok(does(game.see(decided({ deviceId: 'd_2' }))).includes('keepOnly'));
    const { staged, read, released, deviceId } = game.state().saved;
    assert.deepEqual(
      { staged, read, released, deviceId },
      { staged: undefined, read: undefined, released: [], deviceId: 'd_2' },
    );
  });

  test('without a root to begin with, nobody is asked', () => {
    const game = play();
    game.see({ on: 'Announced' }, decided({ hasRoot: false }));
    game.pass(24 * HOUR_MS);
    assert.deepEqual(does(game.see({ on: 'TimerFired' })), []);
  });

  test('are told of once, and again to a broker that may know nothing', () => {
    const game = playBrought({ isWindowOpen: false });
    assert.deepEqual(told(game.see({ on: 'TimerFired' })), []);
    assert.equal(told(game.see({ on: 'Announced' })).length, 1);
  });

  test('what cannot be read of what was saved is begun anew', () => {
    for (const text of ['', '{', '{"v":2}', '{"v":1,"released":[],"tries":[],"staged":{"file":"/x"}}'])
      assert.equal(readSavedPatch(text).ok, false);
    assert.equal(initialPatch(undefined, 0).saved.tries.length, 0);
  });
});
