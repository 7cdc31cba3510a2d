import { useEffect, useState } from 'preact/hooks';

/** Of an import that somebody watches: the server asks the other account as often, so more would show nothing newer. */
export const WATCHED_MS = 2000;
/** Of the list: an import may wait for weeks for an Ewon that is switched off, with a page open all the while. */
export const LISTED_MS = 20_000;

/** Counts while something is under way: what the other account knows no event tells. */
export function useTicks(isUnderWay: boolean, everyMs: number): number {
  const [ticks, setTicks] = useState(0);
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = window.setInterval(() => !document.hidden && setTicks((before) => before + 1), everyMs);
    return () => window.clearInterval(timer);
  }, [isUnderWay]);
  return ticks;
}
