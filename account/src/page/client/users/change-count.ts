import { useRef } from 'preact/hooks';

/** Counts how often a value was another one: a reason to read again what hangs on it. */
export function useChangeCount(value: unknown): number {
  const last = useRef({ value, count: 0 });
  if (last.current.value !== value) last.current = { value, count: last.current.count + 1 };
  return last.current.count;
}
