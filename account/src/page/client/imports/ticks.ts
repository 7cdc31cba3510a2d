import { useEffect, useState } from 'preact/hooks';

/** The server asks the other account as often, so more would show nothing newer. */
const LOOK_AGAIN_MS = 2000;

/** Counts while something is under way: what the other account knows no event tells. */
export function useTicks(isUnderWay: boolean): number {
  const [ticks, setTicks] = useState(0);
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = window.setInterval(() => !document.hidden && setTicks((before) => before + 1), LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [isUnderWay]);
  return ticks;
}
