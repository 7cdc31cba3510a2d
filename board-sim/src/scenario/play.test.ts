import { assert, suite } from '@ewon-agent/contracts/testing';
import { type Play, play } from './play.ts';
import type { Scenario, Step } from './scenario.ts';
import type { AgentSight, Hands, Stage } from './stage.ts';

const EMPTY: AgentSight = { registration: 'unregistered', uplink: 'off', slots: [], led: 'running', starts: 1 };

function scenarioOf(...steps: readonly Step[]): Scenario {
  const throughout = { heartbeatGapMs: 1000 };
  return { name: 'one', shows: 'It is played.', boards: ['sim'], tags: [], given: {}, throughout, steps };
}

/** A board on which a card is pending 300 ms after it was put in. */
function littleStage(options: { readonly hands?: Hands; readonly silentMs?: number; readonly patience?: number } = {}) {
  let nowMs = 0;
  let insertedMs = Number.POSITIVE_INFINITY;
  const asked: number[] = [];
  const stage: Stage = {
    board: 'sim',
    hands: options.hands ?? {
      insert: async () => {
        insertedMs = nowMs;
      },
    },
    eyes: {
      agent: async () => ({ ...EMPTY, registration: nowMs >= insertedMs + 300 ? 'pending' : 'unregistered' }),
      events: async () => [],
      account: async () => ({ pending: 0, requests: 0, ewons: 0, online: 0, log: [] }),
      cardFile: async () => undefined,
    },
    time: {
      now: () => nowMs,
      patience: options.patience ?? 1,
      wait: async (ms) => {
        nowMs += ms;
      },
      async until(look, withinMs) {
        asked.push(withinMs);
        for (const endMs = nowMs + withinMs; !(await look()); nowMs += 100) if (nowMs >= endMs) return false;
        return true;
      },
    },
    vitals: async () =>
      options.silentMs === undefined
        ? undefined
        : { heartbeatGapMs: options.silentMs, watcherGapMs: 0, memoryGrowthKib: 0 },
    close: async () => {},
  };
  const on: Play = { board: 'sim', setStage: async () => stage, wallMs: () => nowMs };
  return { on, stage, asked };
}

const insert: Step = { do: 'insert', with: { card: 'card', slot: 'usb1' } };
const pending: Step = { do: 'expect', seen: { registration: 'pending' }, withinMs: 500 };

suite('playing a scenario', (test) => {
  test('a board that waits for a busy machine has longer for what is expected, and no longer for what stays', async () => {
    const late: Step = { ...pending, withinMs: 150 };
    const stays: Step = { do: 'stays', seen: { registration: 'pending' }, forMs: 200 };
    const outcomes = [1, 2].map(async (patience) => {
      const { on, asked } = littleStage({ patience });
      return { ...(await play(scenarioOf(insert, late, stays), on)), asked };
    });
    const [hasty, patient] = await Promise.all(outcomes);
    assert.deepEqual([hasty?.outcome, hasty?.asked], ['failed', [150]]);
    assert.deepEqual([patient?.outcome, patient?.asked], ['passed', [300, 200]]);
  });

  test('steps are taken in order, each with the time it took', async () => {
    const { on, asked } = littleStage();
    const { outcome, steps, why } = await play(scenarioOf({ do: 'wait', ms: 50 }, insert, pending), on);
    assert.deepEqual([outcome, why], ['passed', undefined]);
    assert.deepEqual(
      steps.map(({ atMs, tookMs }) => [atMs, tookMs]),
      [
        [0, 50],
        [50, 0],
        [50, 300],
      ],
    );
    assert.deepEqual(asked, [500]);
  });

  test('the first failure ends it; what was not reached says so', async () => {
    const late: Step = { do: 'expect', seen: { registration: 'registered' }, withinMs: 100 };
    const { outcome, steps, why } = await play(scenarioOf(insert, late, pending), littleStage().on);
    assert.equal(outcome, 'failed');
    assert.deepEqual(
      steps.map((step) => step.outcome),
      ['done', 'failed', 'notReached'],
    );
    assert.equal(why, 'expect registration registered within 100 ms: registration is unregistered, not registered');
  });

  test('what must stay fails as soon as it is otherwise, and what stays passes', async () => {
    const stays = (forMs: number): Step => ({ do: 'stays', seen: { registration: 'unregistered' }, forMs });
    assert.equal((await play(scenarioOf(insert, stays(200)), littleStage().on)).outcome, 'passed');
    const { why, steps } = await play(scenarioOf(insert, stays(900)), littleStage().on);
    assert.match(why ?? '', /registration is pending, not unregistered/);
    assert.equal(steps[1]?.tookMs, 300);
  });

  test('a hand that the board has not, and one that fails, are said', async () => {
    const none = await play(scenarioOf(insert), littleStage({ hands: {} }).on);
    assert.equal(none.why, 'insert card card, slot usb1: board sim has no insert');
    const broken = littleStage({ hands: { insert: () => Promise.reject(new Error('stuck')) } });
    assert.match((await play(scenarioOf(insert), broken.on)).why ?? '', /: stuck$/);
  });

  test('an agent that was silent for too long fails a scenario whose steps all passed', async () => {
    const silent = await play(scenarioOf(insert), littleStage({ silentMs: 1001 }).on);
    assert.match(silent.why ?? '', /silent for 1001 ms .*limit 1000/);
    assert.equal((await play(scenarioOf(insert), littleStage({ silentMs: 1000 }).on)).outcome, 'passed');
  });

  test('a stage that cannot be set, cleared or watched is a failure of the scenario, not of the player', async () => {
    const { stage, on } = littleStage();
    const refuse = () => Promise.reject(new Error('no board'));
    const unset = await play(scenarioOf(insert), { ...on, setStage: refuse });
    assert.deepEqual([unset.why, unset.steps[0]?.outcome], ['the stage could not be set: no board', 'notReached']);
    const uncleared = await play(scenarioOf(insert), { ...on, setStage: async () => ({ ...stage, close: refuse }) });
    assert.equal(uncleared.why, 'the stage could not be cleared: no board');
    const unwatched = await play(scenarioOf(insert), { ...on, setStage: async () => ({ ...stage, vitals: refuse }) });
    assert.equal(unwatched.why, 'no board');
  });
});
