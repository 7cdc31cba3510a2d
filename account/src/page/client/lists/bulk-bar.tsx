import { useRef, useState } from 'preact/hooks';
import type { Problem } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Field, ProblemNotice } from '../parts.tsx';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import { listApi, type On } from './list-api.ts';

type Bulk = {
  readonly told: Told;
  readonly on: On;
  /** How many that are, and how many are found in all. */
  readonly count: number;
  readonly total: number;
  readonly onAll: () => void;
  readonly onLeave: () => void;
  /** @param failed ids of those that were not changed: they stay selected */
  readonly onDone: (said: string, failed: readonly string[]) => void;
};

/** What is done with many at once, and how far it is. */
export function BulkBar({ told, on, count, total, onAll, onLeave, onDone }: Bulk) {
  const [pool, setPool] = useState(told.lists.pools[0] ?? '');
  const [isSure, setSure] = useState(false);
  const { doing, problem, run, stop } = useBulk(told, on, (said, failed) => {
    setSure(false);
    onDone(said, failed);
  });
  const busy = doing !== undefined;
  return (
    <div class="panel padded">
      <div class="buttons">
        <strong>{T.chosen(count)}</strong>
        {'ewons' in on && total > count && (
          <button type="button" disabled={busy} onClick={onAll}>
            {T.selectFound(total)}
          </button>
        )}
        <button type="button" class="quiet-button" disabled={busy} onClick={onLeave}>
          {T.leave}
        </button>
      </div>
      <div class="line">
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
              {T.moveButton(count)}
            </button>
            <button type="button" disabled={busy} onClick={() => void run('bulk', { do: 'renew' })}>
              {T.renewMany}
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
            {T.forgetTitle(count)} {T.forgetText}{' '}
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
      </div>
      {doing && (
        <div class="buttons">
          <progress value={doing.done} max={doing.of} aria-label={T.progress(doing.done, doing.of)} />
          <span role="status">{T.progress(doing.done, doing.of)}</span>
          <button type="button" onClick={stop}>
            {T.stop}
          </button>
        </div>
      )}
      <ProblemNotice problem={problem} />
    </div>
  );
}

function useBulk(told: Told, on: On, onDone: Bulk['onDone']) {
  const [doing, setDoing] = useState<{ readonly done: number; readonly of: number }>();
  const [problem, setProblem] = useState<Problem>();
  const stopping = useRef<AbortController>(undefined);
  const run = async (path: 'bulk' | 'bulk-forget', order: { readonly do: string; readonly pool?: string }) => {
    let changed = 0;
    let first: Problem | undefined;
    const failed: string[] = [];
    const controller = new AbortController();
    stopping.current = controller;
    setProblem(undefined);
    setDoing({ done: 0, of: 'ewons' in on ? on.ewons.length : 1 });
    const answer = await listApi(told.api).bulk(
      path,
      { ...order, ...on },
      (line) => {
        if (line.ok) changed += 1;
        else {
          failed.push(line.id);
          first ??= { ...line.problem, detail: line.problem.detail ?? '' };
        }
        setDoing({ done: line.done, of: line.of });
      },
      controller.signal,
    );
    setDoing(undefined);
    setProblem(answer.ok ? first : answer.problem);
    if (answer.ok) onDone(T.bulkDone(changed, failed.length), failed);
  };
  return { doing, problem, run, stop: () => stopping.current?.abort() };
}
