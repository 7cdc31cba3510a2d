import type { TargetedSubmitEvent } from 'preact';
import { Dialog, DialogButtons, Field, fieldOf, Tick, useAsking } from '../parts.tsx';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import { passwordOf, threeOf, tickedOf } from './form-values.ts';
import type { GroupView, UserView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.users;

type Open = UsersTold & { readonly onClose: () => void; readonly onDone: (said: string) => void };

/** Adds a user, or changes one. */
export function UserDialog(
  props: Open & {
    readonly user?: UserView;
    readonly groups: readonly GroupView[];
    readonly fields: readonly string[];
  },
) {
  const ask = useAsking();
  const { api, user, groups, fields, onDone } = props;
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const set = {
      fullName: fieldOf(form, 'fullName'),
      email: fieldOf(form, 'email'),
      customFields: threeOf(form, 'custom'),
      groupIds: tickedOf(form, 'group'),
    };
    if (user)
      return void ask.run(
        () => api.changeUser(user.id, set),
        () => onDone(USERS_TEXTS.saved),
      );
    const login = fieldOf(form, 'login');
    return void ask.run(
      () => api.addUser({ login, password: passwordOf(form), ...set }),
      () => onDone(T.added(harmless(login))),
    );
  };
  const field = (name: string, label: string, value: string, inputMode: 'text' | 'email' = 'text') => (
    <Field label={label}>
      {(id) => (
        <input id={id} name={name} inputMode={inputMode} maxLength={100} autocomplete="off" defaultValue={value} />
      )}
    </Field>
  );
  return (
    <Dialog title={user ? T.editTitle(harmless(user.login)) : T.addTitle} onClose={props.onClose}>
      <form onSubmit={submit}>
        {!user && (
          <>
            <Field label={T.login}>
              {(id) => <input id={id} name="login" required maxLength={60} autocomplete="off" spellcheck={false} />}
            </Field>
            <PasswordField label={T.password} />
          </>
        )}
        {field('fullName', T.fullName, user?.fullName ?? '')}
        {field('email', T.email, user?.email ?? '', 'email')}
        {[0, 1, 2].map((n) => (
          <Field key={n} label={fields[n] || T.custom(n + 1)}>
            {(id) => (
              <input
                id={id}
                name={`custom${n + 1}`}
                maxLength={255}
                autocomplete="off"
                defaultValue={user?.customFields[n] ?? ''}
              />
            )}
          </Field>
        ))}
        <fieldset>
          <legend>{T.groups}</legend>
          <div class="choices">
            {groups.map((group) => (
              <Tick
                key={group.id}
                name="group"
                value={group.id}
                label={harmless(group.name)}
                checked={user?.groupIds.includes(group.id) ?? false}
              />
            ))}
          </div>
        </fieldset>
        <DialogButtons label={user ? USERS_TEXTS.save : USERS_TEXTS.add} ask={ask} />
      </form>
    </Dialog>
  );
}

/** Sets the password of another. */
export function PasswordDialog({ api, user, onClose, onDone }: Open & { readonly user: UserView }) {
  const ask = useAsking();
  const login = harmless(user.login);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = passwordOf(event.currentTarget);
    void ask.run(
      () => api.setPassword(user.id, password),
      () => onDone(T.passwordSet(login)),
    );
  };
  return (
    <Dialog title={T.passwordTitle(login)} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{T.passwordText}</p>
        <PasswordField label={T.password} />
        <DialogButtons label={USERS_TEXTS.save} ask={ask} />
      </form>
    </Dialog>
  );
}

function PasswordField({ label }: { readonly label: string }) {
  return (
    <Field label={label}>
      {(id) => <input id={id} name="password" type="password" required autocomplete="new-password" />}
    </Field>
  );
}
