import { ProblemNotice } from '../parts.tsx';
import { BULK as T } from '../texts-decide.ts';
import type { Bulk } from '../use-bulk.ts';
import { Failures } from './failures.tsx';

/** How far an order on many is, and each that was not done with its reason. @param nameOf what a person calls one by */
export function BulkPart({ bulk, nameOf }: { readonly bulk: Bulk; readonly nameOf: (id: string) => string }) {
  if (bulk.at === 'idle') return null;
  const { at, done, of, failures } = bulk;
  const succeeded = done - failures.length;
  return (
    <>
      <p>
        <progress value={done} max={of} aria-label={T.progress(done, of)} /> {T.progress(done, of)}
      </p>
      <p role="status">
        {at === 'stopped' && T.stopped(done, of)}
        {at === 'ended' && bulk.problem === undefined && T.ended(succeeded, failures.length)}
      </p>
      <ProblemNotice problem={bulk.problem} />
      <Failures failures={failures} label={T.failures} more={T.andMore} nameOf={nameOf} />
    </>
  );
}
