import { useState } from 'preact/hooks';
import type { Problem } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Field, ProblemNotice } from '../parts.tsx';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import { listApi } from './list-api.ts';

/** What is done with the selected ones, and how far it is. */
export function BulkBar(props: {
  readonly told: Told;
  readonly chosen: readonly string[];
  readonly onDone: (said: string) => void;
}) {
  const { told, chosen, onDone } = props;
  const [pool, setPool] = useState(told.lists.pools[0] ?? '');
  const [isSure, setSure] = useState(false);
  const [doing, setDoing] = useState<{ readonly done: number; readonly of: number }>();
  const [problem, setProblem] = useState<Problem>();
  const run = async (path: 'bulk' | 'bulk-forget', order: object) => {
    let [done, failed] = [0, 0];
    setDoing({ done: 0, of: chosen.length });
    setProblem(undefined);
    let first: Problem | undefined;
    const answer = await listApi(told.api).bulk(path, { ...order, ewons: chosen }, (line) => {
      if (line.ok) done += 1;
      else {
        failed += 1;
        first ??= { ...line.problem, detail: line.problem.detail ?? '' };
      }
      setDoing({ done: line.done, of: line.of });
    });
    setDoing(undefined);
    setSure(false);
    setProblem(answer.ok ? first : answer.problem);
    if (answer.ok) onDone(T.bulkDone(done, failed));
  };
  const busy = doing !== undefined;
  return (
    <div class="line">
      <strong>{T.chosen(chosen.length)}</strong>
      {may(told.lists, 'ewons.edit') && (
        <>
          <Field label={T.move}>
            {(id) => (
              <select id={id} value={pool} onChange={(event) => setPool(event.currentTarget.value)}>
                {told.lists.pools.map((name) => (
                  <option key={name} value={name}>
                    {harmless(name)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <button type="button" disabled={busy} onClick={() => void run('bulk', { do: 'move', pool })}>
            {T.moveButton(chosen.length)}
          </button>
        </>
      )}
      {may(told.lists, 'ewons.forget') && !isSure && (
        <button type="button" class="danger" disabled={busy} onClick={() => setSure(true)}>
          {T.forget}
        </button>
      )}
      {isSure && (
        <span role="alert">
          {T.forgetTitle(chosen.length)} {T.forgetText}{' '}
          <button
            type="button"
            class="danger"
            disabled={busy}
            onClick={() => void run('bulk-forget', { do: 'forget' })}
          >
            {T.forgetButton}
          </button>
        </span>
      )}
      {doing && (
        <span role="status">
          <progress value={doing.done} max={doing.of} aria-label={T.progress(doing.done, doing.of)} />{' '}
          {T.progress(doing.done, doing.of)}
        </span>
      )}
      <ProblemNotice problem={problem} />
    </div>
  );
}
