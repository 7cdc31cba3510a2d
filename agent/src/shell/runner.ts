import { type ClockPort, type LogPort, type Result, SECOND_MS } from '@ewon-agent/contracts';
import {
  type AgentContext,
  type AgentEffect,
  type AgentEvent,
  type AgentState,
  agentTransition,
  initialState,
} from '../core/agent.ts';
import { documentOf, type Remembered } from '../core/document.ts';

/** What the runner did last; a test cuts the power after each of these. */
export type RunnerStep = { readonly did: 'save' | AgentEffect['do']; readonly effect?: AgentEffect };

export type RunnerParts = {
  readonly context: AgentContext;
  readonly remembered: Remembered;
  readonly save: (document: string) => Result<void>;
  /** Carries out one effect. What takes long is begun, and its result comes back as an event. */
  readonly perform: (effect: AgentEffect) => Promise<void>;
  /** Told when an event was carried out: the state may be another one now. */
  readonly stepped?: () => void;
  readonly log: LogPort;
  readonly clock: ClockPort;
  readonly observe?: (step: RunnerStep) => Promise<void> | void;
};

/** A full disk is freed by people or by log rotation, not within milliseconds. */
const SAVE_RETRY_MS = 5 * SECOND_MS;

/** Runs the machines: one event after another, saved before anything is sent, effects one at a time. */
export type Runner = {
  post(event: AgentEvent): void;
  state(): AgentState;
  /** Resolves when every event posted so far, and what followed from it at once, is done. */
  settled(): Promise<void>;
  stop(): void;
};

/** Makes a runner over what was saved. The first event must be `Started`. */
export function createRunner(parts: RunnerParts): Runner {
  let state = initialState(parts.remembered.registration, parts.remembered.orders);
  let saved = documentOf(parts.remembered);
  let queue: AgentEvent[] = [];
  let working: Promise<void> | undefined;
  let stopped = false;

  async function work(): Promise<void> {
    for (let event = queue.shift(); event && !stopped; event = queue.shift()) await step(event);
    working = undefined;
  }

  async function step(event: AgentEvent): Promise<void> {
    const [next, effects] = agentTransition(state, event, parts.context);
    parts.log.write('debug', 'agent', event.on, { registration: next.registration.at, uplink: next.uplink.at });
    const document = documentOf({ ...parts.remembered, registration: next.registration, orders: next.orders });
    if (document !== saved) {
      const written = parts.save(document);
      if (!written.ok) return refuse(written.fault.detail, event);
      saved = document;
      await parts.observe?.({ did: 'save' });
    }
    state = next;
    for (const effect of effects) {
      if (stopped) return;
      await parts.perform(effect);
      await parts.observe?.({ did: effect.do, effect });
    }
    parts.stepped?.();
  }

  /** Not saved means not sent: the machine stays where the disk says it is, and the event comes again. */
  function refuse(detail: string, event: AgentEvent): void {
    parts.clock.after(SAVE_RETRY_MS, () => post(event));
    parts.log.write('error', 'agent', 'state could not be saved', {
      code: 'STATE_UNWRITABLE',
      detail,
      event: event.on,
    });
  }

  function post(event: AgentEvent): void {
    if (stopped) return;
    queue.push(event);
    working ??= begin();
  }

  /** A throw is a bug of ours. It ends the process even when somebody waits in `settled` and so has heard of it. */
  function begin(): Promise<void> {
    const run = Promise.resolve().then(work);
    void run.then(() => {});
    return run;
  }

  return {
    post,
    state: () => state,
    async settled() {
      while (working) await working;
    },
    stop() {
      stopped = true;
      queue = [];
    },
  };
}
