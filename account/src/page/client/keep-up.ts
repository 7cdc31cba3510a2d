import type { Answer } from './api.ts';
import type { Ewon, Problem } from './api-types.ts';

/** What is asked for is read again at most this often, however many Ewons say something. */
export const BREATH_MS = 2000;

export type KeptUp<T> = { readonly value: T | undefined; readonly problem: Problem | undefined };

type Clock = { readonly now: () => number; readonly after: (ms: number, call: () => void) => () => void };

/**
 * Keeps one answer of the server up to date: what Ewons say is put into it at once, and a breath later it is read again, because
 * they may stand elsewhere in it now, or in it at all.
 * @param change an answer, by what Ewons said; the same one when nothing of it changed
 * @param show told whenever there is something else to show
 */
export function keepUp<T>(of: {
  readonly clock: Clock;
  readonly change: (value: T, rows: readonly Ewon[]) => T;
  readonly readAgain: boolean;
  readonly show: (shown: KeptUp<T>) => void;
}) {
  const { clock, change, show } = of;
  let read: (() => Promise<Answer<T>>) | undefined;
  let question = 0;
  let asked = 0;
  let answered = 0;
  let askedAtMs = 0;
  let shown: KeptUp<T> = { value: undefined, problem: undefined };
  let cancel: (() => void) | undefined;
  /** Something was heard while a question was under way. */
  let isDue = false;
  /** What was heard since each question under way: its answer may be older. */
  const underWay = new Map<number, (readonly Ewon[])[]>();

  const put = (next: KeptUp<T>) => {
    shown = next;
    show(next);
  };
  const readNow = async (): Promise<void> => {
    if (!read) return;
    cancel?.();
    cancel = undefined;
    askedAtMs = clock.now();
    asked += 1;
    const [mine, of] = [asked, question];
    const heard: (readonly Ewon[])[] = [];
    underWay.set(mine, heard);
    const answer = await read();
    underWay.delete(mine);
    if (isDue) readSoon();
    // of another question, or overtaken by a later one
    if (of !== question || mine < answered) return;
    answered = mine;
    if (answer.ok) put({ value: heard.reduce(change, answer.value), problem: undefined });
    else put({ value: shown.value, problem: answer.problem });
  };
  const readSoon = () => {
    // a server that is slow is not asked twice
    isDue = underWay.size > 0;
    if (isDue) return;
    cancel ??= clock.after(Math.max(0, askedAtMs + BREATH_MS - clock.now()), () => void readNow());
  };
  return {
    /** Asks at once; the answer to an earlier question does not count any more. */
    ask(how: () => Promise<Answer<T>>): void {
      read = how;
      question += 1;
      void readNow();
    },
    /** Asks the same again, at once. */
    again: () => void readNow(),
    hear(rows: readonly Ewon[]): void {
      for (const heard of underWay.values()) heard.push(rows);
      if (shown.value !== undefined) {
        const value = change(shown.value, rows);
        if (value !== shown.value) put({ ...shown, value });
      }
      if (of.readAgain) readSoon();
    },
    stop(): void {
      read = undefined;
      isDue = false;
      question += 1;
      cancel?.();
      cancel = undefined;
    },
  };
}
