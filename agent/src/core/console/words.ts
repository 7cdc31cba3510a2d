// What a line means by the tree of commands, what can follow it, and how it can be completed.

import { TREES } from './commands.ts';
import { type Mode, mayAs, type Person, type Place, type Run, type Word } from './tree.ts';

export type Pipe = { readonly by: 'include' | 'exclude' | 'begin'; readonly text: string };
export type Parsed =
  | { readonly at: 'empty' }
  | {
      readonly at: 'run';
      readonly run: Run;
      /** The values of the line. */
      readonly given: readonly string[];
      readonly pipe?: Pipe;
    }
  /** `column`: of the word that is wrong, in the line. */
  | { readonly at: 'wrong'; readonly why: keyof typeof WRONG; readonly column: number };
/** Where a line is typed, and by whom. */
export type Typist = { readonly mode: Mode; readonly role: Person['role'] };

export const WRONG = {
  invalid: '% Invalid input',
  ambiguous: '% Ambiguous command',
  incomplete: '% Incomplete command',
  privileged: '% Needs privileged mode: type "enable" first',
} as const;

const PIPES = [
  { word: 'begin', help: 'From the first line that holds a text' },
  { word: 'exclude', help: 'Lines that do not hold a text' },
  { word: 'include', help: 'Lines that hold a text' },
] as const satisfies readonly Word[];

/** Says what a line means. A line that begins with `!` means nothing, so that scripts can say why. */
export function parseLine(line: string, typist: Typist): Parsed {
  const { command, pipe } = splitPipe(line);
  const words = wordsOf(command);
  if (words[0]?.text.startsWith('!')) return { at: 'empty' };
  if (words.length === 0) return pipe === undefined ? { at: 'empty' } : wrong('invalid', command.length);
  const walk = walked(words, typist);
  if ('why' in walk) return wrong(walk.why, walk.column);
  if (!walk.run) return wrong('incomplete', command.trimEnd().length + 1);
  const { run, given } = walk;
  if (pipe === undefined) return { at: 'run', run, given };
  const meant = pipeOf(pipe, command.length + 1);
  if ('at' in meant) return meant;
  return run.do === 'ask' ? { at: 'run', run, given, pipe: meant } : wrong('invalid', command.length);
}

/** What can follow the text before the cursor: a row for each. Empty: nothing can. */
export function helpFor(before: string, typist: Typist): readonly string[] {
  const next = nextOf(before, typist);
  const rows = next.words.map(({ word, help }) => `  ${word.padEnd(14)} ${help}`);
  return [...rows, ...(next.canEnd ? [`  ${'|'.padEnd(14)} Choose lines`, '  <cr>'] : [])];
}

/** The same text with its last word completed as far as it is certain. */
export function completed(before: string, typist: Typist): string {
  const { words, typed } = nextOf(before, typist);
  const [first, ...others] = words.map(({ word }) => word);
  if (first === undefined || first.startsWith('<')) return before;
  const common = others.reduce((start, word) => commonStart(start, word), first);
  const rest = common.slice(typed.length);
  return before + rest + (others.length === 0 ? ' ' : '');
}

/** The lines that a pipe lets through. Text is taken as it is: no pattern can take for ever. */
export function piped(lines: readonly string[], pipe: Pipe | undefined): readonly string[] {
  if (!pipe) return lines;
  const { by, text } = pipe;
  if (by === 'begin') {
    const first = lines.findIndex((line) => line.includes(text));
    return first < 0 ? [] : lines.slice(first);
  }
  return lines.filter((line) => line.includes(text) === (by === 'include'));
}

type Typed = { readonly text: string; readonly column: number };
type Wrong = { readonly why: keyof typeof WRONG; readonly column: number };
type Walk = Place & { readonly given: readonly string[] };

function wrong(why: keyof typeof WRONG, column: number): Parsed {
  return { at: 'wrong', why, column };
}

/** A value with blanks stands in quotation marks, in which no other can be. */
const WORD = /"[^"]*"?|[^ "]+/g;

function wordsOf(text: string): readonly Typed[] {
  return [...text.matchAll(WORD)].map((match) => ({ text: match[0], column: match.index }));
}

/** A pipe begins at the first bar that does not stand in quotation marks. */
function splitPipe(line: string): { readonly command: string; readonly pipe?: string } {
  const at = line.replaceAll(/"[^"]*"?/g, (quoted) => 'x'.repeat(quoted.length)).indexOf('|');
  return at < 0 ? { command: line } : { command: line.slice(0, at), pipe: line.slice(at + 1) };
}

function pipeOf(pipe: string, column: number): Pipe | Parsed {
  const [by] = wordsOf(pipe);
  if (!by) return wrong('incomplete', column + pipe.length);
  const found = PIPES.filter(({ word }) => word.startsWith(by.text));
  if (found.length !== 1 || !found[0]) return wrong('invalid', column + by.column);
  const text = pipe.slice(by.column + by.text.length).trim();
  return text === '' ? wrong('incomplete', column + pipe.length) : { by: found[0].word, text };
}

/** Goes down the tree by words that may be shortened, and by values. */
function walked(words: readonly Typed[], typist: Typist): Walk | Wrong {
  let here: Walk = { to: TREES[typist.mode], given: [] };
  for (const { text, column } of words) {
    const { value, given } = here;
    if (value) {
      const plain = unquoted(text);
      if (plain === undefined || !value.isValid(plain)) return { why: 'invalid', column };
      here = { ...placeOf(value), given: [...given, plain] };
      continue;
    }
    const known = (here.to ?? []).filter(({ role }) => mayAs(typist.role, role));
    const meant = known.filter(({ word }) => word.startsWith(text));
    const found = meant.find(({ word }) => word === text) ?? (meant.length === 1 ? meant[0] : undefined);
    if (!found) return { why: meant.length > 1 ? 'ambiguous' : 'invalid', column };
    if (!isFor(found, typist)) return { why: 'privileged', column };
    here = { ...placeOf(found), given };
  }
  return here;
}

function placeOf({ to, value, run }: Place): Place {
  return { ...(to && { to }), ...(value && { value }), ...(run && { run }) };
}

/** @returns undefined for a quotation mark that does not end */
function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  return text.length > 1 && text.endsWith('"') ? text.slice(1, -1) : undefined;
}

function isFor({ needs, role }: Word, typist: Typist): boolean {
  return mayAs(typist.role, role) && (needs === undefined || typist.mode !== 'user');
}

type Next = { readonly words: readonly Word[]; readonly typed: string; readonly canEnd: boolean };

function nextOf(before: string, typist: Typist): Next {
  const { command, pipe } = splitPipe(before);
  const text = pipe ?? command;
  const typed = /(?:"[^"]*|[^ "]*)$/.exec(text)?.[0] ?? '';
  const none = { words: [], typed, canEnd: false };
  const done = wordsOf(text.slice(0, text.length - typed.length));
  if (pipe !== undefined) {
    if (done.length > 0) return { ...none, words: [{ word: '<text>', help: 'What the line holds' }] };
    return { ...none, words: PIPES.filter(({ word }) => word.startsWith(typed)) };
  }
  const walk = walked(done, typist);
  if ('why' in walk) return none;
  const { value, to = [], run } = walk;
  const canEnd = run !== undefined && typed === '';
  if (value) return { typed, canEnd, words: [{ word: `<${value.label}>`, help: value.help }] };
  const words = to.filter((word) => word.word.startsWith(typed) && isFor(word, typist));
  return { words, typed, canEnd };
}

function commonStart(a: string, b: string): string {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  return a.slice(0, i);
}
