import type { TargetedSubmitEvent } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { NewPassword } from '../new-password.tsx';
import type { Told } from '../page.ts';
import { Ago, Field, ProblemNotice, Untrusted, useAsking } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { clockTime, harmless } from '../words.ts';
import { useChangeCount } from './change-count.ts';
import { passwordOf } from './form-values.ts';
import { TwoFactor } from './two-factor.tsx';
import { type UsersApi, usersApi } from './users-api.ts';

const T = USERS_TEXTS.mine;

type Own = { readonly told: Told; readonly api: UsersApi };

/** What a user does with his own sign-in. */
export function Mine({ told }: { readonly told: Told }) {
  const api = useMemo(() => usersApi(told.api), [told.api]);
  const { user } = told.lists.me;
  if (user === null) return null;
  return (
    <section id="mine" aria-labelledby="mine-title">
      <h2 id="mine-title">{TEXTS.mine}</h2>
      <div class="panel padded">
        <p>{T.who(harmless(user.login))}</p>
        <div class="halves">
          <TwoFactor told={told} api={api} user={user} />
          <OwnPassword told={told} api={api} ends={user.passwordExpiresAt} />
          <Sessions told={told} api={api} />
        </div>
      </div>
    </section>
  );
}

function OwnPassword({ told, api, ends }: Own & { readonly ends: string | null }) {
  const ask = useAsking();
  const [changes, setChanges] = useState(0);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    void ask.run(
      () => api.changeOwnPassword(passwordOf(form, 'old'), passwordOf(form, 'new')),
      () => {
        form.reset();
        setChanges((before) => before + 1);
        told.say(T.changed);
        told.reload();
      },
    );
  };
  return (
    <form class="half" onSubmit={submit}>
      <h3>{T.password}</h3>
      {ends !== null && <p>{T.ends(clockTime(ends))}</p>}
      <Field label={T.old}>
        {(id) => <input id={id} name="old" type="password" required autocomplete="current-password" />}
      </Field>
      <NewPassword key={changes} name="new" label={T.new} policy={told.lists.me.passwordPolicy} />
      <ProblemNotice problem={ask.problem} />
      <div class="buttons">
        <button type="submit" disabled={ask.busy}>
          {T.change}
        </button>
      </div>
    </form>
  );
}

function Sessions({ told, api }: Own) {
  const [changes, setChanges] = useState(0);
  const reloads = useChangeCount(told.lists.me);
  const ask = useAsking();
  const { value: sessions, problem } = useReading('', changes + reloads, api.sessions);
  const end = (id: string) =>
    void ask.run(
      () => api.endSession(id),
      () => {
        setChanges((before) => before + 1);
        told.say(T.ended);
      },
    );
  return (
    <div class="half">
      <h3>{T.sessions}</h3>
      <ul class="rows">
        {sessions?.map(({ id, network, browser, createdAt, isThis }) => (
          <li key={id}>
            <span>
              <Untrusted text={network} /> {T.since} <Ago at={createdAt} nowMs={told.nowMs} />
              <small>
                <Untrusted text={browser} />
              </small>
            </span>
            {isThis ? (
              <span class="quiet">{T.here}</span>
            ) : (
              <button type="button" class="danger quiet-button" disabled={ask.busy} onClick={() => end(id)}>
                {T.end}
                <span class="unseen">{USERS_TEXTS.of(network)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <ProblemNotice problem={problem ?? ask.problem} />
    </div>
  );
}
