import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Api } from './api.ts';
import type { Problem } from './api-types.ts';
import { NewPassword } from './new-password.tsx';
import { onceOf } from './once.ts';
import { Field, fieldOf, ProblemNotice, Tick } from './parts.tsx';
import { TEXTS } from './texts.ts';

const T = TEXTS.signIn;

type Rules = NonNullable<Problem['rules']>;

/** How somebody signs in: what of it was refused, and who is told when it is done. */
export type SigningIn = {
  readonly api: Api;
  readonly problem: Problem | undefined;
  readonly onToken: (once: string) => void;
  readonly onSignedIn: () => void;
};

/** What a stranger sees: how to get in. */
export function SignIn(props: SigningIn) {
  return (
    <main id="content" class="narrow">
      <h1>{T.title}</h1>
      <WaysIn {...props} />
    </main>
  );
}

/** By login and password, or by link. */
export function WaysIn({ api, problem, onToken, onSignedIn }: SigningIn) {
  return (
    <>
      <ByPassword api={api} onSignedIn={onSignedIn} />
      <ByLink problem={problem} onToken={onToken} />
    </>
  );
}

/** Login and password; the code and the new password when the server asks for them. */
function ByPassword({ api, onSignedIn }: { readonly api: Api; readonly onSignedIn: () => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [asksCode, askCode] = useState<Rules>();
  const [asksNew, askNew] = useState<Rules>();
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const said = new FormData(form);
    const password = (name: string) => String(said.get(name) ?? ''); // blanks belong to it
    setBusy(true);
    const answer = await api.signIn({
      login: fieldOf(form, 'login'),
      password: password('password'),
      ...(asksCode && { code: fieldOf(form, 'code'), remember: said.has('remember') }),
      ...(asksNew && { newPassword: password('newPassword') }),
    });
    setBusy(false);
    if (answer.ok) return onSignedIn();
    setProblem(answer.problem);
    const { code, rules = {} } = answer.problem;
    if (code === 'TWO_FACTOR_NEEDED') askCode(rules);
    if (code === 'PASSWORD_EXPIRED') askNew(rules);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Field label={T.login}>
        {(id) => <input id={id} name="login" required autocomplete="username" spellcheck={false} />}
      </Field>
      <Field label={T.password}>
        {(id) => <input id={id} name="password" type="password" required autocomplete="current-password" />}
      </Field>
      {asksNew && (
        <NewPassword
          {...{ name: 'newPassword', label: T.newPassword, hint: T.newPasswordHint, policy: asksNew.passwordPolicy }}
        />
      )}
      {asksCode && (
        <>
          <Field label={T.code} hint={T.codeHint}>
            {(id) => <input id={id} name="code" required autocomplete="one-time-code" spellcheck={false} />}
          </Field>
          {asksCode.rememberPcs && <Tick name="remember" label={T.remember} />}
        </>
      )}
      <ProblemNotice problem={problem} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy}>
          {busy ? TEXTS.working : T.passwordButton}
        </button>
      </div>
    </form>
  );
}

/** For whoever holds the machine of the server. */
function ByLink(props: { readonly problem: Problem | undefined; readonly onToken: (once: string) => void }) {
  const [empty, setEmpty] = useState(false);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const once = onceOf(fieldOf(event.currentTarget, 'link'));
    setEmpty(once === undefined);
    if (once !== undefined) props.onToken(once);
  };
  return (
    <form class="apart" onSubmit={submit}>
      <h2>{T.byLink}</h2>
      <p class="quiet">{T.text}</p>
      <Field label={T.label}>
        {(id) => (
          <input id={id} name="link" autocomplete="off" spellcheck={false} placeholder="http://127.0.0.1:…/#once=…" />
        )}
      </Field>
      {empty && <p role="alert">{T.empty}</p>}
      <ProblemNotice problem={props.problem} />
      <div class="buttons">
        <button type="submit">{T.button}</button>
      </div>
    </form>
  );
}
