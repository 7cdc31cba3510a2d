// What becomes of a command, one at a time for all of them; but a move goes on beside the others, until a newer one begins.
//
//   (door) ──▶ init ──▶ scheduled ──▶ executing ──▶ successful
//     │          │          │             │
//     └──────────┴──────────┴─────────────┴───────▶ failed
//
// init        it is ours and was saved; `CommandTurn` looks what it asks
// scheduled   it is known, its arguments are good and it is allowed; it waits for its turn
// executing   it was begun, in the start of the board that `bootId` names; it is never begun a second time: one that is
//             found so after a start of the agent has failed, or, when it was the restart of the board, has come about;
//             but a move goes on, which the registration machine remembers
// successful  the end; `result` until the account has it
// failed      the end, with `reason`
//
// Each state is saved before the account is told of it. The account is told again at each connection until it has the end.

import {
  type AccountId,
  CODES,
  type Code,
  type CommandId,
  err,
  isFinal,
  type Millis,
  ok,
  type Result,
} from '@ewon-agent/contracts';
import { type Command, type CommandBook, commandIn, issuedMs, withCommand } from './command-book.ts';
import type { LetIn } from './command-door.ts';
import { argumentsFault, isAlwaysAllowed, isKnown, limitMsOf } from './command-kinds.ts';
import type { SavedMove } from './model.ts';
import { savedMoveOf } from './move-order.ts';
import type { Decision } from './policy.ts';

/** The next step is to be taken. `remote` says whether this Ewon may be managed from afar. */
export type CommandTurn = {
  readonly on: 'CommandTurn';
  readonly atMs: Millis;
  readonly bootId: string;
  readonly board: Readonly<Record<'geolocation' | 'remoteManagement', boolean>>;
};
export type CommandEvent =
  | { readonly on: 'CommandLetIn'; readonly letIn: LetIn; readonly atMs: Millis }
  /** `accountId`: the account that orders. */
  | (Omit<CommandTurn, 'board'> & { readonly remote: Decision; readonly accountId: AccountId })
  | {
      readonly on: 'CommandEnded';
      readonly id: CommandId;
      readonly outcome: Result<Command['result']>;
      readonly atMs: Millis;
    }
  /** The account has its end. */
  | { readonly on: 'CommandCleared'; readonly id: CommandId }
  /** The agent started; what was under way then is not, but for `goesOn`, which another machine carries on. */
  | { readonly on: 'BoardStarted'; readonly bootId: string; readonly atMs: Millis; readonly goesOn?: CommandId };

export type CommandEffect =
  | { readonly do: 'tellCommand'; readonly command: Command }
  /** Ends with `CommandEnded`, after `limitMs` at the latest. */
  | { readonly do: 'executeCommand'; readonly command: Command; readonly limitMs: Millis }
  /** Ends with `CommandTurn`, at once. */
  | { readonly do: 'turnCommands' }
  /** What is done by the other machines of the agent, with the same save. */
  | { readonly do: 'startForget' }
  | { readonly do: 'startRescan' }
  | { readonly do: 'startMove'; readonly request: SavedMove; readonly atMs: Millis }
  /** What the broker keeps of the command's state is to be taken away. */
  | { readonly do: 'clearCommand'; readonly id: CommandId }
  | { readonly do: 'report'; readonly code: Code; readonly detail: string };

type Step = readonly [CommandBook, readonly CommandEffect[]];

/** Commands that are not at their end; a person sends one and waits for it. */
const WAITING_MAX = 16;

/** Decides what follows from an event. Total and pure; an event that does not fit keeps the state. */
export function commandsTransition(book: CommandBook, event: CommandEvent): Step {
  switch (event.on) {
    case 'CommandLetIn':
      return letIn(book, event.letIn, event.atMs);
    case 'CommandTurn':
      return turn(book, event);
    case 'CommandEnded': {
      const command = commandIn(book, event.id);
      if (command?.state !== 'executing') return [book, []]; // its time was up before
      const [next, effects] = end(book, command, event.outcome, event.atMs);
      return [next, [...effects, turnCommands]];
    }
    case 'CommandCleared': {
      const command = commandIn(book, event.id);
      if (!command || !isFinal(command.state) || command.cleared) return [book, []];
      const { result: _, ...kept } = command;
      return [withCommand(book, { ...kept, cleared: true }), [{ do: 'clearCommand', id: event.id }]];
    }
    case 'BoardStarted':
      return resume(book, event);
  }
}

/** What the account is told at a connection: all that it may not have. */
export function untold({ list }: CommandBook): readonly Command[] {
  return list.filter(({ cleared }) => !cleared);
}

/** The command that is being carried out, beside a move. */
export function executingIn({ list }: CommandBook): Command | undefined {
  return list.find(({ state, name }) => state === 'executing' && name !== 'move');
}

/** The move that is being carried out: the account it leads to may be away for days, and nothing shall wait for that. */
export function movingIn({ list }: CommandBook): Command | undefined {
  return list.find(({ state, name }) => state === 'executing' && name === 'move');
}

function letIn(book: CommandBook, { is, command: document }: LetIn, changedAtMs: Millis): Step {
  const known = commandIn(book, document.id);
  // it is at the broker again, so the account may not have the end; nothing is saved, whoever repeats it how often
  if (known) return [book, [{ do: 'tellCommand', command: known }]];
  const { id, name, arguments: given, issuedAt, expiresAt } = document;
  const command: Command = { id, name, arguments: given, issuedAt, expiresAt, state: 'init', changedAtMs };
  const waiting = book.list.filter(({ state }) => !isFinal(state)).length;
  if (is === 'expired') return end(book, command, err('COMMAND_EXPIRED', `at ${expiresAt}`), changedAtMs);
  if (waiting >= WAITING_MAX) return end(book, command, err('COMMAND_QUEUE_FULL', `${waiting} wait`), changedAtMs);
  const taken: CommandEffect = { do: 'report', code: 'COMMAND_TAKEN', detail: `${name}, ${id}` };
  return [withCommand(book, command), [taken, { do: 'tellCommand', command }, turnCommands]];
}

function turn(book: CommandBook, event: CommandEvent & { readonly on: 'CommandTurn' }): Step {
  const { atMs, bootId } = event;
  const fresh = book.list.find(({ state }) => state === 'init');
  if (fresh) {
    const fault = whyNot(fresh, event);
    const [next, effects] = fault ? end(book, fresh, fault, atMs) : move(book, { ...fresh, state: 'scheduled' }, atMs);
    return [next, [...effects, turnCommands]];
  }
  const present = executingIn(book);
  // here the Ewon is unlinked with the same save: no start of the agent finds it half done
  if (present?.name === 'forget') {
    const [next, effects] = end(book, present, ok({}), atMs);
    return [next, [...effects, { do: 'startForget' }]];
  }
  if (present) return [book, []];
  const next = book.list.find(({ state }) => state === 'scheduled');
  if (!next) return [book, []];
  const newer = newerMove(book, next);
  if (newer) {
    const [ended, effects] = end(book, next, err('MOVE_SUPERSEDED', `by ${newer.id}`), atMs);
    return [ended, [...effects, turnCommands]];
  }
  const [begun, told] = move(book, { ...next, state: 'executing', bootId }, atMs);
  const command = commandIn(begun, next.id) ?? next;
  if (command.name === 'move') return startMove([begun, told], command, atMs);
  const limitMs = limitMsOf(command);
  const rest: CommandEffect = limitMs === undefined ? turnCommands : { do: 'executeCommand', command, limitMs };
  return [begun, [...told, rest, ...(command.name === 'rescan' ? [startRescan] : [])]];
}

/** The account's last word of where this Ewon is to go, which counts, in whatever order a broker delivers. */
function newerMove({ list }: CommandBook, command: Command): Command | undefined {
  if (command.name !== 'move') return undefined;
  return list.find((one) => one.name === 'move' && !isFinal(one.state) && issuedMs(one) > issuedMs(command));
}

/**
 * With the same save the order is the registration machine's, which ends the command when it has failed, and one that was
 * under way before.
 */
function startMove([begun, told]: Step, command: Command, atMs: Millis): Step {
  const order = savedMoveOf(command);
  if (order.ok) return [begun, [...told, { do: 'startMove', request: order.value, atMs }, turnCommands]];
  const [next, effects] = end(begun, command, order, atMs);
  return [next, [...told, ...effects, turnCommands]];
}

function whyNot(
  command: Command,
  { remote, accountId }: CommandEvent & { readonly on: 'CommandTurn' },
): ReturnType<typeof err> | undefined {
  const { name, arguments: given } = command;
  if (!isKnown(name)) return err('COMMAND_UNKNOWN', name);
  const wrong = argumentsFault(name, command);
  if (wrong) return err('COMMAND_ARGUMENTS_BAD', wrong);
  if (name === 'move' && given['accountId'] === accountId)
    return err('COMMAND_ARGUMENTS_BAD', '/accountId: this Ewon is in that account');
  if (!remote.on && !isAlwaysAllowed(name)) return err('REMOTE_MANAGEMENT_OFF', `decided by ${remote.by}`);
  return undefined;
}

function resume(before: CommandBook, event: CommandEvent & { readonly on: 'BoardStarted' }): Step {
  const { bootId, atMs, goesOn } = event;
  let book = before;
  const effects: CommandEffect[] = [];
  for (const found of [executingIn(before), movingIn(before)]) {
    if (!found || found.id === goesOn) continue;
    const hasRestarted = found.name === 'reboot' && found.bootId !== bootId;
    const [next, told] = end(book, found, hasRestarted ? ok({ bootId }) : err('COMMAND_INTERRUPTED'), atMs);
    book = next;
    effects.push(...told);
  }
  return [book, [...effects, ...(book.list.some(({ state }) => !isFinal(state)) ? [turnCommands] : [])]];
}

function move(book: CommandBook, command: Command, changedAtMs: Millis): Step {
  const moved = { ...command, changedAtMs };
  return [withCommand(book, moved), [{ do: 'tellCommand', command: moved }]];
}

function end(book: CommandBook, command: Command, outcome: Result<Command['result']>, atMs: Millis): Step {
  const said = `${command.name}, ${command.id}`;
  if (outcome.ok) {
    const result = outcome.value && { result: outcome.value };
    const [next, told] = move(book, { ...command, state: 'successful', ...result }, atMs);
    return [next, [...told, { do: 'report', code: 'COMMAND_DONE', detail: said }]];
  }
  const { code: reason, detail } = outcome.fault;
  const [next, told] = move(book, { ...command, state: 'failed', reason, detail: detail || CODES[reason].text }, atMs);
  return [next, [...told, { do: 'report', code: reason, detail: `${said}${detail && `: ${detail}`}` }]];
}

const startRescan: CommandEffect = { do: 'startRescan' };
const turnCommands: CommandEffect = { do: 'turnCommands' };
