import type { Agent } from 'node:https';
import type { TestDevice } from '@ewon-agent/account/testing/device-client';
import type { AccountProcess } from '../src/account-process.ts';
import { AdminRefusal } from '../src/admin-api.ts';

// A book of what an account has said yes to. One more kind of work: its yes here, what asks for it in a file
// account-kill-….ts, which account-kill-load.ts lists, and what must hold then in account-kill-truth.ts.

/** A yes of the account. `old`: the Ewon that was replaced. */
export type Yes =
  | { readonly to: 'request'; readonly requestId: string }
  | {
      readonly to: 'approve' | 'replace' | 'reject';
      readonly id: string;
      readonly deviceId?: string;
      readonly old?: string;
    }
  | { readonly to: 'undo'; readonly deviceId: string; readonly old: string }
  | { readonly to: 'renewKey'; readonly made: string; readonly revoked: readonly string[] }
  | { readonly to: 'renewCertificate'; readonly deviceId: string; readonly certificate: string };

/** A yes about lists and people, which nobody waits for. */
export type OtherYes =
  | { readonly to: 'import'; readonly mark: string }
  | { readonly to: 'move'; readonly deviceId: string; readonly pool: string }
  | { readonly to: 'people'; readonly event: string };

/** The last thing asked of what there is once, and whether the account said yes. */
export type Asked = { readonly wish: string; readonly yes: boolean };
export type Book = {
  readonly yes: Yes[];
  readonly others: OtherYes[];
  /** By the name of a setting: of the pool of new Ewons, of a pool, of the rollout, of a user, of a group, of a token. */
  readonly settings: Map<string, Asked>;
  /** Devices that are linked, for certificates and to be replaced. */
  readonly linked: Map<string, { readonly device: TestDevice; readonly location: string }>;
  /** Ewons that nobody replaces: lists are imported for them, and they are moved. */
  readonly listed: string[];
  /** What is asked and not answered, and how often a kill found it so. */
  readonly open: Map<string, number>;
  readonly cut: Map<string, number>;
  readonly waiting: (() => void)[];
  isGone: boolean;
};

export const newBook = (): Book => ({
  ...{ yes: [], others: [], settings: new Map(), linked: new Map() },
  ...{ listed: [], open: new Map(), cut: new Map() },
  ...{ waiting: [], isGone: false },
});

export type Chance = { fraction(): number };
export const oneOf = <T>(from: readonly T[], { fraction }: Chance): T | undefined =>
  from[Math.floor(fraction() * from.length)];

/** What a work needs. */
export type Work = {
  readonly account: AccountProcess;
  readonly book: Book;
  readonly chance: Chance;
  readonly patch: string;
  readonly agent: Agent;
  readonly base: string;
};

/** Asks the account something, and keeps count of what it does not live to answer. */
export async function ask<T>({ open }: Book, what: string, send: () => Promise<T>): Promise<T> {
  open.set(what, (open.get(what) ?? 0) + 1);
  const close = () => open.set(what, (open.get(what) ?? 0) - 1);
  try {
    const answer = await send();
    close();
    return answer;
  } catch (cause) {
    if (cause instanceof AdminRefusal) close();
    throw cause;
  }
}

/** Counts what a kill has cut off. */
export function closeBook({ open, cut }: Book): void {
  for (const [what, n] of open) if (n > 0) cut.set(what, (cut.get(what) ?? 0) + n);
  open.clear();
}

/** Writes a yes down, for which others wait. */
export function say(book: Book, yes: Yes): void {
  book.yes.push(yes);
  wakeAll(book);
}

/** Writes down that the server is gone: nobody waits for a yes any more. */
export function sayGone(book: Book): void {
  book.isGone = true;
  wakeAll(book);
}

function wakeAll({ waiting }: Book): void {
  for (const wake of waiting.splice(0)) wake();
}

/** Resolves when the account has said yes so many times more, or is gone. */
export async function more(book: Book, yeses: number): Promise<void> {
  const next = book.yes.length + yeses;
  while (book.yes.length < next && !book.isGone) await new Promise<void>((resolve) => void book.waiting.push(resolve));
}

/** Asks for something there is once. */
export async function askFor(book: Book, name: string, wish: string, send: () => Promise<unknown>): Promise<void> {
  book.settings.set(name, { wish, yes: false });
  await ask(book, name.replace(/^(pool|user|group|token) .*$/, '$1'), send);
  book.settings.set(name, { wish, yes: true });
}
