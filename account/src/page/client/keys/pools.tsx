import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Told } from '../page.ts';
import { Field, fieldOf, ProblemNotice, Untrusted, useAsking } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { POOLS as T } from '../texts-keys.ts';
import { ConfirmDialog } from '../users/confirm-dialog.tsx';
import { harmless } from '../words.ts';

/** The pools Ewons can be in. One in use is not removed: the server says by whom. */
export function Pools(props: {
  readonly told: Told;
  readonly onDone: (said: string, focus: 'stays' | 'heading') => void;
}) {
  const { told, onDone } = props;
  const ask = useAsking();
  const [leaving, setLeaving] = useState<string>();
  const add = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const pool = fieldOf(form, 'pool');
    void ask.run(
      () => told.api.addPool(pool),
      () => {
        form.reset();
        onDone(T.added(harmless(pool)), 'stays');
      },
    );
  };
  return (
    <details class="apart">
      <summary>{T.title}</summary>
      <ul class="rows">
        {told.lists.pools.map((pool) => (
          <li key={pool}>
            <Untrusted text={pool} />
            <button type="button" class="danger quiet-button" onClick={() => setLeaving(pool)}>
              {T.remove}
              <span class="unseen">{TEXTS.pending.of(harmless(pool))}</span>
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add}>
        <Field label={T.name}>
          {(id) => <input id={id} name="pool" required maxLength={100} autocomplete="off" />}
        </Field>
        <div class="buttons">
          <button type="submit" disabled={ask.busy}>
            {T.add}
          </button>
        </div>
        <ProblemNotice problem={ask.problem} />
      </form>
      {leaving !== undefined && (
        <ConfirmDialog
          title={T.removeTitle(harmless(leaving))}
          text={T.removeText}
          button={T.removeButton}
          ask={() => told.api.removePool(leaving)}
          onClose={() => setLeaving(undefined)}
          onDone={() => {
            setLeaving(undefined);
            onDone(T.removed(harmless(leaving)), 'heading');
          }}
        />
      )}
    </details>
  );
}
