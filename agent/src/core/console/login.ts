// Who stands between a line and its sessions: asks for name and password, lets in, puts out.
//
//   away ── attached, typed ──▶ looking ──▶ naming ──▶ password ──▶ checking ──▶ within
//    ▲                          │  ▲  ▲                                 │          │ exit, idle, put out
//    │ hung up                  │  │  └──────── wrong, locked ──────────┴──────────┘
//   each                        │  └─ looked again: absent, closed
//                               ├──▶ closed     who may log in cannot be read: nobody is let in
//                               ├──▶ absent     nobody may yet, and nobody has shown to be at the device
//                               └──▶ founding ──▶ creating ──▶ looking      the first administrator is named
//
//   away       nobody is there; nothing is written
//   looking    it is being looked who may log in; ended by `looked` at once
//   naming     a name is typed; no clock runs
//   password   its password is typed: not shown, not kept; left after a minute without a key
//   checking   the check runs; what is typed meanwhile is dropped, as by every login
//   within     a session has the line; every second it is looked whether its person still may, and whether it is idle
//   absent, founding   until somebody is there: looked every second
//   silent     lines came that lead nowhere, one after the other: a plug that sends back what it gets, or another login. Nothing is written and nothing
//              taken until a pause is over and the line was calm; then an Enter is answered. Each pause is twice the one before.
//
// Every event that does not fit keeps the state. A line with a byte that no ASCII keyboard sends is noise: it is no name and no password, and no failure, so
// that a wrong baud rate locks nobody out.
// One file of more than 400 lines: a machine is read as a whole, state by state.

import { describeFault, type Fault, MINUTE_MS, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import type { Audited } from './audit.ts';
import { EMPTY_LINE, joinEnds, type Line, type LineAct, paint, readKeys, type View, viewOf, wipe } from './line.ts';
import { ABSENT, bannerRows, durationText, FOUNDING, PROMPT_LABELS, WORDS } from './login-words.ts';
import { rowsOf } from './pager.ts';
import { EMPTY_ROW } from './screen.ts';
import type { ConsoleEvent } from './session.ts';
import type { Person } from './tree.ts';
import { isUserName, PASSWORD_MAX, passwordFault } from './users.ts';

/** A person, and what tells whether the password is still the one he came in with. */
export type Admitted = { readonly person: Person; readonly stamp: string };
export type Verdict =
  | ({ readonly is: 'right' } & Admitted)
  | { readonly is: 'wrong' | 'locked'; readonly pauseMs: Millis }
  | { readonly is: 'failed'; readonly fault: Fault };
/** What is found when it is looked. */
export type Look = {
  readonly users: 'some' | 'none' | { readonly fault: Fault };
  /** Somebody has shown to be at the device. */
  readonly isPresent: boolean;
  /** What is left of the pause of this line. */
  readonly pauseMs: Millis;
  /** Of who is within, as it is now; there only while he may. */
  readonly admitted?: Admitted | undefined;
  /** The session works, or what it said is still being written. `transfer`: the line is lent. */
  readonly doing: 'nothing' | 'work' | 'transfer';
};
/** `atMs` by the monotonic clock. */
export type LoginEvent =
  | { readonly on: 'line'; readonly event: ConsoleEvent; readonly atMs: Millis }
  | { readonly on: 'looked'; readonly look: Look; readonly atMs: Millis }
  | { readonly on: 'checked'; readonly id: number; readonly verdict: Verdict; readonly atMs: Millis }
  | { readonly on: 'created'; readonly id: number; readonly fault?: Fault; readonly atMs: Millis }
  /** Who is within has changed his own password. */
  | { readonly on: 'renewed'; readonly stamp: string }
  /** The session has ended by itself. */
  | { readonly on: 'left' };
export type LoginEffect =
  | { readonly do: 'write'; readonly text: string }
  /** Answered by `looked` at once. */
  | { readonly do: 'look' }
  | { readonly do: 'check' | 'create'; readonly id: number; readonly name: string; readonly password: string }
  /** Starts a session, or ends it: nothing of it is shown any more. */
  | { readonly do: 'open'; readonly person: Person }
  | { readonly do: 'close' }
  /** For the session. */
  | { readonly do: 'pass'; readonly event: ConsoleEvent }
  | { readonly do: 'record'; readonly did: Audited; readonly person: string }
  /** The line is left. */
  | { readonly do: 'end' };

type Doing =
  | { readonly at: 'away' | 'looking' | 'naming' | 'absent' | 'closed' }
  | { readonly at: 'silent'; readonly untilMs: Millis }
  | { readonly at: 'password'; readonly name: string }
  | { readonly at: 'checking' | 'creating'; readonly id: number }
  | { readonly at: 'within'; readonly person: Person; readonly stamp: string }
  | { readonly at: 'founding'; readonly name?: string; readonly password?: string };
export type Login = {
  readonly doing: Doing;
  readonly line: Line;
  readonly view: View;
  readonly wasCr: boolean;
  /** The line that is typed holds what is no key. */
  readonly isNoisy: boolean;
  /** So many lines led nowhere since a login, or since it was silent. */
  readonly inVain: number;
  /** So often it was silent since a login. */
  readonly silences: number;
  /** Of the last key, or the last work. */
  readonly touchedMs: Millis;
  /** So many checks were ordered; numbers them, as their line may be gone when they end. */
  readonly asked: number;
  readonly rules: LoginRules;
};
export type LoginRules = { readonly idleMs: Millis; readonly banner: string };
export type LoginStep = readonly [Login, readonly LoginEffect[]];

/** Who typed a name and went away leaves no open question behind. */
export const TYPING_MS = MINUTE_MS;

export function initialLogin(rules: LoginRules): Login {
  return {
    ...{ doing: { at: 'away' }, line: EMPTY_LINE, view: EMPTY_ROW, wasCr: false, isNoisy: false },
    ...{ inVain: 0, silences: 0, touchedMs: 0, asked: 0, rules },
  };
}

/** Tells whether it has to be looked again every second. */
export function isWatching({ doing: { at } }: Login): boolean {
  return at === 'within' || at === 'password' || at === 'founding' || at === 'absent' || at === 'closed';
}

/** Tells whether a key is waited for. */
export function isOpenLine({ doing: { at } }: Login): boolean {
  return at !== 'within' && at !== 'checking' && at !== 'creating';
}

/** Decides what follows. Total and pure. */
export function loginTransition(state: Login, event: LoginEvent): LoginStep {
  const { doing } = state;
  switch (event.on) {
    case 'line':
      return lined({ ...state }, event.event, event.atMs);
    case 'looked':
      return looked(state, event.look, event.atMs);
    case 'checked':
      if (doing.at !== 'checking' || doing.id !== event.id) return [state, []];
      return checked({ ...state, touchedMs: event.atMs }, event.verdict);
    case 'created':
      if (doing.at !== 'creating' || doing.id !== event.id) return [state, []];
      return looking(event.fault ? said(state, [`% ${describeFault(event.fault)}`]) : said(state, [WORDS.created]));
    case 'renewed':
      return [doing.at === 'within' ? { ...state, doing: { ...doing, stamp: event.stamp } } : state, []];
    case 'left':
      if (doing.at !== 'within') return [state, []];
      return looking(said(state, [''], [{ do: 'record', did: 'logout', person: doing.person.name }]));
  }
}

function lined(state: Login, event: ConsoleEvent, atMs: Millis): LoginStep {
  const { doing } = state;
  const touched = { ...state, touchedMs: atMs };
  if (event.on === 'hungUp') return hungUp(state);
  if (doing.at === 'within') {
    const isKey = event.on === 'typed' || event.on === 'broken';
    const isForIt = isKey || event.on === 'logged';
    return [isKey ? touched : state, isForIt ? [{ do: 'pass', event }] : []];
  }
  switch (event.on) {
    case 'attached':
      return doing.at === 'away' ? looking([touched, []]) : [state, []];
    case 'typed': {
      if (doing.at === 'away') return looking([touched, []]); // no carrier told that somebody came
      if (doing.at === 'looking' || doing.at === 'checking' || doing.at === 'creating') return [state, []];
      const { bytes, wasCr } = joinEnds(event.bytes, state.wasCr);
      if (doing.at === 'silent') {
        const isCalm = atMs >= doing.untilMs && atMs - state.touchedMs >= CALM_MS;
        const quiet = { ...touched, wasCr };
        return isCalm && bytes.includes(CR) ? looking([quiet, []]) : [quiet, []];
      }
      return typed({ ...touched, wasCr }, bytes);
    }
    case 'broken':
      if (!isOpenLine(state) || doing.at === 'away' || doing.at === 'silent') return [state, []];
      return vain(begunAgain({ ...state, touchedMs: atMs }));
    default:
      return [state, []];
  }
}

function hungUp(state: Login): LoginStep {
  const { doing, asked, rules } = state;
  if (doing.at === 'away') return [state, []];
  const gone = { ...initialLogin(rules), asked };
  if (doing.at !== 'within') return [gone, [{ do: 'end' }]];
  return [gone, [{ do: 'close' }, { do: 'record', did: 'hung up', person: doing.person.name }, { do: 'end' }]];
}

/** Where the line ends that is typed: until then it is only shown. */
function typed(state: Login, bytes: Uint8Array): LoginStep {
  const out: LoginEffect[] = [];
  let now = state;
  for (let at = 0; at < bytes.length && isTyping(now); ) {
    const { line, act, used } = readKeys(now.line, bytes, at, true);
    const isNoisy = now.isNoisy || bytes.subarray(at, used).some((byte) => byte >= 0x80);
    let effects: readonly LoginEffect[];
    [now, effects] = painted({ ...now, line, isNoisy });
    out.push(...effects);
    if (isOwnWords(now)) {
      // not a word of it: it would come back as well
      [now, effects] = vain([{ ...now, line: EMPTY_LINE, view: EMPTY_ROW }, []]);
      out.push(...effects);
    }
    if (act) {
      // megabytes of noise may have an end of line in every byte: what came last is answered
      [now, effects] = acted(now, act, used === bytes.length);
      out.push(...effects);
    }
    at = used;
  }
  return [now, joined(out)];
}

function isTyping({ doing: { at } }: Login): boolean {
  return at === 'naming' || at === 'password' || at === 'founding' || at === 'absent' || at === 'closed';
}

/** What asks is typed: it was sent back, or is asked by another login at the other end. */
function isOwnWords({ doing, line: { text } }: Login): boolean {
  if (doing.at !== 'naming' && (doing.at !== 'founding' || doing.name !== undefined)) return false;
  return text.trimEnd().endsWith(labelOf(doing)?.trimEnd() ?? '\n');
}

/** Counts a line that led nowhere; one too many makes it silent. Noise has its own measures, and is over when it is over. */
function vain([state, effects]: LoginStep): LoginStep {
  const inVain = state.inVain + 1;
  if (inVain < SILENT_AFTER) return [{ ...state, inVain }, effects];
  const pauseMs = Math.min(SILENT_MS * 2 ** state.silences, SILENT_MAX_MS);
  const { touchedMs, silences } = state;
  const doing: Doing = { at: 'silent', untilMs: touchedMs + pauseMs };
  // who comes after it has some lines before the next, longer pause
  const next = { ...state, doing, line: EMPTY_LINE, isNoisy: false, inVain: SILENT_AFTER - AGAIN_AFTER };
  const words = `% Too much that is no login: silent for ${durationText(pauseMs)}, then press Enter`;
  return after([{ ...next, silences: Math.min(silences + 1, 10) }, effects], (quiet) =>
    after(lineLeft(quiet), (left) => said(left, [words])),
  );
}

/** A person who hammers at Enter does not meet it; a plug does within a moment. */
const SILENT_AFTER = 12;
const AGAIN_AFTER = 4;
const SILENT_MS: Millis = 2 * SECOND_MS;
const SILENT_MAX_MS: Millis = MINUTE_MS;
/** What talks all the time is not answered, however long that is. */
const CALM_MS: Millis = SECOND_MS;
const CR = 0x0d;

function acted(state: Login, act: LineAct, isLast: boolean): LoginStep {
  const step = actedOn(state, act, isLast);
  const { doing } = step[0];
  if (state.isNoisy) return [{ ...step[0], inVain: 0 }, step[1]];
  const isForth = doing.at === 'password' || doing.at === 'checking' || doing.at === 'creating' || act === 'redraw';
  const isNamed = doing.at === 'founding' && doing.name !== undefined;
  return isForth || isNamed ? step : vain(step);
}

function actedOn(state: Login, act: LineAct, isLast: boolean): LoginStep {
  if (act === 'redraw') return after([{ ...state, view: EMPTY_ROW }, write(wipe(state.view))], painted);
  if (act !== 'enter') return begunAgain(state);
  const { text, isOver } = state.line;
  const next: Login = { ...state, line: EMPTY_LINE, isNoisy: false };
  const isEmpty = text === '' || state.isNoisy;
  const { doing } = state;
  switch (doing.at) {
    case 'naming': {
      const name = text.trim();
      if (isEmpty) return isLast ? repainted(next) : painted(next);
      if (isOver || !isUserName(name)) return isLast ? told(next, WORDS.name) : painted(next);
      return after(lineLeft(next), (left) => painted({ ...left, doing: { at: 'password', name } }));
    }
    case 'password': {
      const naming: Login = { ...next, doing: { at: 'naming' } };
      if (isEmpty || isOver || text.length > PASSWORD_MAX) {
        const words = text === '' && !state.isNoisy ? [] : [WORDS.password];
        return after(lineLeft(naming), (left) => after(said(left, words), painted));
      }
      const id = state.asked + 1;
      const { name } = doing;
      return after(lineLeft({ ...next, asked: id, doing: { at: 'checking', id } }), (left) => [
        left,
        [{ do: 'check', id, name, password: text }],
      ]);
    }
    case 'founding':
      if (isEmpty) return isLast ? repainted(next) : painted(next);
      return founded(next, doing, isOver ? '' : text);
    default:
      // absent, closed: somebody is there and wants to know
      return isLast ? looking(lineLeft(next)) : painted(next);
  }
}

/** Name, password and the password again of the first administrator. */
function founded(state: Login, { name, password }: Doing & { readonly at: 'founding' }, text: string): LoginStep {
  const with_ = (doing: Doing) => after(lineLeft(state), (left) => painted({ ...left, doing }));
  if (name === undefined) {
    const wanted = text.trim();
    return isUserName(wanted) ? with_({ at: 'founding', name: wanted }) : told(state, WORDS.name);
  }
  if (password === undefined) {
    const fault = passwordFault(name, text);
    if (fault !== undefined) return told(state, `% Not taken: ${fault}`);
    return with_({ at: 'founding', name, password: text });
  }
  if (text !== password) return told({ ...state, doing: { at: 'founding', name } }, WORDS.differ);
  const id = state.asked + 1;
  return after(lineLeft({ ...state, asked: id, doing: { at: 'creating', id } }), (left) => [
    left,
    [{ do: 'create', id, name, password }],
  ]);
}

function checked(state: Login, verdict: Verdict): LoginStep {
  switch (verdict.is) {
    case 'right': {
      const { person, stamp } = verdict;
      const within: Login = { ...state, doing: { at: 'within', person, stamp }, inVain: 0, silences: 0 };
      return [
        within,
        [
          { do: 'record', did: 'login', person: person.name },
          { do: 'open', person },
        ],
      ];
    }
    case 'wrong':
    case 'locked': {
      const pause = verdict.pauseMs > 0 ? `. Try again in ${durationText(verdict.pauseMs)}` : '';
      const words = verdict.is === 'wrong' ? WORDS.wrong : WORDS.locked;
      return vain(after(said({ ...state, doing: { at: 'naming' } }, [words + pause]), painted));
    }
    case 'failed':
      return looking(said(state, [`% ${describeFault(verdict.fault)}`]));
  }
}

function looked(state: Login, look: Look, atMs: Millis): LoginStep {
  const { doing } = state;
  if (doing.at === 'within') return watched(state, doing, look, atMs);
  if (doing.at === 'password' && atMs - state.touchedMs >= TYPING_MS) return begunAgain(state);
  if (doing.at === 'founding' && atMs - state.touchedMs >= TYPING_MS && doing.name !== undefined)
    return begunAgain({ ...state, touchedMs: atMs });
  if (doing.at === 'looking') return placed(state, look);
  const wanted = placeOf(look);
  if (!isTyping(state) || doing.at === 'naming' || doing.at === 'password' || wanted === doing.at) return [state, []];
  return placed({ ...state, line: EMPTY_LINE, isNoisy: false }, look);
}

/** Whether who is within still may, and does something. */
function watched(state: Login, doing: Doing & { readonly at: 'within' }, look: Look, atMs: Millis): LoginStep {
  const { person, stamp } = doing;
  const { admitted } = look;
  if (!admitted || admitted.stamp !== stamp) {
    // its other end has to be told first; the next look finds the line given back
    if (look.doing === 'transfer') return [state, [{ do: 'pass', event: { on: 'broken' } }]];
    return putOut(state, 'put out', person, admitted ? WORDS.renewed : WORDS.removed);
  }
  if (look.doing !== 'nothing') return changedTo({ ...state, touchedMs: atMs }, doing, admitted.person);
  if (atMs - state.touchedMs >= state.rules.idleMs)
    return putOut(state, 'idle', person, `% Logged out after ${durationText(state.rules.idleMs)} without a key`);
  return changedTo(state, doing, admitted.person);
}

function changedTo(state: Login, doing: Doing & { readonly at: 'within' }, person: Person): LoginStep {
  if (person.role === doing.person.role) return [state, []];
  return [{ ...state, doing: { ...doing, person } }, [{ do: 'pass', event: { on: 'allowed', person } }]];
}

function putOut(state: Login, did: Audited, person: Person, words: string): LoginStep {
  const record: LoginEffect = { do: 'record', did, person: person.name };
  return looking(after([state, [{ do: 'close' }, record]], (next) => said(next, ['', words])));
}

type Placed = 'naming' | 'absent' | 'closed' | 'founding';

function placeOf({ users, isPresent }: Look): Placed {
  if (users === 'some') return 'naming';
  return users !== 'none' ? 'closed' : isPresent ? 'founding' : 'absent';
}

/** Says how things are at this line, and asks. */
function placed(state: Login, look: Look): LoginStep {
  const at = placeOf(look);
  const rows: Readonly<Record<Placed, readonly string[]>> = {
    naming: look.pauseMs > 0 ? [`${WORDS.locked}. Try again in ${durationText(look.pauseMs)}`] : [],
    absent: ABSENT,
    founding: FOUNDING,
    closed: typeof look.users === 'object' ? [`% ${describeFault(look.users.fault)}`] : [],
  };
  const next: Login = { ...state, doing: { at } };
  return after(
    after(wiped(next), (clear) => said(clear, [...bannerRows(state.rules.banner), ...rows[at]])),
    painted,
  );
}

/** Looks who may log in, and says it. */
function looking([state, effects]: LoginStep): LoginStep {
  const next: Login = { ...state, doing: { at: 'looking' }, line: EMPTY_LINE, isNoisy: false };
  return [next, joined([...effects, { do: 'look' }])];
}

/** ^C, BREAK, or too long a time: nothing that was typed counts. */
function begunAgain(state: Login): LoginStep {
  const { doing } = state;
  const first: Doing =
    doing.at === 'password' ? { at: 'naming' } : doing.at === 'founding' ? { at: 'founding' } : doing;
  return after(lineLeft({ ...state, doing: first, line: EMPTY_LINE, isNoisy: false }), painted);
}

function rowOf({ doing, line }: Login): View {
  const label = labelOf(doing);
  if (label === undefined) return EMPTY_ROW;
  const isSecret = doing.at === 'password' || (doing.at === 'founding' && doing.name !== undefined);
  return viewOf(label, isSecret ? EMPTY_LINE : line, WIDTH);
}

function labelOf(doing: Doing): string | undefined {
  if (doing.at === 'naming' || doing.at === 'password') return PROMPT_LABELS[doing.at];
  if (doing.at !== 'founding') return undefined;
  return PROMPT_LABELS[doing.name === undefined ? 'first' : doing.password === undefined ? 'new' : 'again'];
}

function painted(state: Login): LoginStep {
  const view = rowOf(state);
  return [{ ...state, view }, write(paint(state.view, view))];
}

function repainted(state: Login): LoginStep {
  return after(lineLeft(state), painted);
}

function told(state: Login, words: string): LoginStep {
  return after(
    after(lineLeft(state), (next) => said(next, [words])),
    painted,
  );
}

/** Goes below the row. */
function lineLeft(state: Login): LoginStep {
  return [{ ...state, view: EMPTY_ROW }, write('\r\n')];
}

function wiped(state: Login): LoginStep {
  return [{ ...state, view: EMPTY_ROW }, write(wipe(state.view))];
}

function said(state: Login, lines: readonly string[], before: readonly LoginEffect[] = []): LoginStep {
  const text = rowsOf(lines, WIDTH)
    .map((row) => `${row}\r\n`)
    .join('');
  return [state, [...before, ...write(text)]];
}

/** Nobody has said how wide the terminal is before the login. */
const WIDTH = 80;

function write(text: string): readonly LoginEffect[] {
  return text === '' ? [] : [{ do: 'write', text }];
}

function after([state, effects]: LoginStep, then: (state: Login) => LoginStep): LoginStep {
  const [next, more] = then(state);
  return [next, [...effects, ...more]];
}

function joined(effects: readonly LoginEffect[]): readonly LoginEffect[] {
  const out: LoginEffect[] = [];
  for (const effect of effects) {
    const last = out.at(-1);
    if (effect.do === 'write' && last?.do === 'write')
      out[out.length - 1] = { do: 'write', text: last.text + effect.text };
    else out.push(effect);
  }
  return out;
}
