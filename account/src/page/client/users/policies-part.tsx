import type { TargetedSubmitEvent } from 'preact';
import { changedMembers } from '../changed.ts';
import { Field, ProblemNotice, Tick, Untrusted, useAsking } from '../parts.tsx';
import { USERS_TEXTS } from '../texts-users.ts';
import { useFilled } from '../use-filled.ts';
import { numberOrNone, tickedOf } from './form-values.ts';
import { hasEnded } from './user-list.ts';
import type { UserView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.policies;
type Numbered = {
  readonly name: string;
  readonly label: string;
  readonly bounds: readonly [number, number];
  readonly value: number | null;
  readonly hint?: string;
};

type Known = UsersTold & { readonly users: readonly UserView[] };

/** Password policy and two-factor policy; only Administrators are shown them here. */
export function PoliciesPart(props: Known) {
  return (
    <div class="apart">
      <h3>{T.title}</h3>
      <div class="halves">
        <PasswordForm {...props} />
        <TwoFactorForm {...props} />
      </div>
    </div>
  );
}

function PasswordForm({ told, api, changed, users }: Known) {
  const ask = useAsking();
  const { form: kept, value: policy, saved } = useFilled(told.lists.me.passwordPolicy);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const is = (name: string) => tickedOf(form, name).length > 0;
    const next = {
      lengthMin: numberOrNone(form, 'lengthMin') ?? policy.lengthMin,
      ...{ letter: is('letter'), digit: is('digit'), special: is('special'), digitOrSpecial: is('digitOrSpecial') },
      expiryDays: numberOrNone(form, 'expiryDays'),
      differentPasswords: numberOrNone(form, 'differentPasswords'),
    };
    void ask.run(
      () => api.changePasswordPolicy(changedMembers(policy, next)),
      (now) => {
        saved(now);
        changed(USERS_TEXTS.saved);
      },
    );
  };
  return (
    <form class="half" ref={kept} onSubmit={submit}>
      <h4>{T.password}</h4>
      <p class="quiet">{T.passwordText}</p>
      <NumberField name="lengthMin" label={T.lengthMin} bounds={[6, 45]} value={policy.lengthMin} />
      <Tick name="letter" label={T.letter} checked={policy.letter} />
      <Tick name="digit" label={T.digit} checked={policy.digit} />
      <Tick name="special" label={T.special} checked={policy.special} />
      <Tick name="digitOrSpecial" label={T.digitOrSpecial} checked={policy.digitOrSpecial} />
      <NumberField
        {...{ name: 'expiryDays', label: T.expiryDays, hint: T.orEmpty, bounds: [10, 970] }}
        value={policy.expiryDays}
      />
      <NumberField
        {...{ name: 'differentPasswords', label: T.differentPasswords, hint: T.orEmpty, bounds: [1, 999] }}
        value={policy.differentPasswords}
      />
      <Save ask={ask} />
      <PasswordEffect users={users} nowMs={told.nowMs} />
    </form>
  );
}

function TwoFactorForm({ told, api, changed, users }: Known) {
  const ask = useAsking();
  const { form: kept, value: policy, saved } = useFilled(told.lists.me.twoFactorPolicy);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const is = (name: string) => tickedOf(form, name).length > 0;
    const next = {
      ...{ enabled: is('enabled'), forNewUsers: is('forNewUsers'), rememberPcs: is('rememberPcs') },
      rememberDays: numberOrNone(form, 'rememberDays') ?? policy.rememberDays,
    };
    void ask.run(
      () => api.changeTwoFactorPolicy(changedMembers(policy, next)),
      (now) => {
        saved(now);
        changed(USERS_TEXTS.saved);
      },
    );
  };
  return (
    <form class="half" ref={kept} onSubmit={submit}>
      <h4>{T.twoFactor}</h4>
      <Tick name="enabled" label={T.enabled} checked={policy.enabled} />
      <Tick name="forNewUsers" label={T.forNewUsers} checked={policy.forNewUsers} />
      <Tick name="rememberPcs" label={T.rememberPcs} checked={policy.rememberPcs} />
      <NumberField
        {...{ name: 'rememberDays', label: T.rememberDays, hint: T.rememberHint, bounds: [1, 365] }}
        value={policy.rememberDays}
      />
      <Save ask={ask} />
      <p class="quiet">
        {T.enabledText} {policy.rememberPcs && T.rememberText(policy.rememberDays)}
      </p>
      {users.length > 0 && <WhoHas users={users} />}
    </form>
  );
}

/** What the policy does to passwords that are there, and to whom it did so. */
function PasswordEffect({ users, nowMs }: { readonly users: readonly UserView[]; readonly nowMs: number }) {
  const ended = users.filter((user) => hasEnded(user, nowMs));
  const endless = users.filter(({ passwordExpiresAt }) => passwordExpiresAt === null).length;
  return (
    <>
      <ul class="plain quiet">
        {T.passwordEffect.map((text) => (
          <li key={text}>{text}</li>
        ))}
        {endless > 0 && <li>{T.endless(endless)}</li>}
        {users.length > 0 && ended.length === 0 && <li>{T.noneEnded}</li>}
      </ul>
      {ended.length > 0 && (
        <p>
          {T.ended} <Untrusted text={ended.map(({ login }) => login).join(', ')} />
        </p>
      )}
    </>
  );
}

/** Who has two-factor, who must set it up, and who has not. */
function WhoHas({ users }: { readonly users: readonly UserView[] }) {
  const those = (is: UserView['twoFactor']) =>
    users
      .filter(({ twoFactor }) => twoFactor === is)
      .map(({ login }) => login)
      .join(', ') || T.nobody;
  return (
    <dl class="facts">
      {(
        [
          [T.whoHas, 'on'],
          [T.whoMust, 'wanted'],
          [T.whoHasNot, 'off'],
        ] as const
      ).map(([label, is]) => (
        <div key={is}>
          <dt>{label}</dt>
          <dd>
            <Untrusted text={those(is)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function NumberField({ name, label, hint, bounds: [min, max], value }: Numbered) {
  return (
    <Field label={label} {...(hint !== undefined && { hint })}>
      {(id) => <input id={id} name={name} type="number" min={min} max={max} defaultValue={value ?? ''} />}
    </Field>
  );
}

function Save({ ask }: { readonly ask: ReturnType<typeof useAsking> }) {
  return (
    <>
      <ProblemNotice problem={ask.problem} />
      <div class="buttons">
        <button type="submit" disabled={ask.busy}>
          {USERS_TEXTS.save}
        </button>
      </div>
    </>
  );
}
