import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogPageView } from '../../../http/list-views.ts';
import type { Problem } from '../api-types.ts';
import type { Told } from '../page.ts';
import { type AskPage, freshIn, NOTHING_READ, PAGE_LINES, type Read, readPage, withNewer } from './pages.ts';
import { filtersOf, type Order, type Query } from './query.ts';

/** The first page is read again at most this often, however fast the log grows; a search in it costs the server more. */
const BREATH_MS = 500;
const SEARCH_BREATH_MS = 2000;

/**
 * What is shown of the log: a page, the order it is in, and how often a page was turned before it. `found`: lines that there were when
 * a person asked, which is what a screen reader says; it does not say each new one.
 */
export type Shown = {
  readonly read: Read;
  readonly order: Order;
  readonly key: string;
  readonly turned: number;
  readonly found: number;
};
/** What a reading that was begun earlier must know of now. */
type Latest = {
  readonly logChanges: number;
  readonly shown: Shown | undefined;
  readonly key: string;
  readonly start: string | null;
  readonly turned: number;
  readonly ask: AskPage;
  readonly take: (page: Shown, newer: Read) => void;
  readonly look: () => Promise<void>;
  readonly isGone: boolean;
};
type Held = { readonly read: Read; readonly count: number; readonly isMore: boolean };
/** Cursors of the pages that were turned; of another question they mean nothing. */
type Turned = { readonly key: string; readonly cursors: readonly string[] };

/**
 * Reads the log page by page, and keeps the page live on which new lines appear: the first one, or the last one when the oldest line
 * comes first. New lines of a list that somebody has scrolled are held back until he wants them.
 */
export function useLog({ api, logChanges }: Told, query: Query, order: Order, isScrolled: () => boolean) {
  const params = filtersOf(query);
  for (const [name, value] of Object.entries(order)) params.set(name, value);
  const key = params.toString();
  const [turned, turn] = useState<Turned>({ key, cursors: [] });
  const cursors = turned.key === key ? turned.cursors : [];
  const start = cursors.at(-1) ?? null;
  const [shown, show] = useState<Shown>();
  const [held, hold] = useState<Held>();
  const [progress, setProgress] = useState<Read>();
  const [problem, setProblem] = useState<Problem>();
  const stopping = useRef(new AbortController());
  const seen = useRef(0);
  const isBusy = useRef(false);
  const isLooking = useRef(false);
  const readAtMs = useRef(-SEARCH_BREATH_MS);

  const ask: AskPage = (after, limit) => {
    const asked = new URLSearchParams(params);
    asked.set('limit', String(limit));
    if (after !== null) asked.set('after', after);
    return api.json<LogPageView>(`log/lines?${asked}`);
  };
  const run = async (from: Read) => {
    stopping.current.abort();
    const own = new AbortController();
    stopping.current = own;
    const isOver = () => stopping.current !== own; // a later question is under way; its answer counts
    isBusy.current = true;
    seen.current = latest.current.logChanges;
    readAtMs.current = performance.now();
    const page = (read: Read): Shown => ({
      ...{ read, order, key, turned: cursors.length, found: read.lines.length },
    });
    const onStep = (read: Read) => {
      if (isOver()) return;
      setProgress(read);
      show(page(read));
    };
    const answer = await readPage(ask, from, { onStep, signal: own.signal });
    if (isOver()) return;
    isBusy.current = false;
    setProgress(undefined);
    hold(undefined);
    setProblem(answer.ok ? undefined : answer.problem);
    if (answer.ok) show(page(answer.value));
  };
  useEffect(() => {
    void run({ ...NOTHING_READ, next: start });
    return () => {
      stopping.current.abort();
      stopping.current = new AbortController();
    };
  }, [api, key, start]);

  /** Tells whether new lines appear on what is shown, and there may be some. */
  const isBehind = ({ shown: page, ...now }: Latest): boolean => {
    if (isBusy.current || page?.key !== now.key || page.turned !== now.turned) return false;
    const isAtEnd = isOldestFirst(order) ? page.read.next === null : now.turned === 0;
    return isAtEnd && seen.current !== now.logChanges;
  };
  const look = async (): Promise<void> => {
    if (isLooking.current || !isBehind(latest.current)) return;
    isLooking.current = true;
    const breathMs = query.text === '' ? BREATH_MS : SEARCH_BREATH_MS;
    await new Promise((done) => setTimeout(done, Math.max(0, readAtMs.current + breathMs - performance.now())));
    const before = latest.current;
    seen.current = before.logChanges;
    readAtMs.current = performance.now();
    const answer = await before.ask(before.start, PAGE_LINES);
    isLooking.current = false;
    const now = latest.current;
    if (now.isGone) return;
    const isSame = now.shown === before.shown && now.key === before.key && now.start === before.start;
    if (answer.ok && now.shown && isSame && !isBusy.current) now.take(now.shown, { ...answer.value, looked: 0 });
    return now.look();
  };
  const take = (page: Shown, newer: Read) => {
    const isAtEnd = isOldestFirst(order);
    const read = isAtEnd ? newer : withNewer(page.read, newer);
    if (read === undefined) return void run({ ...NOTHING_READ, next: start });
    const fresh = freshIn(page.read, newer);
    if (!isAtEnd && fresh.count > 0 && isScrolled()) hold({ read, ...fresh });
    else show({ ...page, read });
  };
  const present: Latest = { logChanges, shown, key, start, turned: cursors.length, ask, take, look, isGone: false };
  const latest = useRef(present);
  latest.current = present;
  useEffect(() => void look(), [logChanges, shown]);
  useEffect(
    () => () => {
      latest.current = { ...latest.current, isGone: true };
    },
    [],
  );

  return {
    shown,
    held,
    progress,
    problem,
    isTurned: shown !== undefined && shown.key === key && shown.turned > 0,
    stop: () => stopping.current.abort(),
    goOn: () => void (shown && run(shown.read)),
    // from what is shown: a second press before the page is there is the same wish
    older: () => shown?.read.next && turn({ key, cursors: [...cursors.slice(0, shown.turned), shown.read.next] }),
    newer: () => shown && turn({ key, cursors: cursors.slice(0, Math.max(0, shown.turned - 1)) }),
    newest: () => turn({ key, cursors: [] }),
    showHeld() {
      if (held && shown) show({ ...shown, read: held.read });
      hold(undefined);
    },
  };
}

function isOldestFirst({ sort, order }: Order): boolean {
  return sort === 'time' && order === 'up';
}
