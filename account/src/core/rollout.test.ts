import type { DeviceId, PatchMessage } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  countOf,
  groupsOf,
  newRollout,
  type Rollout,
  type RolloutEvent,
  rolloutTransition,
  standingTold,
} from './rollout.ts';

const ids = (text: string) => [...text].map((name) => `d_${name}` as DeviceId);
const [a, b, c, d] = ids('abcd') as [DeviceId, DeviceId, DeviceId, DeviceId];
const NEW = newRollout({
  ...{ path: 'p', kind: 'agent', version: '1.4.2', groups: [[a], [b, c], [d]] },
  ...{ successPercent: 50, failuresMax: 1 },
});

const heard = (deviceId: DeviceId, is: 'installed' | 'failed' | 'passed'): RolloutEvent => ({
  ...{ on: 'Heard', deviceId, standing: { is } },
});

/** Moves by all of these, and says what was done, and how it stands: `running 1/3 installed told told waiting`. */
function play(from: Rollout, ...events: readonly RolloutEvent[]) {
  let rollout = from;
  const done: string[] = [];
  for (const event of events) {
    const before = structuredClone(rollout);
    const [next, effects] = rolloutTransition(rollout, event);
    assert.deepEqual(rollout, before, 'a state is never changed in place');
    done.push(...effects.map((effect) => (effect.do === 'tell' ? effect.deviceId : effect.code)));
    rollout = next;
  }
  const standings = rollout.groups.flat().map((deviceId) => rollout.standing[deviceId]?.is);
  return { rollout, done, is: [rollout.state, rollout.reached + 1, ...standings].join(' ') };
}

const BEGUN: RolloutEvent = { on: 'Begun' };
const STOP: RolloutEvent = { on: 'Stop' };
const RESUME: RolloutEvent = { on: 'Resume' };

suite('rollout', (test) => {
  test('group after group, until all are reached', () => {
    const all = play(NEW, BEGUN, heard(a, 'installed'), heard(b, 'installed'), heard(d, 'installed'));
    assert.deepEqual(all.done, [a, 'ASPU_ROLLOUT_STEP', b, c, 'ASPU_ROLLOUT_STEP', d, 'ASPU_ROLLOUT_DONE']);
    assert.equal(all.is, 'done 3 installed installed told installed');
  });

  test('state by event', () => {
    const running = play(NEW, BEGUN).rollout;
    const stopped = play(running, STOP).rollout;
    const done = play(running, heard(a, 'installed'), heard(b, 'installed'), heard(d, 'installed')).rollout;
    const table: readonly (readonly [RolloutEvent, running: string, stopped: string, done: string])[] = [
      [
        BEGUN,
        'running 1 told waiting waiting waiting',
        'stopped 1 told waiting waiting waiting',
        'done 3 installed installed told installed',
      ],
      [
        STOP,
        'stopped 1 told waiting waiting waiting',
        'stopped 1 told waiting waiting waiting',
        'done 3 installed installed told installed',
      ],
      [
        RESUME,
        'running 1 told waiting waiting waiting',
        'running 1 told waiting waiting waiting',
        'done 3 installed installed told installed',
      ],
      [
        heard(a, 'installed'),
        'running 2 installed told told waiting',
        'stopped 1 installed waiting waiting waiting',
        'done 3 installed installed told installed',
      ],
      [
        heard(a, 'failed'),
        'running 1 failed waiting waiting waiting',
        'stopped 1 failed waiting waiting waiting',
        'done 3 failed installed told installed',
      ],
      [
        heard(a, 'passed'),
        'running 2 passed told told waiting',
        'stopped 1 passed waiting waiting waiting',
        'done 3 passed installed told installed',
      ],
      [
        { on: 'Unanswered', deviceId: a },
        'running 1 told waiting waiting waiting',
        'stopped 1 waiting waiting waiting waiting',
        'done 3 installed installed told installed',
      ],
      [
        { on: 'Unanswered', deviceId: c },
        'running 1 told waiting waiting waiting',
        'stopped 1 told waiting waiting waiting',
        'done 3 installed installed waiting installed',
      ],
      [
        { on: 'Gone', deviceId: c },
        'running 1 told waiting passed waiting',
        'stopped 1 told waiting passed waiting',
        'done 3 installed installed passed installed',
      ],
      [
        heard('d_unknown' as DeviceId, 'failed'),
        'running 1 told waiting waiting waiting',
        'stopped 1 told waiting waiting waiting',
        'done 3 installed installed told installed',
      ],
    ];
    for (const [event, ...is] of table)
      for (const [i, state] of [running, stopped, done].entries())
        assert.equal(play(state, event).is, is[i], `${state.state} ${JSON.stringify(event)}`);
  });

  test('one failure more than allowed stops it, and nobody is told any more', () => {
    const begun = play(
      NEW,
      BEGUN,
      heard(a, 'installed'),
      heard(b, 'failed'),
      heard(c, 'failed'),
      heard(d, 'installed'),
    );
    assert.equal(begun.done.at(-1), 'ASPU_ROLLOUT_STOPPED');
    assert.deepEqual([begun.is, begun.rollout.stoppedBy], ['stopped 2 installed failed failed installed', 'failures']);
    const again = play(begun.rollout, RESUME);
    assert.equal(
      again.is,
      'running 2 installed failed failed installed',
      'those that failed are forgiven, and not enough',
    );
    assert.equal(play(again.rollout, heard(b, 'installed')).is, 'done 3 installed installed failed installed');
  });

  test('who could not be reached is told again; who is stopped and waits is told when it goes on', () => {
    const unanswered = play(NEW, BEGUN, { on: 'Unanswered', deviceId: a });
    assert.deepEqual(unanswered.done, [a, a]);
    const resumed = play(NEW, BEGUN, STOP, { on: 'Unanswered', deviceId: a }, RESUME);
    assert.deepEqual(resumed.done, [a, a]);
  });

  test('a group that it is not for holds up nobody', () => {
    const passed = play(NEW, BEGUN, heard(a, 'passed'), { on: 'Gone', deviceId: b }, { on: 'Gone', deviceId: c });
    assert.equal(passed.is, 'running 3 passed passed passed told');
    assert.equal(countOf(passed.rollout, 'passed'), 3);
  });

  test('groups: those named first, then parts of the others, none of them empty', () => {
    const ewons = ids('abcdefghij');
    const sizes = (first: readonly DeviceId[], percents: readonly number[]) =>
      groupsOf(ewons, { first, percents }).map((group) => group.length);
    assert.deepEqual(sizes([], [10, 50, 100]), [1, 4, 5]);
    assert.deepEqual(sizes([a, b], [10, 50, 100]), [2, 1, 3, 4]);
    assert.deepEqual(sizes([], [1, 2, 100]), [1, 9]);
    assert.deepEqual(sizes(ewons, [100]), [10]);
    assert.deepEqual(groupsOf([], { first: [], percents: [100] }), []);
    assert.deepEqual(
      groupsOf(ewons, { first: [c], percents: [30, 100] })
        .flat()
        .toSorted(),
      ewons,
    );
  });

  test('what an Ewon tells: of this patch, or what runs', () => {
    const told = (more: Partial<PatchMessage>) =>
      standingTold(
        { ...{ v: 1, at: '', epoch: 'e' as PatchMessage['epoch'], seq: 1, state: 'idle', agent: '1.4.1' }, ...more },
        NEW,
      );
    const patch = { path: 'p', sha256: 'a'.repeat(64), kind: 'agent', version: '1.4.2' } as const;
    const of = (state: PatchMessage['state'], reason?: string) => told({ state, patch, ...(reason && { reason }) });
    assert.equal(told({}), undefined);
    assert.deepEqual(told({ agent: '1.4.2' }), { is: 'installed' });
    assert.deepEqual(told({ agent: '1.10.0' }), { is: 'installed' });
    assert.equal(told({ firmware: '15.0s4' }), undefined);
    assert.deepEqual(of('failed', 'PATCH_NOT_BLESSED'), { is: 'failed', reason: 'PATCH_NOT_BLESSED' });
    assert.deepEqual(of('installed'), { is: 'installed' });
    assert.deepEqual(of('idle', 'PATCH_WRONG_PRODUCT'), { is: 'passed', reason: 'PATCH_WRONG_PRODUCT' });
    for (const state of ['downloading', 'waiting', 'installing'] as const) assert.equal(of(state), undefined);
    assert.equal(told({ state: 'failed', patch: { ...patch, path: 'other' } }), undefined);
  });
});
