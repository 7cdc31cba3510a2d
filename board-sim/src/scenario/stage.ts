import type { Millis } from '@ewon-agent/contracts';
import type { ActionName, Actions, BoardKind } from './scenario.ts';

// What a scenario is played on: a board with the agent on it, an account, and time. The simulated board, the board
// with a real kernel and a real one each join these for themselves.

/** What can be done there. A board leaves out what it has not; a scenario that needs it fails with that sentence. */
export type Hands = { readonly [A in ActionName]?: (how: Actions[A]) => Promise<void> };

/** The agent as its status shows it, and the LED beside it. */
export type AgentSight = {
  readonly registration: string;
  readonly lastCode?: string;
  readonly uplink: string;
  readonly slots: readonly { readonly slot: string; readonly state: string; readonly code?: string }[];
  readonly led: string;
  readonly starts: number;
};

/** A line of the agent's event log. */
export type EventSight = { readonly code: string; readonly text: string };

/** The account as its page shows it. */
export type AccountSight = {
  readonly pending: number;
  readonly requests: number;
  readonly ewons: number;
  readonly online: number;
  readonly log: readonly string[];
};

/** What can be seen there. */
export type Eyes = {
  /** Undefined while the agent does not answer. */
  agent(): Promise<AgentSight | undefined>;
  events(): Promise<readonly EventSight[]>;
  account(): Promise<AccountSight>;
  /** A file on a card by the name the scenario gives the card; undefined when it is not there. */
  cardFile(card: string, file: string): Promise<string | undefined>;
  /** The newest lines of the kernel's log, oldest first; absent where there is no kernel of its own. */
  kernel?(): Promise<readonly string[]>;
};

/**
 * What was watched from the first step to the last. `heartbeatGapMs` is the longest silence of the agent, asked ten
 * times a second; `watcherGapMs` the longest time for which the watcher itself was not given the processor.
 */
export type Vitals = {
  readonly heartbeatGapMs: Millis;
  readonly watcherGapMs: Millis;
  readonly memoryGrowthKib: number;
};

export type StageTime = {
  /** The board's own time since the stage was set. */
  now(): Millis;
  /**
   * So many times the deadline of a step is waited for: above 1 where what the board waits for (the account, a medium)
   * is the work of a machine that may have other things to do. A second of that board is then no claim about a second.
   */
  readonly patience: number;
  wait(ms: Millis): Promise<void>;
  /** Looks again and again. @returns whether it held before the time was over */
  until(look: () => Promise<boolean>, withinMs: Millis): Promise<boolean>;
};

/** Everything is in place for the first step. */
export type Stage = {
  readonly board: BoardKind;
  readonly hands: Hands;
  readonly eyes: Eyes;
  readonly time: StageTime;
  /** What was watched so far; undefined where it cannot be seen. */
  vitals(): Promise<Vitals | undefined>;
  close(): Promise<void>;
};
