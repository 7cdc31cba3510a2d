import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Told } from '../page.ts';
import { Field, fieldOf, ProblemNotice, useAsking } from '../parts.tsx';
import { KEYS, IMPORT as T } from '../texts-keys.ts';
import { NoteField } from './note-field.tsx';

/** Takes over a key whose cards exist already, so that they work here. */
export function ImportKey({ told }: { readonly told: Told }) {
  const ask = useAsking();
  const [times, setTimes] = useState(0);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    void ask.run(
      () => told.api.importKey(fieldOf(form, 'key'), fieldOf(form, 'note')),
      (grk) => {
        form.reset();
        setTimes(times + 1);
        told.say(T.done(grk.id));
        told.reload();
      },
    );
  };
  return (
    <details class="apart">
      <summary>{T.title}</summary>
      <form onSubmit={submit}>
        <p class="quiet">{T.text}</p>
        <Field label={T.key}>
          {(id) => (
            <input
              id={id}
              name="key"
              type="password"
              required
              pattern="A01-[0-9A-Z]{32}"
              title={T.badKey}
              autocomplete="off"
              spellcheck={false}
            />
          )}
        </Field>
        <NoteField key={times} label={T.note} hint={KEYS.noteHint} />
        <div class="buttons">
          <button type="submit" disabled={ask.busy}>
            {T.button}
          </button>
        </div>
        <ProblemNotice problem={ask.problem} />
      </form>
    </details>
  );
}
