import type { Millis } from '@ewon-agent/contracts';
import { differences, limitsPassed, look } from './judge.ts';
import type { Action, ActionName, BoardKind, Scenario, Step } from './scenario.ts';
import type { Eyes, Hands, Stage, Vitals } from './stage.ts';
import { wordsOf } from './words.ts';

/** One step as it went. `atMs` by the board's time since the first step; `detail` says why it failed. */
export type StepResult = {
  readonly text: string;
  readonly atMs: Millis;
  readonly tookMs: Millis;
  readonly outcome: 'done' | 'failed' | 'notReached';
  readonly detail?: string;
};

/** One scenario as it went. `tookMs` by the clock on the wall, setting the stage included. */
export type ScenarioResult = {
  readonly name: string;
  readonly shows: string;
  readonly board: BoardKind;
  readonly outcome: 'passed' | 'failed';
  readonly tookMs: Millis;
  readonly steps: readonly StepResult[];
  readonly vitals?: Vitals;
  /** What went wrong: a step, a limit, or the stage itself. */
  readonly why?: string;
  /** What was seen when it went wrong, in lines: the agent, its events, the account. */
  readonly saw?: readonly string[];
};

type Went = Pick<ScenarioResult, 'steps' | 'vitals' | 'why' | 'saw'>;

export type Play = {
  readonly board: BoardKind;
  readonly setStage: (scenario: Scenario) => Promise<Stage>;
  /** The clock on the wall. */
  readonly wallMs: () => Millis;
};

/** Plays a scenario to its end or to its first failure. Never throws: what goes wrong is in the result. */
export async function play(scenario: Scenario, { board, setStage, wallMs }: Play): Promise<ScenarioResult> {
  const beganMs = wallMs();
  const { name, shows } = scenario;
  const result = (went: Went): ScenarioResult => {
    const outcome = went.why === undefined ? 'passed' : 'failed';
    return { name, shows, board, outcome, tookMs: Math.round(wallMs() - beganMs), ...went };
  };
  const unplayed = scenario.steps.map((step) => notReached(step));
  let stage: Stage;
  try {
    stage = await setStage(scenario);
  } catch (cause) {
    return result({ steps: unplayed, why: `the stage could not be set: ${reasonOf(cause)}` });
  }
  let went: Went;
  try {
    went = await playOn(stage, scenario);
  } catch (cause) {
    went = { steps: unplayed, why: reasonOf(cause) };
  }
  try {
    await stage.close();
  } catch (cause) {
    went = { ...went, why: went.why ?? `the stage could not be cleared: ${reasonOf(cause)}` };
  }
  return result(went);
}

async function playOn(stage: Stage, scenario: Scenario): Promise<Went> {
  const steps: StepResult[] = [];
  const beganMs = stage.time.now();
  for (const step of scenario.steps) {
    const failed = steps.some(({ outcome }) => outcome === 'failed');
    steps.push(failed ? notReached(step) : await takeStep(stage, step, beganMs));
  }
  const failed = steps.find(({ outcome }) => outcome === 'failed');
  const vitals = await stage.vitals();
  const passed = vitals ? limitsPassed(scenario.throughout, vitals) : [];
  const why = failed ? `${failed.text}: ${failed.detail ?? ''}` : passed.join('; ');
  const told = { steps, ...(vitals ? { vitals } : {}) };
  return why === '' ? told : { ...told, why, saw: await lookAround(stage.eyes) };
}

async function takeStep(stage: Stage, step: Step, beganMs: Millis): Promise<StepResult> {
  const fromMs = stage.time.now();
  let detail: string | undefined;
  try {
    detail = await act(stage, step);
  } catch (cause) {
    detail = reasonOf(cause);
  }
  const took = { atMs: Math.round(fromMs - beganMs), tookMs: Math.round(stage.time.now() - fromMs) };
  if (detail === undefined) return { text: wordsOf(step), ...took, outcome: 'done' };
  return { text: wordsOf(step), ...took, outcome: 'failed', detail };
}

/** So many of the newest events and log lines tell the story. */
const LINES_SHOWN = 12;

async function lookAround({ agent, events, account, kernel }: Eyes): Promise<readonly string[]> {
  const { log, ...counts } = await account();
  return [
    `agent ${JSON.stringify((await agent()) ?? 'does not answer')}`,
    ...(await events()).slice(-LINES_SHOWN).map(({ code, text }) => `event ${code}: ${text}`),
    `account ${JSON.stringify(counts)}`,
    ...log.slice(-LINES_SHOWN).map((line) => `log ${line}`),
    ...((await kernel?.()) ?? []).map((line) => `kernel ${line}`),
  ];
}

/** @returns why it failed; undefined when all is well */
async function act(stage: Stage, step: Step): Promise<string | undefined> {
  const { time, eyes, hands } = stage;
  switch (step.do) {
    case 'wait':
      await time.wait(step.ms);
      return undefined;
    case 'expect': {
      let last: readonly string[] = [];
      const holds = async () => {
        last = differences(step.seen, await look(step.seen, eyes));
        return last.length === 0;
      };
      return (await time.until(holds, step.withinMs * time.patience)) ? undefined : last.join('; ');
    }
    case 'stays': {
      let first: readonly string[] = [];
      const breaks = async () => {
        first = differences(step.seen, await look(step.seen, eyes));
        return first.length > 0;
      };
      return (await time.until(breaks, step.forMs)) ? first.join('; ') : undefined;
    }
    default:
      return perform(hands, stage.board, step);
  }
}

async function perform<Name extends ActionName>(
  hands: Hands,
  board: BoardKind,
  action: Action<Name>,
): Promise<string | undefined> {
  const hand: Hands[Name] = hands[action.do];
  if (!hand) return `board ${board} has no ${action.do}`;
  await hand(action.with);
  return undefined;
}

function notReached(step: Step): StepResult {
  return { text: wordsOf(step), atMs: 0, tookMs: 0, outcome: 'notReached' };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
