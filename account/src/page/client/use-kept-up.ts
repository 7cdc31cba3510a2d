import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from './api.ts';
import type { Ewon } from './api-types.ts';
import type { Heard } from './heard.ts';
import { type KeptUp, keepUp } from './keep-up.ts';

const CLOCK = {
  now: () => performance.now(),
  after: (ms: number, call: () => void) => {
    const timer = window.setTimeout(call, ms);
    return () => window.clearTimeout(timer);
  },
};

/**
 * Keeps what the server answers up to date for as long as it is shown, see {@link keepUp}. What was answered last stays in sight
 * until another question is answered.
 * @param of `key` names the question; `readings` counts why to ask it again at once
 */
export function useKeptUp<T>(of: {
  readonly heard: Heard;
  readonly key: string;
  readonly readings: number;
  /** Nothing is asked without. `again` asks once more, at once. */
  readonly read: ((again: () => void) => Promise<Answer<T>>) | undefined;
  readonly change: (value: T, rows: readonly Ewon[]) => T;
  readonly readAgain: boolean;
}): KeptUp<T> & { readonly again: () => void } {
  const [shown, show] = useState<KeptUp<T>>({ value: undefined, problem: undefined });
  const latest = useRef(of);
  latest.current = of;
  const [keeping] = useState(() =>
    keepUp<T>({
      ...{ clock: CLOCK, show },
      get readAgain() {
        return latest.current.readAgain;
      },
      change: (value, rows) => latest.current.change(value, rows),
    }),
  );
  const read = useRef(of.readings);
  useEffect(() => of.heard.listen(keeping.hear), []);
  // before the first paint: a person waits for it
  useLayoutEffect(() => {
    read.current = of.readings;
    const { read: how } = of;
    if (how) keeping.ask(() => how(keeping.again));
    else keeping.stop();
  }, [of.key]);
  useLayoutEffect(() => {
    if (read.current !== of.readings) keeping.again();
    read.current = of.readings;
  }, [of.readings]);
  useEffect(() => keeping.stop, []);
  return { ...shown, again: keeping.again };
}
