import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { AccountProcess } from '../src/account-process.ts';
import { AdminRefusal } from '../src/admin-api.ts';
import { type Book, type Chance, type DoWork, sayGone } from './account-kill-book.ts';
import { importList, moveMany } from './account-kill-lists.ts';
import { changePeople } from './account-kill-people.ts';
import { approveMany, decide, renewCertificates, renewKeys } from './account-kill-registrations.ts';
import { set } from './account-kill-settings.ts';

// What people and devices do to an account at once.

const WORKS: readonly DoWork[] = [decide, decide, approveMany, renewKeys, renewCertificates, changePeople, set];
const WORKS_ON_LISTED: readonly DoWork[] = [importList, moveMany];

/** Does all of it until the server is gone. `patch`: a rollout of it is stopped and goes on; `others`: what is done besides. */
export async function burden(
  account: AccountProcess,
  book: Book,
  chance: Chance,
  patch: string,
  others: readonly DoWork[] = [],
): Promise<void> {
  book.isGone = false;
  const agent = new Agent({ ca: await readFile(account.ca, 'utf8'), keepAlive: true });
  const base = new URL(account.deviceUrl).origin;
  try {
    await Promise.all(
      [...WORKS, ...(book.listed.length > 0 ? WORKS_ON_LISTED : []), ...others].map(async (work) => {
        while (!book.isGone) {
          try {
            await work({ account, book, chance, patch, agent, base });
          } catch (cause) {
            if (cause instanceof AdminRefusal) continue; // another worker was first: a no, and nothing may have come of it
            if (isOver(cause)) return sayGone(book);
            throw cause;
          }
        }
      }),
    );
  } finally {
    agent.destroy();
  }
}

/** The server is gone: its connection ended or there is nobody to connect to. */
function isOver(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if (cause.message === 'fetch failed' || cause.message === 'terminated' || cause.name === 'SyntaxError') return true;
  return (
    'code' in cause &&
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(cause.code))
  );
}
