import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import {
  COMMITS_KEPT,
  cameUp,
  candidateOf,
  changesOf,
  committed,
  confirmLeftMs,
  discarded,
  edited,
  NO_SETTINGS,
  readSavedSettings,
  type SavedSettings,
  STARTS_MAX,
  savedSettingsText,
  settingsOf,
  started,
  takenBack,
} from './settings.ts';

const AT = '2026-03-01T12:00:00.000Z';
const ME = { by: 'anna', at: AT };
const DEBUG = { 'log.level': 'debug' };
const withCandidate = (saved: SavedSettings, level: string) => edited(saved, { 'log.level': level }, ME);
const running = (saved: SavedSettings, level: string) => cameUp(assertOk(committed(withCandidate(saved, level), ME)));

suite('settings of the console', (test) => {
  test('a candidate changes nothing before it is committed, and is kept until it is discarded', () => {
    const saved = edited(NO_SETTINGS, DEBUG, ME);
    assert.deepEqual([settingsOf(saved), candidateOf(saved)], [{}, DEBUG]);
    assert.deepEqual(settingsOf(assertOk(committed(saved, ME))), DEBUG);
    assert.deepEqual(discarded(saved), NO_SETTINGS);
    assert.equal(edited(saved, {}, ME).candidate, undefined, 'what is as it runs is no change');
  });

  test('a commit that came up stays; one that does not in three starts goes back', () => {
    const good = running(NO_SETTINGS, 'warn');
    assert.equal(good.trial, undefined);
    let bad = assertOk(committed(withCandidate(good, 'debug'), ME));
    for (let i = 0; i < STARTS_MAX; i += 1) {
      bad = started(bad, AT);
      assert.deepEqual(settingsOf(bad), DEBUG);
    }
    const back = started(bad, AT);
    assert.deepEqual([settingsOf(back), back.trial], [{ 'log.level': 'warn' }, undefined]);
    assert.deepEqual(back.wentBack, { from: 2, to: 1, at: AT, why: 'SETTINGS_NOT_STARTED' });
  });

  test('a commit to be confirmed goes back, however often it came up; a second commit keeps it', () => {
    const trial = cameUp(started(assertOk(committed(edited(NO_SETTINGS, DEBUG, ME), ME, 5)), AT));
    assert.deepEqual(settingsOf(takenBack(trial, AT, 'SETTINGS_UNCONFIRMED')), {});
    const kept = assertOk(committed(trial, ME));
    assert.deepEqual([settingsOf(kept), kept.trial], [DEBUG, undefined]);
    assert.deepEqual(takenBack(kept, AT, 'SETTINGS_UNCONFIRMED'), kept, 'what is kept does not go back');
  });

  test('nothing is confirmed before the agent came up with it', () => {
    const trial = assertOk(committed(edited(NO_SETTINGS, DEBUG, ME), ME, 5));
    assertFault(committed(trial, ME), 'SETTINGS_NOT_UP');
    assertFault(committed(cameUp(trial), ME, 5), 'SETTINGS_NO_CHANGE');
    assertFault(committed(NO_SETTINGS, ME), 'SETTINGS_NO_CHANGE');
  });

  test('two commits while no agent came up: back to the last that ran', () => {
    const good = running(NO_SETTINGS, 'warn');
    const first = assertOk(committed(withCandidate(good, 'debug'), ME));
    const second = assertOk(committed(withCandidate(first, 'error'), ME));
    assert.deepEqual(settingsOf(takenBack(second, AT, 'SETTINGS_NOT_STARTED')), { 'log.level': 'warn' });
  });

  test('the time to confirm: a clock that was set back gives all of it again, one that was set forward ends it', () => {
    const trial = assertOk(committed(edited(NO_SETTINGS, DEBUG, ME), ME, 5));
    const at = Date.parse(AT);
    const left = [-1e9, 0, 60_000, 299_999, 300_000, 1e12].map((ms) => confirmLeftMs(trial, at + ms));
    assert.deepEqual(left, [300_000, 300_000, 240_000, 1, 0, 0]);
    assert.equal(confirmLeftMs(NO_SETTINGS, at), undefined);
  });

  test('it is known whether something held before the oldest commit that is kept', () => {
    let saved = NO_SETTINGS;
    for (let i = 0; i < COMMITS_KEPT; i += 1) saved = running(saved, i % 2 === 0 ? 'warn' : 'debug');
    assert.deepEqual([saved.commits.length, saved.isCut], [COMMITS_KEPT, undefined]);
    saved = running(saved, 'error');
    assert.deepEqual([saved.commits.length, saved.isCut], [COMMITS_KEPT, true]);
    assert.equal(assertOk(readSavedSettings(savedSettingsText(saved))).isCut, true);
    assert.equal(running(saved, 'info').isCut, true);
  });

  test('what differs is said by lines', () => {
    assert.deepEqual(changesOf({ a: 1, b: 'x' }, { b: 'y', c: true }), ['- a 1', '- b "x"', '+ b "y"', '+ c true']);
  });

  test('what is damaged is said to be, and never thrown', () => {
    for (const text of ['', '{', 'null', '{"v":2}', '{"v":1,"last":0}', '{"v":1,"last":0,"commits":[{}]}'])
      assertFault(readSavedSettings(text), 'SETTINGS_DAMAGED');
    fc.assert(fc.property(fc.string(), (text) => void readSavedSettings(text)));
  });

  const step = fc.oneof(
    fc.record({ do: fc.constant('edit' as const), level: fc.constantFrom('debug', 'info', 'warn', 'error') }),
    fc.record({
      do: fc.constant('commit' as const),
      minutes: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    }),
    fc.record({ do: fc.constantFrom('start', 'up', 'timeOut', 'fail', 'discard', 'reread') }),
  );
  test('whatever is done in whatever order: what runs was committed and came up, or is on trial over what did', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let saved: SavedSettings = NO_SETTINGS;
        let proved: object = {}; // what came up and was kept
        for (const one of steps) {
          const before = saved;
          if (one.do === 'edit' && 'level' in one) saved = withCandidate(saved, one.level);
          else if (one.do === 'commit' && 'minutes' in one) {
            const done = committed(saved, ME, one.minutes);
            if (done.ok) {
              // a commit says yes to what waited for one
              if (before.trial?.until === 'confirmed' && one.minutes === undefined) proved = settingsOf(before);
              saved = done.value;
            }
          } else if (one.do === 'start') saved = started(saved, AT);
          else if (one.do === 'up') {
            saved = cameUp(saved);
            if (!saved.trial) proved = settingsOf(saved);
          } else if (one.do === 'timeOut') saved = takenBack(saved, AT, 'SETTINGS_UNCONFIRMED');
          else if (one.do === 'fail') saved = takenBack(saved, AT, 'CONFIG_INVALID');
          else if (one.do === 'discard') saved = discarded(saved);
          else saved = assertOk(readSavedSettings(savedSettingsText(saved)));
          assert.deepEqual(settingsOf(takenBack(saved, AT, 'CONFIG_INVALID')), proved);
          assert.ok(saved.commits.length <= COMMITS_KEPT + 1 && saved.last >= before.last);
        }
      }),
    );
  });
});
