import { useEffect, useRef, useState } from 'preact/hooks';

/** Follows a count that may go up all the time, at most once in so many milliseconds; the last value is never missed. */
export function useSlowly(count: number, everyMs: number): number {
  const [followed, follow] = useState(count);
  const latest = useRef(count);
  const timer = useRef<number>(undefined);
  latest.current = count;
  useEffect(() => {
    if (timer.current !== undefined || latest.current === followed) return;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      follow(latest.current);
    }, everyMs);
  }, [count, followed]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return followed;
}
