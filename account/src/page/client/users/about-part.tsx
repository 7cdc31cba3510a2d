import type { TargetedSubmitEvent } from 'preact';
import { changedMembers, changedThree } from '../changed.ts';
import { Field, fieldOf, ProblemNotice, useAsking } from '../parts.tsx';
import { USERS_TEXTS } from '../texts-users.ts';
import { useFilled } from '../use-filled.ts';
import { AccountFacts } from './account-facts.tsx';
import { Contacts } from './contacts.tsx';
import { threeOf } from './form-values.ts';
import type { AboutView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.about;

/** What is told of the account, how its custom fields are called, and who gets announcements. */
export function AboutPart({ about, ...told }: UsersTold & { readonly about: AboutView }) {
  return (
    <div class="apart">
      <h3>{T.title}</h3>
      <div class="halves">
        <AboutForm {...told} about={about} />
        <Contacts {...told} />
      </div>
      <AccountFacts told={told.told} />
    </div>
  );
}

function AboutForm({ api, told, changed, ...props }: UsersTold & { readonly about: AboutView }) {
  const ask = useAsking();
  const { form: kept, value: about, saved } = useFilled(props.about);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { ewonFields, userFields, ...before } = about;
    const set = {
      ...{ name: fieldOf(form, 'name'), company: fieldOf(form, 'company'), address: fieldOf(form, 'address') },
      reference: fieldOf(form, 'reference'),
    };
    const [ofEwons, ofUsers] = [
      changedThree(ewonFields, threeOf(form, 'ewon')),
      changedThree(userFields, threeOf(form, 'user')),
    ];
    const change = {
      ...changedMembers(before, set),
      ...{ ...(ofEwons && { ewonFields: ofEwons }), ...(ofUsers && { userFields: ofUsers }) },
    };
    void ask.run(
      () => api.changeAbout(change),
      (now) => {
        saved(now);
        changed(USERS_TEXTS.saved);
        told.reload();
      },
    );
  };
  const field = (name: string, label: string, value: string, maxLength = 100, hint = '') => (
    <Field key={name} label={label} hint={hint}>
      {(id) => <input id={id} name={name} maxLength={maxLength} autocomplete="off" defaultValue={value} />}
    </Field>
  );
  return (
    <form class="half" ref={kept} onSubmit={submit}>
      {field('name', T.name, about.name, 100, T.nameHint)}
      {field('company', T.company, about.company)}
      {field('address', T.address, about.address, 500)}
      {field('reference', T.reference, about.reference)}
      {about.ewonFields.map((value, n) => field(`ewon${n + 1}`, T.ewonFields(n + 1), value, 40))}
      {about.userFields.map((value, n) => field(`user${n + 1}`, T.userFields(n + 1), value, 40))}
      <ProblemNotice problem={ask.problem} />
      <div class="buttons">
        <button type="submit" disabled={ask.busy}>
          {USERS_TEXTS.save}
        </button>
      </div>
    </form>
  );
}
