import type { TargetedSubmitEvent } from 'preact';
import type { Told } from './page.ts';
import { Field, fieldOf, ProblemNotice, useAsking } from './parts.tsx';
import { TEXTS } from './texts.ts';

const T = TEXTS.auto;

/** Takes over a key whose cards exist already, so that they work here. */
export function ImportKey({ told }: { readonly told: Told }) {
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    void ask.run(
      () => told.api.importKey(fieldOf(form, 'key'), fieldOf(form, 'note')),
      (grk) => {
        form.reset();
        told.say(T.imported(grk.id));
        told.reload();
      },
    );
  };
  return (
    <details class="apart">
      <summary>{T.importTitle}</summary>
      <form onSubmit={submit}>
        <p class="quiet">{T.importText}</p>
        <Field label={T.importKey}>
          {(id) => (
            <input
              id={id}
              name="key"
              type="password"
              required
              pattern="A01-[0-9A-Z]{32}"
              autocomplete="off"
              spellcheck={false}
            />
          )}
        </Field>
        <Field label={T.importNote}>{(id) => <input id={id} name="note" maxLength={140} autocomplete="off" />}</Field>
        <div class="buttons">
          <button type="submit" disabled={ask.busy}>
            {T.importButton}
          </button>
        </div>
        <ProblemNotice problem={ask.problem} />
      </form>
    </details>
  );
}
