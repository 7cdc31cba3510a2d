import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Answer } from '../api.ts';
import type { Problem } from '../api-types.ts';
import { answersInOrder } from './answers-in-order.ts';

/** What hangs on all Ewons is read again at most this often, however much they tell. */
const BREATH_MS = 1000;

/**
 * Keeps what the server answers: reads it, and again after each change. An answer is shown though there was a change since: when
 * changes come faster than answers, nothing would be otherwise.
 * @param key of what is read; of another one nothing is shown until it is there, and without one nothing is asked
 * @param changes counts why to read again
 */
export function useReading<T>(
  key: string | undefined,
  changes: number,
  read: () => Promise<Answer<T>>,
): { readonly value: T | undefined; readonly problem: Problem | undefined } {
  const [content, setContent] = useState<{ readonly key: string; readonly value: T }>();
  const [problem, setProblem] = useState<Problem>();
  const last = useRef({ key: '', atMs: 0 });
  const ask = useMemo(() => answersInOrder(), [key]);
  const current = useRef<typeof ask | undefined>(undefined);
  useEffect(() => {
    current.current = ask;
    return () => {
      current.current = undefined;
    };
  }, [ask]);
  useEffect(() => {
    if (key === undefined) return;
    const now = async () => {
      last.current = { key, atMs: performance.now() };
      const mayShow = ask();
      const answer = await read();
      if (current.current !== ask || !mayShow()) return;
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setContent({ key, value: answer.value });
    };
    const waitMs = last.current.key === key ? last.current.atMs + BREATH_MS - performance.now() : 0;
    const timer = window.setTimeout(() => void now(), Math.max(0, waitMs));
    return () => window.clearTimeout(timer);
  }, [key, changes]);
  return { value: content && content.key === key ? content.value : undefined, problem };
}
