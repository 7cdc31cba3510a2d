// What one session of a console writes, and how its row is kept true: for terminals that know no more than BS, CR and LF.

import { EMPTY_LINE, paint, type View, viewOf } from './line.ts';
import { MORE, rowsOf } from './pager.ts';
import type { Console, ConsoleEffect, Step } from './session.ts';
import type { Mode } from './tree.ts';

/** A row in which nothing stands. */
export const EMPTY_ROW: View = { text: '', at: 0 };

/** Brings the row up to date: the prompt with the line, a question, or `--More--`. */
export function painted(state: Console): Step {
  if (isSilent(state)) return [state, []];
  const view = rowOf(state);
  return [{ ...state, view }, write(paint(state.view, view))];
}

export function prompted(state: Console, effects: readonly ConsoleEffect[]): Step {
  return after([state, effects], painted);
}

function rowOf({ doing, mode, line, terminal }: Console): View {
  if (doing.at === 'paging') return { text: MORE, at: MORE.length };
  if (doing.at === 'asking' || doing.at === 'ended') return EMPTY_ROW;
  if (doing.at === 'prompting') {
    const { label, isSecret } = doing.prompt;
    return viewOf(`${label}: `, isSecret ? EMPTY_LINE : line, terminal.width);
  }
  return viewOf(doing.at === 'confirming' ? doing.question : PROMPTS[mode], line, terminal.width);
}

/** Goes below the row. */
export function lineLeft(state: Console): Step {
  return [{ ...state, view: EMPTY_ROW }, isSilent(state) ? [] : write(newline(state))];
}

export function wrote(state: Console, lines: readonly string[]): Step {
  return wroteRows(state, rowsOf(lines, state.terminal.width));
}

export function wroteRows(state: Console, rows: readonly string[]): Step {
  return [state, write(rows.map((row) => row + newline(state)).join(''))];
}

/** What stands before a line. */
export const PROMPTS: Readonly<Record<Mode, string>> = {
  user: 'ewon> ',
  privileged: 'ewon# ',
  config: 'ewon(config)# ',
};
/** What `help` says. */
export const HELP = [
  '?              what can be typed here, also amid a line',
  'Tab            completes a word; words may be shortened: "sh st"',
  'Up, ^P         the line before; Down, ^N the next',
  '^A ^E ^B ^F    start, end, left, right; ^K ^U ^W delete to the end, start, word',
  '^C             gives up the line, or what is waited for',
  'show ... | include TEXT    lines that hold a text; also exclude, begin',
  'At --More--    space the next page, Enter the next row, q enough',
  'enable         commands that change something',
  'exit           leaves',
];

/** Nobody sees an echo. */
export function isSilent({ terminal }: Console): boolean {
  return terminal.isDumb || terminal.isPlain;
}

export function newline({ terminal }: Console): string {
  return terminal.isPlain ? '\n' : '\r\n';
}

export function beforeCursor({ line }: Console): string {
  return line.text.slice(0, line.at);
}

export function write(text: string): readonly ConsoleEffect[] {
  return text === '' ? [] : [{ do: 'write', text }];
}

export function after([state, effects]: Step, then: (state: Console) => Step): Step {
  const [next, more] = then(state);
  return [next, [...effects, ...more]];
}

/** One write in place of many: a slow line is written to once. */
export function joined(effects: readonly ConsoleEffect[]): readonly ConsoleEffect[] {
  const out: ConsoleEffect[] = [];
  let text = '';
  for (const effect of effects) {
    if (effect.do === 'write') {
      text += effect.text;
      continue;
    }
    if (text !== '') out.push({ do: 'write', text });
    text = '';
    out.push(effect);
  }
  return text === '' ? out : [...out, { do: 'write', text }];
}
