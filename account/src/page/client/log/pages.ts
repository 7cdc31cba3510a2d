import type { LogPageView } from '../../../http/list-views.ts';
import type { Answer } from '../api.ts';
import type { LogLine } from '../api-types.ts';

// A page of the log, put together from as many answers as it takes: the server looks for words in so many lines at a time, and
// answers what it has found in these.

/** What a person reads at once; more than that makes a phone slow. */
export const PAGE_LINES = 100;
/** As {@link LOG_LOOKED_AT_ONCE} of the store: for telling how far a search is. */
const LOOKED_AT_ONCE = 10_000;
/** A list that has grown by new lines for so long is read anew. */
const GROWN_MAX = 5 * PAGE_LINES;

/** `looked`: lines that were looked through in vain, or nearly; zero unless a search went on by itself. */
export type Read = { readonly lines: readonly LogLine[]; readonly next: string | null; readonly looked: number };
export const NOTHING_READ: Read = { lines: [], next: null, looked: 0 };

/** @param after `next` of the page before, or what a stopped one has gone to */
export type AskPage = (after: string | null, limit: number) => Promise<Answer<LogPageView>>;

/** Reads a page, going on until it is full, the log is at its end, or somebody has had enough. */
export async function readPage(
  ask: AskPage,
  from: Read,
  { onStep, signal }: { readonly onStep: (read: Read) => void; readonly signal: AbortSignal },
): Promise<Answer<Read>> {
  let read = from;
  const enough = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
  while (!signal.aborted) {
    const answer = await Promise.race([ask(read.next, PAGE_LINES - read.lines.length), enough]);
    if (answer === undefined) break; // what is under way is read again by whoever goes on
    if (!answer.ok) return answer;
    const { lines, next } = answer.value;
    const isShort = next !== null && read.lines.length + lines.length < PAGE_LINES;
    read = { lines: [...read.lines, ...lines], next, looked: read.looked + (isShort ? LOOKED_AT_ONCE : 0) };
    if (!isShort) break;
    onStep(read);
  }
  return { ok: true, value: read };
}

/** Tells whether a page ended before it was full although there may be more. */
export function isStopped({ lines, next }: Read): boolean {
  return next !== null && lines.length < PAGE_LINES;
}

/** How many lines of a newer reading were not there before; `isMore` when there may be others between the two. */
export function freshIn(shown: Read, newer: Read): { readonly count: number; readonly isMore: boolean } {
  const known = new Set(shown.lines.map(({ id }) => id));
  const count = newer.lines.filter(({ id }) => !known.has(id)).length;
  return { count, isMore: count === PAGE_LINES };
}

/**
 * The page with what was read newly of its beginning. A first step that is a page takes its place; one that is short (a search that
 * goes on for longer) adds its lines in front. Undefined when there are so many that the page is better read anew.
 */
export function withNewer(shown: Read, newer: Read): Read | undefined {
  if (!isStopped(newer)) return newer;
  const known = new Set(shown.lines.map(({ id }) => id));
  const fresh = newer.lines.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return shown;
  if (fresh.length + shown.lines.length > GROWN_MAX) return undefined;
  const lines = [...fresh, ...shown.lines].toSorted((a, b) => b.at.localeCompare(a.at) || b.id - a.id);
  return { ...shown, lines };
}
