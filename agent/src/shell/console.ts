import { err } from '@ewon-agent/contracts';
import {
  type Console,
  type ConsoleAnswer,
  type ConsoleEvent,
  consoleTransition,
  initialConsole,
  isFilled,
} from '../core/console.ts';
import type { ConsoleOrder } from '../core/console-words.ts';

/** The line that a console comes over: a terminal, a pipe, a serial port. */
export type ConsoleLine = {
  /** Takes what is shown, ASCII only; never throws, also when the other end is gone. */
  write(text: string): void;
  /** What comes is not wanted for now, or again. A line that cannot wait goes on: the console keeps what it may. */
  hold(isHeld: boolean): void;
  /** The session is over; called once, nothing is written afterwards. */
  end(status: number): void;
};
type Parts = {
  readonly line: ConsoleLine;
  /** Carries an order out; what it throws is told as a fault. */
  readonly ask: (what: ConsoleOrder) => Promise<ConsoleAnswer>;
  readonly terminal?: Parameters<typeof initialConsole>[0];
};

/** Runs one session over a line. @returns where the line reports what happens on it */
export function startConsole({ line, ask, terminal }: Parts): { happened(event: ConsoleEvent): void } {
  let state: Console = initialConsole(terminal);
  const happened = (event: ConsoleEvent) => {
    const wasFilled = isFilled(state);
    const [next, effects] = consoleTransition(state, event);
    state = next;
    for (const effect of effects) {
      if (effect.do === 'write') line.write(effect.text);
      if (effect.do === 'end') line.end(effect.status);
      if (effect.do === 'ask') void asked(effect.id, effect.what);
    }
    if (wasFilled !== isFilled(next)) line.hold(isFilled(next));
  };
  const asked = async (id: number, what: ConsoleOrder) => {
    const answer = await ask(what).catch((cause: unknown) => err('CONFLICT', String(cause), cause));
    happened({ on: 'answered', id, answer });
  };
  return { happened };
}
