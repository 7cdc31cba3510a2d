import type { Agent } from 'node:https';
import type { ImportView } from '@ewon-agent/account/http/imports/admin-imports';
import type { TestDevice } from '@ewon-agent/account/testing/device-client';
import type { AccountProcess } from '../src/account-process.ts';
import { AdminRefusal } from '../src/admin-api.ts';
import type { Where } from './account-kill-travellers.ts';

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

/** A yes about an import of Ewons from one account by the other: `into` is the one that imports. */
export type MoveYes =
  | { readonly to: 'list' | 'start' | 'end'; readonly into: Where; readonly view: ImportView }
  | {
      readonly to: 'let in';
      readonly into: Where;
      readonly id: string;
      readonly key: string;
      readonly deviceId: string;
    }
  | { readonly to: 'good-bye'; readonly into: Where; readonly deviceId: string }
  | { readonly to: 'order'; readonly into: Where; readonly id: string; readonly key: string };

/** A start or an end that an account was asked for and did not live to answer: it is asked for again. */
export type AskedImport = { readonly to: 'start' | 'end'; readonly id: string; readonly body: object };

/** The last thing asked of what there is once, and whether the account said yes. */
export type Asked = { readonly wish: string; readonly yes: boolean };
export type Book = {
  readonly yes: Yes[];
  readonly others: OtherYes[];
  readonly moves: MoveYes[];
  readonly unanswered: Map<Where, AskedImport>;
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
  /** How long the last answer of each kind took. */
  readonly tookMs: Map<string, number>;
  /** Told of each question. */
  heed: (what: string) => void;
  isGone: boolean;
};

export const newBook = (): Book => ({
  ...{ yes: [], others: [], moves: [], unanswered: new Map(), settings: new Map(), linked: new Map() },
  ...{ listed: [], open: new Map(), cut: new Map() },
  ...{ waiting: [], tookMs: new Map(), heed: () => {}, isGone: false },
});

export type Chance = { fraction(): number };
export const oneOf = <T>(from: readonly T[], { fraction }: Chance): T | undefined =>
  from[Math.floor(fraction() * from.length)];

/** What a work needs. */
export type Work = {
  readonly account: AccountProcess;
  readonly book: Book;
  readonly chance: Chance;
  /** A rollout of it is stopped and goes on. */
  readonly patch: string;
  readonly agent: Agent;
  readonly base: string;
};

export type DoWork = (work: Work) => Promise<void>;

/** Asks the account something, and keeps count of what it does not live to answer. */
export async function ask<T>({ open, tookMs, heed }: Book, what: string, send: () => Promise<T>): Promise<T> {
  const sentMs = performance.now();
  heed(what);
  open.set(what, (open.get(what) ?? 0) + 1);
  const close = () => open.set(what, (open.get(what) ?? 0) - 1);
  try {
    const answer = await send();
    close();
    tookMs.set(what, performance.now() - sentMs);
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

/** Resolves at the next question about an import, or when the account is gone. @returns how long the last answer to such a one took */
export async function importAsked(book: Book): Promise<number | undefined> {
  let asked: string | undefined;
  const heard = Promise.withResolvers<void>();
  book.heed = (what) => {
    if (!what.includes(', into ')) return;
    asked ??= what;
    heard.resolve();
  };
  while (asked === undefined && !book.isGone) await Promise.race([heard.promise, more(book, 1)]);
  book.heed = () => {};
  return book.tookMs.get(asked ?? '');
}

/** Asks for something there is once. */
export async function askFor(book: Book, name: string, wish: string, send: () => Promise<unknown>): Promise<void> {
  book.settings.set(name, { wish, yes: false });
  await ask(book, name.replace(/^(pool|user|group|token) .*$/, '$1'), send);
  book.settings.set(name, { wish, yes: true });
}
