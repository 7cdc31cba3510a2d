import type { Ref } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Field } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import type { useMany } from './use-many.ts';

/** What is done with many. */
export type ManyOrder =
  | { readonly do: 'move'; readonly pool: string }
  | { readonly do: 'renew' }
  | { readonly do: 'forget' };

type Props = {
  readonly told: Told;
  readonly bar: Ref<HTMLDivElement>;
  readonly many: ReturnType<typeof useMany>;
  /** How many are found in all. */
  readonly total: number;
  readonly onAll: () => void;
  readonly onLeave: () => void;
};

/** What is done with many at once, and how far it is. */
export function BulkBar({ told, bar, many, total, onAll, onLeave }: Props) {
  const { bulk, chosen, question: asked, order } = many;
  const [pool, setPool] = useState(told.lists.pools[0] ?? '');
  const question = useRef<HTMLSpanElement>(null);
  const progress = useRef<HTMLDivElement>(null);
  const forget = useRef<HTMLButtonElement>(null);
  const isCancelled = useRef(false);
  const doing = bulk.at === 'running' ? bulk : undefined;
  const busy = doing !== undefined;
  // whatever is selected meanwhile, it is those under the order who count
  const count = doing?.of ?? many.count;
  // the button that was pressed is gone, or rests
  useLayoutEffect(() => {
    if (asked) question.current?.focus();
    else if (isCancelled.current) forget.current?.focus();
    isCancelled.current = false;
  }, [asked]);
  useLayoutEffect(() => {
    if (busy) progress.current?.focus();
  }, [busy]);
  const cancel = () => {
    isCancelled.current = true;
    many.cancel();
  };
  return (
    <div class="panel padded" ref={bar}>
      <div class="buttons">
        <strong>{T.chosen(count)}</strong>
        {chosen !== 'found' && total > count && (
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
            <button type="button" disabled={busy} onClick={() => void order({ do: 'move', pool })}>
              {T.moveButton(count)}
            </button>
            <button type="button" disabled={busy} onClick={() => void order({ do: 'renew' })}>
              {T.renewMany}
            </button>
          </>
        )}
        {may(told.lists, 'ewons.forget') && !asked && (
          <button type="button" ref={forget} class="danger" disabled={busy} onClick={many.ask}>
            {T.forget}
          </button>
        )}
        {asked && (
          <span role="alert" ref={question} tabIndex={-1}>
            {T.forgetTitle(asked.count)} {T.forgetText}{' '}
            <button type="button" class="danger" disabled={busy} onClick={() => void order({ do: 'forget' })}>
              {T.forgetButton}
            </button>{' '}
            <button type="button" disabled={busy} onClick={cancel}>
              {TEXTS.cancel}
            </button>
          </span>
        )}
      </div>
      {doing && (
        <div class="buttons" ref={progress} tabIndex={-1}>
          <progress value={doing.done} max={doing.of} aria-label={T.progress(doing.done, doing.of)} />
          <span role="status">{T.progress(doing.done, doing.of)}</span>
          <button type="button" onClick={many.stop}>
            {T.stop}
          </button>
        </div>
      )}
    </div>
  );
}
