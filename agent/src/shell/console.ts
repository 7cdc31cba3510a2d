import { err } from '@ewon-agent/contracts';
import {
  type Console,
  type ConsoleAnswer,
  type ConsoleEffect,
  type ConsoleEvent,
  consoleTransition,
  initialConsole,
  isAtPrompt,
  isFilled,
} from '../core/console/session.ts';
import { mayAs, type Order, type Person } from '../core/console/tree.ts';

/** The line that a console comes over: a terminal, a pipe, a serial port. `Bytes` is what it lends for a file. */
export type ConsoleLine<Bytes> = {
  /** Takes what is shown, ASCII only; never throws, also when the other end is gone. */
  write(text: string): void;
  /** What comes is not wanted for now, or again. A line that cannot wait goes on: the console keeps what it may. */
  hold(isHeld: boolean): void;
  /** Lends the bare bytes of both directions; until they are given back, nothing that comes is reported to the console. */
  lend(): { readonly bytes: Bytes; giveBack(): void };
  /** The session is over; called once, nothing is written afterwards. */
  end(status: number): void;
};
/** What an order may need beside its words. */
export type Asking<Bytes> = {
  readonly person: Person;
  /** Nobody waits any more: the answer is not shown. */
  readonly signal: AbortSignal;
  /** What outlives the order. */
  readonly session?: SessionTalk;
  /** There for an order that is a transfer. */
  readonly bytes?: Bytes;
};
/** What an order may leave behind in its session. */
export type SessionTalk = {
  /** Shows a line, without tearing what is typed. */
  tell(text: string): void;
  /** What goes on telling, by its name; aborted at the end of the session. */
  readonly feeds: Map<string, AbortController>;
};
export type ConsoleParts<Bytes> = {
  readonly line: ConsoleLine<Bytes>;
  /** Carries an order out; what it throws is told as a fault. */
  readonly ask: (order: Order, asking: Asking<Bytes>) => Promise<ConsoleAnswer>;
  /** Told each command that was understood, before it is carried out. */
  readonly audit?: (command: string, person: Person) => void;
  readonly terminal?: Parameters<typeof initialConsole>[0];
  readonly person?: Person;
};
/** One session, as whoever holds its line sees it. */
export type ConsoleSession = {
  /** Takes what happens on the line. */
  happened(event: ConsoleEvent): void;
  /** Only a key is waited for; time spent so counts as idle. */
  isAtPrompt(): boolean;
};

/** Orders that were given up go on to their end; who gives up one after the other must not have the agent do them all at once. */
const GIVEN_UP_MAX = 4;

/** Runs one session over a line. */
export function startConsole<Bytes>({ line, ask, audit, ...who }: ConsoleParts<Bytes>): ConsoleSession {
  let state: Console = initialConsole(who.terminal, who.person);
  const waiting = new Map<number, AbortController>();

  const session: SessionTalk = { tell: (text) => happened({ on: 'logged', text }), feeds: new Map() };

  const happened = (event: ConsoleEvent) => {
    const wasFilled = isFilled(state);
    const isLess = event.on === 'allowed' && !mayAs(event.person.role, state.person.role);
    if (isLess) for (const feed of session.feeds.values()) feed.abort();
    const [next, effects] = consoleTransition(state, event);
    state = next;
    for (const effect of effects) perform(effect);
    if (wasFilled !== isFilled(next)) line.hold(isFilled(next));
  };

  const perform = (effect: ConsoleEffect) => {
    switch (effect.do) {
      case 'write':
        return line.write(effect.text);
      case 'ask':
        return void asked(effect);
      case 'giveUp':
        return waiting.get(effect.id)?.abort();
      case 'audit':
        return audit?.(effect.command, state.person);
      case 'end':
        for (const feed of session.feeds.values()) feed.abort();
        return line.end(effect.status);
    }
  };

  const asked = async ({ id, order, isTransfer }: ConsoleEffect & { do: 'ask' }) => {
    const controller = new AbortController();
    waiting.set(id, controller);
    const { signal } = controller;
    const { person } = state;
    const lent = isTransfer ? line.lend() : undefined;
    const isFull = [...waiting.values()].filter((other) => other.signal.aborted).length >= GIVEN_UP_MAX;
    const asking = { person, signal, session, ...(lent && { bytes: lent.bytes }) };
    const answer = await (isFull
      ? Promise.resolve(err('CONSOLE_BUSY'))
      : ask(order, asking).catch((cause: unknown) => err('CONFLICT', String(cause), cause)));
    lent?.giveBack();
    waiting.delete(id);
    happened({ on: 'answered', id, answer });
  };

  return { happened, isAtPrompt: () => isAtPrompt(state) };
}
