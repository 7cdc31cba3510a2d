import { type Code, err, type Patch } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  type EwonNow,
  INSTALL_IDLE,
  type InstallEffect,
  type InstallEvent,
  type InstallState,
  installTransition,
} from './firmware-install.ts';
import { firmwareDoubt } from './firmware-install-fit.ts';
import {
  DAMAGED_INSTALL,
  type Job,
  readSavedInstall,
  type SavedInstall,
  savedInstallText,
} from './firmware-install-saved.ts';

const patchOf = (version: string, custom: Partial<Patch['custom']> = {}): Patch => ({
  ...{ path: `er${version}.edf`, length: 4, sha256: version.padEnd(64, '0') },
  custom: {
    ...{ kind: 'ewon-firmware', version, productCodes: ['21'], from: [], requires: [], cves: [], severity: 'high' },
    ...{ rebootNeeded: true, ...custom },
  },
});
const now = (version: string, productCode = '21'): EwonNow => ({
  ...{ version, productCode, serial: `1524-0071-${productCode}` },
});
const [OLD, NEW, OTHER] = [now('14.6s0'), now('14.9s3'), now('14.9s4')];
const PATCH = patchOf('14.9s3');
const ELSE = patchOf('15.0s2');
const job = (more: Partial<Job> = {}): Job => ({
  ...{ sha256: PATCH.sha256, path: PATCH.path, version: '14.9s3', serial: OLD.serial, before: '14.6s0' },
  ...{ backup: '000001-er14.9s3.edf', program: 'aside', starts: 1, ...more },
});
const outcome = { is: 'installed', version: '14.9s3' } as const;
const back = { outcome, restored: 'no', restart: 'no' } as const;
const SAVED: readonly SavedInstall[] = [
  { at: 'pausing', job: job({ program: 'unknown' }) },
  { at: 'sending', job: job() },
  { at: 'handing', job: job(), way: 'rename' },
  { at: 'handing', job: job(), way: 'write' },
  { at: 'comparing', job: job(), ...back },
  { at: 'restoring', job: job(), ...back },
  { at: 'resuming', job: job(), ...back, restored: 'yes', restart: 'needed' },
];
const fault = (code: Code) => err(code, 'made up').fault;
const STATES: readonly InstallState[] = [
  INSTALL_IDLE,
  { at: 'ended' },
  { at: 'asking', patch: PATCH },
  { at: 'backingUp', patch: PATCH, now: OLD },
  ...SAVED.flatMap((saved): readonly InstallState[] => [
    { at: 'returning', patch: PATCH, saved },
    { at: 'returning', patch: ELSE, saved },
    { at: 'waiting', patch: PATCH, saved, now: OLD },
    { at: 'working', patch: PATCH, saved },
  ]),
];
const EVENTS: readonly InstallEvent[] = [
  { on: 'asked', patch: PATCH, file: 'there' },
  { on: 'asked', patch: PATCH, file: 'bad' },
  ...SAVED.map((saved): InstallEvent => ({ on: 'asked', patch: PATCH, file: 'there', saved })),
  ...[OLD, NEW, OTHER].flatMap((runs): readonly InstallEvent[] => [
    { on: 'answered', now: runs, was: 'here' },
    { on: 'answered', now: runs, was: 'away' },
    { on: 'back', now: runs },
  ]),
  { on: 'backedUp', backup: '000001-er14.9s3.edf' },
  { on: 'paused', program: 'none' },
  { on: 'paused', program: 'aside' },
  { on: 'sent' },
  { on: 'stayed', detail: 'x' },
  { on: 'gone', detail: 'x' },
  { on: 'compared', lost: [] },
  { on: 'compared', lost: ['WANCnx'] },
  { on: 'restored', restart: 'needed' },
  { on: 'resumed' },
  { on: 'failed', fault: fault('EWON_DISK_FULL') },
  { on: 'failed', fault: fault('EWON_UNREACHABLE') },
];
const TOUCHES: readonly InstallEffect['do'][] = ['pause', 'send', 'hand', 'compare', 'restore', 'resume'];

/** Plays events, and answers what was ordered in all; the last event is the one that something comes of. */
function play(...events: readonly InstallEvent[]) {
  let state = INSTALL_IDLE;
  const ordered: InstallEffect[] = [];
  for (const event of events) {
    const [next, effects] = installTransition(state, event);
    state = next;
    ordered.push(...effects);
  }
  const end = ordered.find((effect) => effect.do === 'end');
  const result = end && (end.result.ok ? end.result.value.version : end.result.fault.code);
  return {
    state,
    ordered: ordered.map((effect) => effect.do).filter((one) => one !== 'tell' && one !== 'note'),
    result,
  };
}

suite('installing firmware: every state with every event', (test) => {
  test('nothing throws or mutates, and an event that does not fit changes nothing', () => {
    for (const state of STATES)
      for (const event of EVENTS) {
        const before = JSON.stringify([state, event]);
        const [next, effects] = installTransition(state, event);
        assert.equal(JSON.stringify([state, event]), before);
        if (effects.length === 0) assert.equal(next, state, before);
      }
  });

  test('whatever touches the Ewon was saved just before as what it is', () => {
    for (const state of STATES)
      for (const event of EVENTS) {
        const [next, effects] = installTransition(state, event);
        if (!effects.some((effect) => TOUCHES.includes(effect.do))) continue;
        const [saved] = effects.flatMap((effect) => ('saved' in effect ? [effect.saved] : []));
        assert.ok(saved && next.at === 'working');
        assert.equal(saved, next.saved);
        assert.deepEqual(assertRead(savedInstallText(saved)), { v: 1, ...saved });
      }
  });

  test('it always waits for one thing, or has ended', () => {
    const yields = (effect: InstallEffect) => !['tell', 'save', 'note', 'forget'].includes(effect.do);
    for (const state of STATES)
      for (const event of EVENTS) {
        const [next, effects] = installTransition(state, event);
        if (effects.length === 0) continue;
        assert.deepEqual([effects.filter(yields).length, effects.findIndex(yields)], [1, effects.length - 1]);
        assert.equal(next.at === 'ended', effects.at(-1)?.do === 'end');
      }
  });
});

function assertRead(text: string) {
  const read = readSavedInstall(text);
  assert.ok(read.ok, text);
  return read.value;
}

const asked = { on: 'asked', patch: PATCH, file: 'there' } as const;
const answered = (runs: EwonNow, was: 'here' | 'away' = 'here') => ({ on: 'answered', now: runs, was }) as const;
const UNTIL_HANDED: readonly InstallEvent[] = [
  asked,
  answered(OLD),
  { on: 'backedUp', backup: 'b' },
  { on: 'paused', program: 'aside' },
  { on: 'sent' },
];
const SETTLED: readonly InstallEvent[] = [{ on: 'compared', lost: [] }, { on: 'resumed' }];
const WORKED = ['ask', 'backUp', 'save', 'pause', 'save', 'send', 'save', 'hand'];

suite('installing firmware: stories', (test) => {
  type Story = readonly [events: readonly InstallEvent[], result: string, ordered: readonly string[]];
  const stories: Readonly<Record<string, Story>> = {
    'all goes well': [
      [...UNTIL_HANDED, { on: 'back', now: NEW }, ...SETTLED],
      '14.9s3',
      [...WORKED, 'compare', 'resume', 'forget', 'end'],
    ],
    'it runs already': [[asked, answered(NEW)], '14.9s3', ['ask', 'end']],
    'the Ewon does not answer': [
      [asked, { on: 'failed', fault: fault('EWON_UNREACHABLE') }],
      'EWON_UNREACHABLE',
      ['ask', 'end'],
    ],
    'the file is gone or another': [[{ ...asked, file: 'bad' }], 'LOCAL_FILE_BAD', ['end']],
    'no backup: nothing is touched': [
      [asked, answered(OLD), { on: 'failed', fault: fault('EWON_PASSWORD_WRONG') }],
      'PATCH_BACKUP_FAILED',
      ['ask', 'backUp', 'end'],
    ],
    'declined: the settings go back': [
      [...UNTIL_HANDED, { on: 'stayed', detail: 'file corrupt' }, ...SETTLED],
      'PATCH_DECLINED',
      [...WORKED, 'compare', 'resume', 'forget', 'end'],
    ],
    'never back: the journal stays': [
      [...UNTIL_HANDED, { on: 'gone', detail: 'x' }],
      'PATCH_NOT_BACK',
      [...WORKED, 'end'],
    ],
    'the version before after the restart': [
      [...UNTIL_HANDED, { on: 'back', now: OLD }, ...SETTLED],
      'PATCH_WRONG_VERSION',
      [...WORKED, 'compare', 'resume', 'forget', 'end'],
    ],
    'another version after the restart': [
      [...UNTIL_HANDED, { on: 'back', now: OTHER }, ...SETTLED],
      'PATCH_WRONG_VERSION',
      [...WORKED, 'compare', 'resume', 'forget', 'end'],
    ],
    'lost settings are given back and looked at again': [
      [
        ...[...UNTIL_HANDED, { on: 'back', now: NEW } as const, { on: 'compared', lost: ['WANCnx'] } as const],
        ...[{ on: 'restored', restart: 'needed' } as const, ...SETTLED],
      ],
      '14.9s3',
      [...WORKED, 'compare', 'restore', 'compare', 'resume', 'forget', 'end'],
    ],
    'settings that do not come back are named': [
      [
        ...[...UNTIL_HANDED, { on: 'back', now: NEW } as const, { on: 'compared', lost: ['WANCnx'] } as const],
        ...[
          { on: 'restored', restart: 'no' } as const,
          { on: 'compared', lost: ['WANCnx'] } as const,
          { on: 'resumed' } as const,
        ],
      ],
      'EWON_NOT_TAKEN',
      [...WORKED, 'compare', 'restore', 'compare', 'resume', 'forget', 'end'],
    ],
    'no place beside: it is written under its name': [
      [
        ...UNTIL_HANDED.slice(0, -1),
        { on: 'failed', fault: fault('EWON_DISK_FULL') },
        { on: 'back', now: NEW },
        ...SETTLED,
      ],
      '14.9s3',
      [...WORKED, 'compare', 'resume', 'forget', 'end'],
    ],
    'the name is not taken: it is written under it, and then declined': [
      [
        ...[...UNTIL_HANDED, { on: 'failed', fault: fault('EWON_DECLINED') } as const],
        ...[{ on: 'failed', fault: fault('EWON_DECLINED') } as const, ...SETTLED],
      ],
      'PATCH_DECLINED',
      [...WORKED, 'save', 'hand', 'compare', 'resume', 'forget', 'end'],
    ],
    'the connection breaks while it is sent: the settings go back': [
      [...UNTIL_HANDED.slice(0, -1), { on: 'failed', fault: fault('EWON_UNREACHABLE') }, ...SETTLED],
      'EWON_UNREACHABLE',
      [...WORKED.slice(0, -2), 'compare', 'resume', 'forget', 'end'],
    ],
    'the way back is not to be gone: the journal stays': [
      [
        ...UNTIL_HANDED,
        { on: 'back', now: NEW },
        { on: 'compared', lost: [] },
        { on: 'failed', fault: fault('EWON_UNREACHABLE') },
      ],
      'EWON_UNREACHABLE',
      [...WORKED, 'compare', 'resume', 'end'],
    ],
  };
  for (const [what, [events, result, ordered]] of Object.entries(stories))
    test(what, () => {
      const played = play(...events);
      assert.deepEqual([played.result, played.ordered, played.state.at], [result, ordered, 'ended']);
    });
});

suite('installing firmware: going on where another was', (test) => {
  const goesOn = (saved: SavedInstall, ...events: readonly InstallEvent[]) => play({ ...asked, saved }, ...events);
  const stayed = { on: 'stayed', detail: 'x' } as const;
  const [pausing, sending, handing, , comparing, , resuming] = SAVED;
  const cases: readonly (readonly [string, SavedInstall | undefined, readonly InstallEvent[], InstallEffect['do']])[] =
    [
      ['put aside again', pausing, [answered(OLD), stayed], 'pause'],
      ['sent again', sending, [answered(OLD), stayed], 'send'],
      ['the Ewon may be about to restart', handing, [answered(OLD)], 'awaitRestart'],
      ['it did not restart: sent again', handing, [answered(OLD), stayed], 'send'],
      ['it restarted meanwhile with the version before: sent again', handing, [answered(OLD, 'away')], 'send'],
      ['it restarted meanwhile with the new one', handing, [answered(NEW, 'away')], 'compare'],
      ['it restarts with the new one', handing, [answered(OLD), { on: 'back', now: NEW }], 'compare'],
      ['it runs the new one', handing, [answered(NEW)], 'compare'],
      ['compared again', comparing, [answered(NEW), stayed], 'compare'],
      ['put back again', resuming, [answered(NEW), stayed], 'resume'],
      ['not back', handing, [{ on: 'gone', detail: 'x' }], 'end'],
      ['not back from a restart', handing, [answered(OLD), { on: 'gone', detail: 'x' }], 'end'],
    ];
  for (const [what, saved, events, last] of cases)
    test(what, () => {
      assert.ok(saved);
      assert.equal(goesOn(saved, ...events).ordered.at(-1), last);
    });

  test('an agent that is killed at it again and again goes no further, and puts everything back', () => {
    assert.ok(sending && comparing);
    const often = goesOn({ ...sending, job: job({ starts: 3 }) }, answered(OLD), stayed, ...SETTLED);
    assert.deepEqual([often.result, often.ordered.slice(-3)], ['PATCH_FAILED', ['resume', 'forget', 'end']]);
    const unlike = goesOn({ ...comparing, job: job({ starts: 3 }) }, answered(NEW), stayed, { on: 'resumed' });
    assert.deepEqual(
      [unlike.result, unlike.ordered],
      ['14.9s3', ['awaitAnswer', 'awaitRestart', 'resume', 'forget', 'end']],
    );
  });

  test('another patch than that of the journal: first all goes back, then it begins', () => {
    assert.ok(sending);
    const events = [answered(OLD), stayed, ...SETTLED, answered(OLD)] as const;
    const { state, ordered } = play({ ...asked, patch: ELSE, saved: sending }, ...events);
    assert.deepEqual(ordered.slice(2), ['compare', 'resume', 'forget', 'ask', 'backUp']);
    assert.deepEqual(state, { at: 'backingUp', patch: ELSE, now: OLD });
  });

  test('another Ewon in its place: nothing of the one before goes to it', () => {
    for (const saved of SAVED) {
      const other = { ...OLD, serial: '1524-0072-21' };
      const { state, ordered } = goesOn(saved, answered(other), answered(other));
      assert.deepEqual(ordered, ['awaitAnswer', 'forget', 'ask', 'backUp']);
      assert.equal(state.at, 'backingUp');
    }
  });

  test('a journal that cannot be read: what was put aside goes back, then it begins', () => {
    for (const text of [
      '',
      '{}',
      '{"v":1,"at":"sending"}',
      savedInstallText({ at: 'sending', job: job({ backup: '../x' }) }),
    ])
      assert.equal(readSavedInstall(text).ok, false, text);
    const { ordered } = goesOn(DAMAGED_INSTALL, answered(OLD), stayed, { on: 'resumed' });
    assert.deepEqual(ordered, ['awaitAnswer', 'awaitRestart', 'resume', 'forget', 'ask']);
  });
});

suite('firmware that is refused before anything is touched', (test) => {
  const table: readonly (readonly [Patch, EwonNow, Code | 'installed' | undefined])[] = [
    [PATCH, OLD, undefined],
    [PATCH, now('14.6s0b11 (14.6)'), undefined],
    [PATCH, NEW, 'installed'],
    [PATCH, OTHER, 'PATCH_NOT_NEWER'],
    [PATCH, now('14.6s0', '24'), 'PATCH_WRONG_PRODUCT'],
    [patchOf('14.9s3', { productCodes: [] }), now('14.6s0', '24'), undefined],
    [patchOf('14.9s3', { from: ['14.6s0'] }), OLD, undefined],
    [patchOf('14.9s3', { from: ['14.x'] }), OLD, undefined],
    [patchOf('14.9s3', { from: ['13.x', '14.5.x'] }), OLD, 'PATCH_NOT_FROM_HERE'],
    [patchOf('14.9s3', { requires: ['14.7s0'] }), OLD, 'PATCH_NOT_FROM_HERE'],
    [patchOf('14.9s3', { requires: ['14.5s0'] }), OLD, undefined],
    [patchOf('15.0s2'), OLD, undefined],
    [patchOf('15.0s4'), OLD, 'PATCH_NOT_FROM_HERE'],
    [patchOf('15.0s4'), now('15.0s2'), undefined],
    [patchOf('15.0s4', { kind: 'agent' }), now('15.0s2'), 'PATCH_NOT_SUPPORTED'],
    [PATCH, now(''), 'PATCH_NOT_FROM_HERE'],
  ];
  for (const [patch, runs, expected] of table)
    test(`${JSON.stringify(patch.custom)} on ${runs.version} of ${runs.productCode}: ${expected ?? 'goes'}`, () => {
      const doubt = firmwareDoubt(patch, runs);
      assert.equal(typeof doubt === 'object' ? doubt.code : doubt, expected);
    });
});
