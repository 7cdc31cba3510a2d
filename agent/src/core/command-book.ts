// The commands this Ewon remembers. Bounded, and still nothing is carried out twice, whatever the clock says: what is
// forgotten leaves behind when it was issued, and nothing that old is taken any more (decision 0024).

import type { Code, CommandDocument, CommandId, CommandState, Millis } from '@ewon-agent/contracts';
import { isFinal } from '@ewon-agent/contracts';

/** A command as it is remembered. */
export type Command = Pick<CommandDocument, 'id' | 'name' | 'arguments' | 'issuedAt' | 'expiresAt'> & {
  readonly state: CommandState;
  readonly changedAtMs: Millis;
  /** The start of the board in which it began to be carried out. */
  readonly bootId?: string;
  readonly reason?: Code;
  readonly detail?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  /** The account has its end and took it from the broker. */
  readonly cleared?: true;
};

/** In the order they came. `forgottenUpToMs`: the newest of those that are remembered no more was issued then; 0 without any. */
export type CommandBook = { readonly list: readonly Command[]; readonly forgottenUpToMs: Millis };

export const EMPTY_BOOK: CommandBook = { list: [], forgottenUpToMs: 0 };
/** Commands are rare, and a person sends them; so many ends are remembered. */
const REMEMBERED_MAX = 64;

export function commandIn({ list }: CommandBook, id: CommandId): Command | undefined {
  return list.find((command) => command.id === id);
}

/** Puts a command in, or in the place of what is known of it, and forgets the oldest ends beyond the limit. */
export function withCommand({ list, forgottenUpToMs }: CommandBook, command: Command): CommandBook {
  const isKnown = list.some(({ id }) => id === command.id);
  const next = isKnown ? list.map((one) => (one.id === command.id ? command : one)) : [...list, command];
  const ends = next.filter(({ state }) => isFinal(state)).toSorted((a, b) => issuedMs(a) - issuedMs(b));
  const forgotten = ends.slice(0, Math.max(0, next.length - REMEMBERED_MAX));
  return {
    list: next.filter((one) => !forgotten.includes(one)),
    forgottenUpToMs: Math.max(forgottenUpToMs, ...forgotten.map(issuedMs)),
  };
}

/** A time that is over for certain, by what the account has signed: a clock that stands before it is wrong. 0 when nothing is known. */
export function certainlyAfterMs({ list, forgottenUpToMs }: CommandBook, policyIssuedAt: string | undefined): Millis {
  const policyMs = policyIssuedAt === undefined ? 0 : Date.parse(policyIssuedAt);
  return Math.max(forgottenUpToMs, policyMs, ...list.map(issuedMs));
}

/** When a command was issued. */
export function issuedMs({ issuedAt }: Pick<Command, 'issuedAt'>): Millis {
  return Date.parse(issuedAt);
}
