import { useEffect, useRef, useState } from 'preact/hooks';
import type { Api } from '../api.ts';
import type { Problem } from '../api-types.ts';
import { sendBulk } from '../bulk-lines.ts';

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

/** Carries out orders on waiting ones. Who leaves while one runs stops it after the one at hand. */
export function useBulk(api: Api) {
  const [bulk, setBulk] = useState<Bulk>({ at: 'idle' });
  const stopping = useRef<AbortController>(undefined);
  useEffect(() => () => stopping.current?.abort(), []);

  const run = async (order: { readonly registrations: readonly string[] }): Promise<Bulk> => {
    const stop = new AbortController();
    stopping.current = stop;
    const of = order.registrations.length;
    let now = { at: 'running' as const, done: 0, of, failures: [] as readonly Failure[] };
    setBulk(now);
    const answer = await sendBulk(
      api,
      'registrations/bulk',
      order,
      (line) => {
        const failures = line.ok
          ? now.failures
          : [...now.failures, { id: line.id, problem: { ...line.problem, detail: line.problem.detail ?? '' } }];
        now = { ...now, done: line.done, failures };
        setBulk(now);
      },
      stop.signal,
    );
    const ended: Bulk = {
      ...now,
      at: stop.signal.aborted && now.done < of ? 'stopped' : 'ended',
      ...(!answer.ok && { problem: answer.problem }),
    };
    setBulk(ended);
    return ended;
  };
  return { bulk, run, stop: () => stopping.current?.abort() };
}
