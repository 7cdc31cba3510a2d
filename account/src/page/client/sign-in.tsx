import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from './api-types.ts';
import { onceOf } from './once.ts';
import { Field, fieldOf, ProblemNotice } from './parts.tsx';
import { TEXTS } from './texts.ts';

const T = TEXTS.signIn;

/** What a stranger sees: how to get in. */
export function SignIn({
  problem,
  onToken,
}: {
  readonly problem: Problem | undefined;
  readonly onToken: (once: string) => void;
}) {
  const [empty, setEmpty] = useState(false);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const once = onceOf(fieldOf(event.currentTarget, 'link'));
    setEmpty(once === undefined);
    if (once !== undefined) onToken(once);
  };
  return (
    <main id="content" class="narrow">
      <h1>{T.title}</h1>
      <p>{T.text}</p>
      <form onSubmit={submit}>
        <Field label={T.label}>
          {(id) => (
            <input id={id} name="link" autocomplete="off" spellcheck={false} placeholder="http://127.0.0.1:…/#once=…" />
          )}
        </Field>
        {empty && <p role="alert">{T.empty}</p>}
        <ProblemNotice problem={problem} />
        <div class="buttons">
          <button type="submit" class="primary">
            {T.button}
          </button>
        </div>
      </form>
    </main>
  );
}
