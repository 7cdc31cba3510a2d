import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from './api.ts';
import type { Problem } from './api-types.ts';

/**
 * Keeps what the server answers of something that may change all the time: read again after each change, one question at a time, and at
 * most once in so many milliseconds. Every answer is shown, however fast the next change comes.
 * @param changes counts why to read again
 * @returns also `again`, for reasons that are not counted
 */
export function useKeptReading<T>(
  changes: number,
  breathMs: number,
  read: () => Promise<Answer<T>>,
): { readonly value: T | undefined; readonly problem: Problem | undefined; readonly again: () => void } {
  const [value, setValue] = useState<T>();
  const [problem, setProblem] = useState<Problem>();
  const work = useRef({ isDue: false, isBusy: false, isGone: false, askedAtMs: Number.NEGATIVE_INFINITY });
  const again = async () => {
    const now = work.current;
    now.isDue = true;
    if (now.isBusy) return;
    now.isBusy = true;
    while (now.isDue && !now.isGone) {
      await new Promise((done) => setTimeout(done, Math.max(0, now.askedAtMs + breathMs - performance.now())));
      now.isDue = false;
      now.askedAtMs = performance.now();
      const answer = await read();
      if (now.isGone) return;
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setValue(answer.value);
    }
    now.isBusy = false;
  };
  useEffect(() => void again(), [changes]);
  useEffect(
    () => () => {
      work.current.isGone = true;
    },
    [],
  );
  return { value, problem, again: () => void again() };
}
