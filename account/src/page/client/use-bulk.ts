import { useEffect, useRef, useState } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Problem } from './api-types.ts';
import { sendBulk } from './bulk-lines.ts';

/** One that was not done, and why. */
export type Failure = { readonly id: string; readonly problem: Problem };
/** How far an order on many is. `failures` are told as they come. */
export type Bulk =
  | { readonly at: 'idle' }
  | {
      readonly at: 'running' | 'stopped' | 'ended';
      readonly done: number;
      readonly of: number;
      readonly failures: readonly Failure[];
      /** Of the order as a whole. */
      readonly problem?: Problem;
    };

/** An order that does not run any more. */
export type Ended = Exclude<Bulk, { readonly at: 'idle' }>;

/** Carries out orders on many. Who leaves while one runs stops it after the one at hand, and is asked before. */
export function useBulk(api: Api) {
  const [bulk, setBulk] = useState<Bulk>({ at: 'idle' });
  const stopping = useRef<AbortController>(undefined);
  useEffect(() => () => stopping.current?.abort(), []);
  const isRunning = bulk.at === 'running';
  useEffect(() => {
    if (!isRunning) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isRunning]);

  /** @param of how many that are, as far as is known */
  const run = async (path: string, order: object, of: number): Promise<Ended> => {
    const stop = new AbortController();
    stopping.current = stop;
    let now = { at: 'running' as const, done: 0, of, failures: [] as readonly Failure[] };
    setBulk(now);
    const answer = await sendBulk(
      api,
      path,
      order,
      (line) => {
        const failures = line.ok
          ? now.failures
          : [...now.failures, { id: line.id, problem: { ...line.problem, detail: line.problem.detail ?? '' } }];
        now = { ...now, done: line.done, of: line.of, failures };
        setBulk(now);
      },
      stop.signal,
    );
    const ended: Ended = {
      ...now,
      at: stop.signal.aborted && now.done < now.of ? 'stopped' : 'ended',
      ...(!answer.ok && { problem: answer.problem }),
    };
    setBulk(ended);
    return ended;
  };
  return { bulk, run, stop: () => stopping.current?.abort(), forget: () => setBulk({ at: 'idle' }) };
}
