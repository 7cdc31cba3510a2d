import type { TargetedSubmitEvent } from 'preact';
import type { Told } from './page.ts';
import { Field, fieldOf, ProblemNotice, Untrusted, useAsking } from './parts.tsx';
import { TEXTS } from './texts.ts';
import { harmless } from './words.ts';

const T = TEXTS.pools;

/** The pools Ewons can be in. One in use is not removed: the server says by whom. */
export function Pools({ told }: { readonly told: Told }) {
  const ask = useAsking();
  const done = (said: string) => {
    told.say(said);
    told.reload();
  };
  const add = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const pool = fieldOf(form, 'pool');
    void ask.run(
      () => told.api.addPool(pool),
      () => {
        form.reset();
        done(T.added(harmless(pool)));
      },
    );
  };
  const remove = (pool: string) =>
    void ask.run(
      () => told.api.removePool(pool),
      () => done(T.removed(harmless(pool))),
    );
  return (
    <details class="apart">
      <summary>{T.title}</summary>
      <form onSubmit={add}>
        <ul class="rows">
          {told.lists.pools.map((pool) => (
            <li key={pool}>
              <Untrusted text={pool} />
              <button type="button" class="danger quiet-button" disabled={ask.busy} onClick={() => remove(pool)}>
                {T.remove}
                <span class="unseen">{TEXTS.pending.of(harmless(pool))}</span>
              </button>
            </li>
          ))}
        </ul>
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
    </details>
  );
}
