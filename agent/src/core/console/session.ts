// One session of a console, whatever line it comes over.
//
//                     a command that is asked elsewhere
//   typing ─────────────────────────────────────────────▶ asking ──▶ typing, or paging where it is more than a page
//     │  ▲ │        prompts                              ▲
//     │  │ └─▶ prompting ───────────────────────────────▶│
//     │  │ │                     yes                     │
//     │  └─┴── anything else ◀── confirming ─────────────┘
//     └─ exit, hang-up ──▶ ended
//
//   typing       the line is being edited; nothing of it has an effect before its end came
//   prompting    values are asked for, one after the other; what is secret is not echoed and not kept
//   confirming   a question stands in the row; only the whole word yes and its end order anything
//   asking       one answer is waited for; what is typed meanwhile is kept, ^C gives the answer up (what was ordered stays ordered).
//                Where a file goes over the line meanwhile, what comes is that file's
//   paging       --More-- stands in the row; keys are the pager's
//   ended        nothing is taken or written any more
//
// One file of more than 400 lines: a machine is read as a whole, state by state.
// Every event that does not fit keeps the state. Who may use it was decided by who let the line in.

import { asciiJson, CODES, describeFault, holdsGrk, type Result } from '@ewon-agent/contracts';
import { TERMINAL_LENGTH, TERMINAL_WIDTH } from './commands/terminal.ts';
import { EMPTY_LINE, entered, joinEnds, type Line, type LineAct, readKeys, type View, wipe, withText } from './line.ts';
import { type Pager, pageRows, pagerKey, rowsOf, turned } from './pager.ts';
import {
  after,
  beforeCursor,
  EMPTY_ROW,
  HELP,
  isSilent,
  joined,
  lineLeft,
  newline,
  PROMPTS,
  painted,
  prompted,
  write,
  wrote,
  wroteRows,
} from './screen.ts';
import { type Mode, mayAs, type Order, type Person, type Prompt, type Run } from './tree.ts';
import { completed, helpFor, type Parsed, type Pipe, parseLine, piped, type Typist, WRONG } from './words.ts';

/** What came of an order: for people as lines, for a script as a value. */
export type ConsoleAnswer = Result<{ readonly lines: readonly string[]; readonly value: unknown }>;
export type ConsoleEvent =
  | { readonly on: 'attached'; readonly greeting: string }
  | { readonly on: 'typed'; readonly bytes: Uint8Array }
  | { readonly on: 'answered'; readonly id: number; readonly answer: ConsoleAnswer }
  /** What the person may do has changed. */
  | { readonly on: 'allowed'; readonly person: Person }
  /** BREAK of a serial line. */
  | { readonly on: 'broken' }
  /** A line from outside, for who is there. `isLog`: of the agent's log, which `no terminal monitor` hides. */
  | { readonly on: 'logged'; readonly text: string; readonly isLog?: true }
  /** No more comes, but who sent it waits for the answers. */
  | { readonly on: 'inputEnded' }
  | { readonly on: 'hungUp' };
export type ConsoleEffect =
  | { readonly do: 'write'; readonly text: string }
  /** Ends with `answered`. `isTransfer`: the line is lent for it, nothing is typed or written meanwhile. */
  | { readonly do: 'ask'; readonly id: number; readonly order: Order; readonly isTransfer?: true }
  /** Nobody waits for the answer any more. */
  | { readonly do: 'giveUp'; readonly id: number }
  /** For who wants to know later what was done here: a command that was understood, without what is secret. */
  | { readonly do: 'audit'; readonly command: string }
  /** @property status of the process that was the console, if one was */
  | { readonly do: 'end'; readonly status: number };

type Doing =
  | { readonly at: 'typing' | 'ended' }
  | { readonly at: 'prompting'; readonly meant: Meant; readonly prompt: Prompt; readonly others: readonly Prompt[] }
  | { readonly at: 'confirming'; readonly meant: Meant; readonly question: string }
  | { readonly at: 'asking'; readonly id: number; readonly pipe: Pipe | undefined; readonly run: Meant['run'] }
  | { readonly at: 'paging'; readonly pager: Pager };
/** A command that is being given. */
type Meant = { readonly run: Run & { readonly do: 'ask' }; readonly order: Order; readonly pipe: Pipe | undefined };
export type Console = {
  readonly mode: Mode;
  readonly person: Person;
  /** `isPlain`: a pipe, not a terminal. `isDumb`: a script is talked to. */
  readonly terminal: {
    readonly length: number;
    readonly width: number;
    readonly isDumb: boolean;
    readonly isPlain: boolean;
    /** Whether lines of the log are shown; not there where none come over this line. */
    readonly isMonitored?: boolean;
  };
  readonly line: Line;
  readonly doing: Doing;
  /** The row as it stands. */
  readonly view: View;
  /** Typed while an answer was waited for. */
  readonly pending: Uint8Array;
  readonly wasCr: boolean;
  /** So many were asked; numbers them, as an answer may come after it was given up. */
  readonly asked: number;
  readonly isInputOver: boolean;
  /** Something was refused. */
  readonly isRefused: boolean;
};
export type Step = readonly [Console, readonly ConsoleEffect[]];

/** Two chunks of a pipe; who types ahead more than that is no person. */
export const PENDING_MAX = 128 * 1024;
/** As {@link CODES} that are refusals end the commands of the agent. */
const REFUSED_STATUS = 3;
const NOTHING = new Uint8Array();

/** Who has the agent's own socket open. */
export const LOCAL_PERSON: Person = { name: 'local', role: 'administrator' };

export function initialConsole(
  terminal: Partial<Pick<Console['terminal'], 'isDumb' | 'isPlain' | 'isMonitored'>> = {},
  person = LOCAL_PERSON,
): Console {
  const { isDumb = false, isPlain = false, isMonitored } = terminal;
  const monitored = isMonitored === undefined ? {} : { isMonitored };
  return {
    ...{ mode: 'user', person },
    terminal: { length: TERMINAL_LENGTH.usual, width: TERMINAL_WIDTH.usual, isDumb, isPlain, ...monitored },
    ...{ line: EMPTY_LINE, doing: { at: 'typing' }, view: EMPTY_ROW, pending: NOTHING, wasCr: false },
    ...{ asked: 0, isInputOver: false, isRefused: false },
  };
}

/** Tells whether a shell should stop reading for now, where it can: what comes is only kept. */
export function isFilled({ pending }: Console): boolean {
  return pending.length > 0;
}

/** Tells whether nothing goes on but waiting for a key. */
export function isAtPrompt({ doing }: Console): boolean {
  return doing.at !== 'asking' && doing.at !== 'ended';
}

/** Decides what follows. Total and pure. */
export function consoleTransition(state: Console, event: ConsoleEvent): Step {
  if (state.doing.at === 'ended') return [state, []];
  const step = followed(state, event);
  const [next, effects] = step;
  const isDone =
    next.isInputOver && next.pending.length === 0 && next.doing.at !== 'asking' && next.doing.at !== 'ended';
  if (!isDone) return [next, joined(effects)];
  // a line without its end is not a command: whoever sent it may have been cut off
  const isCut = next.line.text !== '' || next.doing.at === 'confirming' || next.doing.at === 'prompting';
  return after([isCut ? { ...next, isRefused: true } : next, effects], ended);
}

function followed(state: Console, event: ConsoleEvent): Step {
  switch (event.on) {
    case 'attached':
      return isSilent(state) ? [state, []] : prompted(...wrote(state, [event.greeting]));
    case 'typed': {
      const { bytes, wasCr } = joinEnds(event.bytes, state.wasCr);
      return typed({ ...state, wasCr }, bytes);
    }
    case 'answered': {
      const { doing } = state;
      if (doing.at !== 'asking' || doing.id !== event.id) return [state, []];
      return resumed(answered(state, event.answer, doing));
    }
    case 'allowed':
      if (isLent(state)) return [withPerson(state, event.person), []];
      return prompted(...wiped(withPerson(state, event.person)));
    case 'broken':
      return interrupted({ ...state, pending: NOTHING });
    case 'logged':
      return event.isLog && state.terminal.isMonitored === false ? [state, []] : logged(state, event.text);
    case 'inputEnded':
      return [{ ...state, isInputOver: true }, []];
    case 'hungUp':
      return ended({ ...state, pending: NOTHING });
  }
}

function typed(state: Console, bytes: Uint8Array): Step {
  if (state.doing.at !== 'asking') return taken(state, bytes);
  const at = bytes.lastIndexOf(ETX);
  if (at >= 0) return after(interrupted({ ...state, pending: NOTHING }), (next) => taken(next, bytes.subarray(at + 1)));
  const pending = concat(state.pending, bytes);
  // what comes next is the end of a line whose start is lost
  const lost = { ...state, pending: NOTHING, line: { ...state.line, isOver: true } };
  if (pending.length > PENDING_MAX) return [lost, isSilent(state) ? [] : [{ do: 'write', text: BELL }]];
  return [{ ...state, pending }, []];
}

/** Takes what was typed, until something has to be waited for. */
function taken(state: Console, bytes: Uint8Array): Step {
  const out: ConsoleEffect[] = [];
  let now = state;
  for (let at = 0; at < bytes.length; ) {
    const { doing } = now;
    if (doing.at === 'ended') break;
    if (doing.at === 'asking') {
      now = { ...now, pending: bytes.slice(at) };
      break;
    }
    let effects: readonly ConsoleEffect[];
    if (doing.at === 'paging') {
      [now, effects] = paged(now, doing.pager, bytes[at] ?? 0);
      at += 1;
    } else {
      const isPlain = isSilent(now) || doing.at === 'confirming' || doing.at === 'prompting';
      const { line, rings, act, used } = readKeys(now.line, bytes, at, isPlain);
      [now, effects] = painted({ ...now, line });
      out.push(...effects, ...(rings && !isSilent(now) ? [{ do: 'write', text: BELL } as const] : []));
      [now, effects] = act ? acted(now, act) : [now, []];
      at = used;
    }
    out.push(...effects);
  }
  return [now, out];
}

function resumed(step: Step): Step {
  const [{ pending }] = step;
  return after(step, (next) => taken({ ...next, pending: NOTHING }, pending));
}

function acted(state: Console, act: LineAct): Step {
  switch (act) {
    case 'enter':
      if (state.doing.at === 'prompting') return promptAnswered(state, state.doing);
      return state.doing.at === 'confirming' ? confirmed(state, state.doing.meant) : enteredLine(state);
    case 'interrupt':
      return interrupted(state);
    case 'help': {
      const rows = helpFor(beforeCursor(state), typistOf(state));
      return after(
        after(lineLeft(state), (next) => wrote(next, rows.length > 0 ? rows : [WRONG.invalid])),
        painted,
      );
    }
    case 'complete': {
      const before = beforeCursor(state);
      const text = completed(before, typistOf(state));
      if (text === before) return [state, [{ do: 'write', text: BELL }]];
      const line = withText(state.line, text + state.line.text.slice(before.length));
      return painted({ ...state, line: { ...line, at: Math.min(text.length, line.text.length) } });
    }
    case 'redraw':
      return after([{ ...state, view: EMPTY_ROW }, write(wipe(state.view))], painted);
  }
}

function enteredLine(state: Console): Step {
  const { text, isOver } = state.line;
  if (holdsGrk(text)) {
    const forgotten = lineLeft({ ...state, line: { ...EMPTY_LINE, history: state.line.history } });
    return after(forgotten, (next) => refused(next, KEY_IN_LINE, undefined));
  }
  const left = lineLeft({ ...state, line: entered(state.line) });
  if (isOver) return after(left, (next) => refused(next, OVER, undefined));
  const parsed = parseLine(text.trimEnd(), typistOf(state));
  return after(left, (next) => meant(next, text, parsed));
}

function meant(state: Console, text: string, parsed: Parsed): Step {
  if (parsed.at === 'empty') return prompted(state, []);
  if (parsed.at === 'wrong') {
    const { why, column } = parsed;
    // "?" is a key for who types; in a line that was sent it stands at the end
    const help = isSilent(state) && text.endsWith('?') ? helpFor(text.slice(0, -1), typistOf(state)) : [];
    if (help.length > 0) return shown(state, help, help);
    return refused(state, WRONG[why], caretOf(state, text, column), column);
  }
  if (parsed.pipe && state.terminal.isDumb) return refused(state, 'A script gets JSON; no pipe', undefined);
  const audited: Step = [state, [{ do: 'audit', command: text.trim() }]];
  return after(audited, (next) => ran(next, parsed));
}

function ran(state: Console, { run, given, pipe }: Parsed & { readonly at: 'run' }): Step {
  const { terminal } = state;
  switch (run.do) {
    case 'ask': {
      const meant = { run, pipe, order: { what: run.what, given: [...(run.given ?? []), ...given] } };
      return prompting(state, meant, run.prompts ?? []);
    }
    case 'length':
    case 'width':
      return shown({ ...state, terminal: { ...terminal, [run.do]: run.to ?? Number(given[0]) } }, [], {});
    case 'dumb':
    case 'talk':
      return shown({ ...state, terminal: { ...terminal, isDumb: run.do === 'dumb' } }, [], {});
    case 'monitor':
    case 'unmonitor':
      if (terminal.isMonitored === undefined) return refused(state, UNMONITORED, undefined);
      return shown({ ...state, terminal: { ...terminal, isMonitored: run.do === 'monitor' } }, [], {});
    case 'enable':
      return shown({ ...state, mode: 'privileged' }, [], {});
    case 'disable':
      return shown({ ...state, mode: 'user' }, [], {});
    case 'help':
      return shown(state, HELP, HELP);
    case 'exit':
      if (state.mode === 'config') return shown({ ...state, mode: 'privileged' }, [], {});
      return after(terminal.isDumb ? dumbly(state, {}, 'OK') : [state, []], ended);
  }
}

function asked(state: Console, { run, order, pipe }: Meant): Step {
  const id = state.asked + 1;
  const next: Console = { ...state, asked: id, doing: { at: 'asking', id, pipe, run } };
  const ask: ConsoleEffect = { do: 'ask', id, order, ...(run.isTransfer && { isTransfer: true }) };
  if (run.begins === undefined || isSilent(state)) return [next, [ask]];
  const [told, effects] = wrote(next, [run.begins]);
  return [told, [...effects, ask]];
}

/** Asks for the values that are still missing, then whether it is meant. */
function prompting(state: Console, meant: Meant, [prompt, ...others]: readonly Prompt[]): Step {
  if (!prompt) return meant.run.confirm === undefined ? asked(state, meant) : confirming(state, meant);
  const next: Console = { ...state, doing: { at: 'prompting', meant, prompt, others } };
  const { label, isSecret = false } = prompt;
  return state.terminal.isDumb ? dumbly(next, { prompt: label, isSecret }, 'PROMPT') : painted(next);
}

function promptAnswered(state: Console, { meant, others }: Doing & { readonly at: 'prompting' }): Step {
  const { text, isOver, history } = state.line;
  const typing: Console = { ...state, doing: { at: 'typing' }, line: { ...EMPTY_LINE, history } };
  const { order } = meant;
  const next = { ...meant, order: { ...order, given: [...order.given, text] } };
  return after(lineLeft(typing), (left) => (isOver ? refused(left, OVER, undefined) : prompting(left, next, others)));
}

function confirming(state: Console, meant: Meant): Step {
  const next: Console = { ...state, doing: { at: 'confirming', meant, question: 'Type yes to do it: ' } };
  const { confirm = '' } = meant.run;
  if (state.terminal.isDumb) return dumbly(next, { confirm, type: 'yes' }, 'CONFIRM');
  return after(wrote(next, [confirm]), painted);
}

function confirmed(state: Console, meant: Meant): Step {
  const isYes = state.line.text.trim() === 'yes' && !state.line.isOver;
  const typing: Console = { ...state, doing: { at: 'typing' }, line: { ...EMPTY_LINE, history: state.line.history } };
  const left = lineLeft(typing);
  return after(left, (next) => (isYes ? asked(next, meant) : refused(next, 'Nothing was done', undefined)));
}

function answered(state: Console, answer: ConsoleAnswer, { pipe, run }: Doing & { readonly at: 'asking' }): Step {
  const typing: Console = { ...state, doing: { at: 'typing' } };
  if (answer.ok) {
    const { lines, value } = answer.value;
    const mode = run.then ? modeFor(state.person, run.then) : state.mode;
    return shown({ ...typing, mode }, piped(lines, pipe), value);
  }
  const { code, detail } = answer.fault;
  const { text, next } = CODES[code];
  const told: Console = { ...typing, isRefused: true };
  if (state.terminal.isDumb) return dumbly(told, { code, text, next, ...(detail && { detail }) }, code);
  return shown(told, [`% ${describeFault(answer.fault)}`], {});
}

/** Shows what came of a command, and is ready for the next. */
function shown(state: Console, lines: readonly string[], value: unknown): Step {
  if (state.terminal.isDumb) return dumbly(state, value, 'OK');
  return turnedPage(
    state,
    { rest: rowsOf(lines, state.terminal.width) },
    isSilent(state) ? 0 : pageRows(state.terminal.length),
  );
}

function refused(state: Console, text: string, above: readonly string[] | undefined, column?: number): Step {
  const next: Console = { ...state, isRefused: true };
  if (state.terminal.isDumb) {
    return dumbly(next, { code: 'USAGE', text, ...(column !== undefined && { column }) }, 'USAGE');
  }
  return prompted(...wrote(next, [...(above ?? []), text.startsWith('%') ? text : `% ${text}`]));
}

function dumbly(state: Console, value: unknown, word: string): Step {
  const json = asciiJson(JSON.stringify(value ?? null));
  return [{ ...state, view: EMPTY_ROW }, write(json + newline(state) + word + newline(state))];
}

/** Under the word that is wrong; a pipe echoes nothing, so the line comes again. */
function caretOf({ mode, terminal }: Console, text: string, column: number): readonly string[] | undefined {
  const prompt = terminal.isPlain ? '' : PROMPTS[mode];
  const at = prompt.length + column;
  if (at > terminal.width - 2 || prompt.length + text.length > terminal.width - 2) return undefined;
  return [...(terminal.isPlain ? [text] : []), `${' '.repeat(at)}^`];
}

function paged(state: Console, pager: Pager, byte: number): Step {
  const key = pagerKey(byte, state.terminal.length);
  if (key === undefined) return [state, []];
  const gone: Step = [{ ...state, doing: { at: 'typing' }, view: EMPTY_ROW }, write(wipe(state.view))];
  return after(gone, (next) => (key === 'quit' ? prompted(next, []) : turnedPage(next, pager, key)));
}

function turnedPage(state: Console, pager: Pager, rows: number): Step {
  const [now, rest] = turned(pager, rows);
  const next: Console = rest ? { ...state, doing: { at: 'paging', pager: rest } } : state;
  return prompted(...wroteRows(next, now));
}

function interrupted(state: Console): Step {
  // its other end has to be told first, and both to be silent
  if (isLent(state)) return [state, givenUp(state)];
  const line = { ...EMPTY_LINE, history: state.line.history };
  const isThere = state.view.text !== '' || state.doing.at === 'asking';
  const mark = state.view.at < state.terminal.width - 3 ? '^C' : ''; // else it would wrap
  const text = isSilent(state) || !isThere ? '' : `${mark}${newline(state)}`;
  return prompted({ ...state, line, doing: { at: 'typing' }, view: EMPTY_ROW }, [...givenUp(state), ...write(text)]);
}

function logged(state: Console, text: string): Step {
  if (isSilent(state) || isLent(state)) return [state, []];
  return prompted(...after(wiped(state), (next) => wrote(next, [text])));
}

/** Takes the row away, to be painted again. */
function wiped(state: Console): Step {
  return [{ ...state, view: EMPTY_ROW }, isSilent(state) ? [] : write(wipe(state.view))];
}

/** Who may less now has the rest of it taken away; what was ordered stays ordered. */
function withPerson(state: Console, person: Person): Console {
  const { doing } = state;
  const mode = modeFor(person, state.mode);
  const isLess = !mayAs(person.role, state.person.role);
  const isGiving = doing.at === 'prompting' || doing.at === 'confirming';
  return { ...state, person, mode, doing: isLess && isGiving ? { at: 'typing' } : doing };
}

/** What is left of a mode to who may less. */
function modeFor({ role }: Person, mode: Mode): Mode {
  if (!mayAs(role, 'technician')) return 'user';
  return mode === 'config' && !mayAs(role, 'administrator') ? 'privileged' : mode;
}

/** A file goes over the line: whatever else is written there would be part of it. */
function isLent({ doing }: Console): boolean {
  return doing.at === 'asking' && doing.run.isTransfer === true;
}

function givenUp({ doing }: Console): readonly ConsoleEffect[] {
  return doing.at === 'asking' ? [{ do: 'giveUp', id: doing.id }] : [];
}

function typistOf({ mode, person }: Console): Typist {
  return { mode, role: person.role };
}

function ended(state: Console): Step {
  const status = isSilent(state) && state.isRefused ? REFUSED_STATUS : 0;
  return [{ ...state, doing: { at: 'ended' } }, [...givenUp(state), { do: 'end', status }]];
}

const KEY_IN_LINE = 'A key must not be in a command, it would be kept; type "register", it asks for it';
const UNMONITORED = 'The log is not shown here as it is written; "show log" has the newest of it';
const OVER = 'A line holds 1024 characters; nothing was done';
const BELL = '\x07';
const ETX = 3;

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
