import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  chooseStart,
  freeSlot,
  isNewer,
  overdue,
  PACKAGE_ONLY,
  provenOnline,
  readVersions,
  type SlotVersion,
  slotsInUse,
  TRIES,
  takeOnTrial,
  type Versions,
  versionsText,
} from './version-state.ts';

const one = (version: string, slot: 'a' | 'b', id = '1'): SlotVersion => ({
  ...{ slot, version, sha256: id.repeat(64), digest: id.repeat(64), id: id.repeat(32) },
});
const A = one('1.1.0', 'a');
const B = one('1.2.0', 'b', '2');
const trial = (triesLeft: number, resting = false) => ({ ...B, triesLeft, resting });
const all = { packaged: '1.0.0', isWhole: () => true };

/** Every state there is, by name. */
const STATES: Readonly<Record<string, Versions>> = {
  nothing: PACKAGE_ONLY,
  blessed: { blessed: A },
  'first trial': { trial: trial(3) },
  trial: { blessed: A, trial: trial(3) },
  'last try': { blessed: A, trial: trial(1) },
  'no try left': { blessed: A, trial: trial(0) },
  resting: { blessed: A, trial: trial(2, true) },
  failed: { blessed: A, last: { id: B.id, version: '1.2.0', code: 'PATCH_NOT_BLESSED', detail: 'x' } },
};

/** What is started, and what is on trial afterwards: `version, tries left` with `z` when it rests. */
const told = ({ start, onTrial, versions }: ReturnType<typeof chooseStart>) =>
  [start?.version ?? 'package', onTrial ? 'on trial' : '', short(versions)].join(' | ');
const short = ({ blessed, trial, last }: Versions) =>
  [blessed?.version, trial && `${trial.version}/${trial.triesLeft}${trial.resting ? 'z' : ''}`, last?.code]
    .filter(Boolean)
    .join(' ');

suite('versions beside the packaged one', (test) => {
  const rows: Readonly<Record<string, readonly [whole: string, newPackage: string, damaged: string, late: string]>> = {
    nothing: ['package |  | ', 'package |  | ', 'package |  | ', ''],
    blessed: ['1.1.0 |  | 1.1.0', 'package |  | ', 'package |  | ', '1.1.0'],
    'first trial': [
      '1.2.0 | on trial | 1.2.0/2',
      'package |  | PATCH_NOT_NEWER',
      'package |  | PATCH_NOT_BLESSED',
      '1.2.0/3z',
    ],
    trial: [
      '1.2.0 | on trial | 1.1.0 1.2.0/2',
      'package |  | PATCH_NOT_NEWER',
      'package |  | PATCH_NOT_BLESSED',
      '1.1.0 1.2.0/3z',
    ],
    'last try': [
      '1.2.0 | on trial | 1.1.0 1.2.0/0',
      'package |  | PATCH_NOT_NEWER',
      'package |  | PATCH_NOT_BLESSED',
      '1.1.0 1.2.0/1z',
    ],
    'no try left': [
      '1.1.0 |  | 1.1.0 PATCH_NOT_BLESSED',
      'package |  | PATCH_NOT_NEWER',
      'package |  | PATCH_NOT_BLESSED',
      '1.1.0 PATCH_NOT_BLESSED',
    ],
    resting: [
      '1.1.0 |  | 1.1.0 1.2.0/2z',
      'package |  | PATCH_NOT_NEWER',
      'package |  | PATCH_NOT_BLESSED',
      '1.1.0 1.2.0/2z',
    ],
    failed: [
      '1.1.0 |  | 1.1.0 PATCH_NOT_BLESSED',
      'package |  | PATCH_NOT_BLESSED',
      'package |  | PATCH_NOT_BLESSED',
      '1.1.0 PATCH_NOT_BLESSED',
    ],
  };
  for (const [name, state] of Object.entries(STATES))
    test(`${name}: a start, a start under a newer package, a start with damaged files, and 20 minutes without being online`, () => {
      assert.deepEqual(
        [
          told(chooseStart(state, all)),
          told(chooseStart(state, { ...all, packaged: '1.2.0' })),
          told(chooseStart(state, { ...all, isWhole: () => false })),
          short(overdue(state)),
        ],
        rows[name],
      );
    });

  test('who was online: only a trial that runs is blessed, and only one that rests may try again', () => {
    const ran = (version: string, onTrial: boolean) => ({ version, started: { version, onTrial } });
    for (const [name, state] of Object.entries(STATES)) {
      const asTrial = provenOnline(state, ran('1.2.0', true));
      assert.equal(asTrial && short(asTrial.versions), state.trial ? '1.2.0' : undefined, name);
      const asOld = provenOnline(state, ran('1.1.0', false));
      assert.deepEqual(
        asOld && [short(asOld.versions), asOld.restart],
        name === 'resting' ? ['1.1.0 1.2.0/2', true] : undefined,
        name,
      );
      const started = { version: '1.1.0', onTrial: false };
      assert.equal(provenOnline(state, { version: '1.2.0', started }), undefined, name);
      assert.equal(
        provenOnline(state, { version: '1.1.0', started: { version: '1.2.0', onTrial: true } }),
        undefined,
        name,
      );
    }
  });

  test('from every state, starts alone lead to something that was online, or to the package', () => {
    for (const [name, state] of Object.entries(STATES)) {
      let versions = state;
      let trials = 0;
      for (let i = 0; i < 10; i += 1) {
        const start = chooseStart(versions, all);
        versions = start.versions;
        trials += start.onTrial ? 1 : 0;
      }
      assert.ok(trials <= TRIES, name);
      assert.equal(chooseStart(versions, all).start?.version, state.blessed?.version, name);
    }
  });

  test('a version goes where the blessed one is not', () => {
    assert.deepEqual([freeSlot({}), freeSlot({ blessed: A }), freeSlot({ blessed: one('1', 'b') })], ['a', 'b', 'a']);
    assert.deepEqual(slotsInUse(takeOnTrial({ blessed: A }, B)), ['a', 'b']);
    assert.equal(short(takeOnTrial(STATES['failed'] ?? {}, B)), '1.1.0 1.2.0/3');
  });

  test('newer is by numbers, and what cannot be read is not', () => {
    assert.ok(isNewer('1.10.0', '1.9.9') && !isNewer('1.9.9', '1.10.0') && !isNewer('1.0.0', '1.0.0'));
    assert.ok(!isNewer('new', '1.0.0') && !isNewer('2.0.0', ''));
  });

  test('every state is read back as it was written; what is damaged has its code', () => {
    for (const [name, state] of Object.entries(STATES))
      assert.deepEqual(readVersions(versionsText(state)), { ok: true, value: state }, name);
    assert.deepEqual(readVersions(undefined), { ok: true, value: {} });
    const slots = versionsText({ blessed: A, trial: { ...trial(1), slot: 'a' } });
    const far = versionsText({ trial: { ...trial(1), triesLeft: 99 } });
    const above = versionsText({ blessed: { ...A, slot: '../..' as 'a' } });
    for (const text of ['', '{', 'null', '[]', '{"v":2}', '{"v":1,"blessed":{}}', slots, far, above]) {
      const read = readVersions(text);
      assert.equal(read.ok || read.fault.code, 'PATCH_SAVED_DAMAGED', text);
    }
  });
});
