import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { changedMembers, changedThree } from '../changed.ts';
import { NewPassword } from '../new-password.tsx';
import { Dialog, DialogButtons, Field, fieldOf, Tick, useAsking } from '../parts.tsx';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import { passwordOf, threeOf, tickedOf } from './form-values.ts';
import { isLastOf, isOneself } from './user-list.ts';
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
  const { told, api, user, groups, fields, onDone } = props;
  const { me } = told.lists;
  const builtIn = groups.find(({ isBuiltIn }) => isBuiltIn);
  const [leaves, sayLeaves] = useState(false);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const set = {
      fullName: fieldOf(form, 'fullName'),
      email: fieldOf(form, 'email'),
      groupIds: tickedOf(form, 'group').toSorted(),
    };
    const customFields = threeOf(form, 'custom');
    if (user) {
      const { fullName, email, groupIds } = user;
      const custom = changedThree(user.customFields, customFields);
      const change = {
        ...changedMembers({ fullName, email, groupIds: groupIds.toSorted() }, set),
        ...(custom && { customFields: custom }),
      };
      if (Object.keys(change).length === 0) return props.onClose();
      const wasIn = builtIn !== undefined && groupIds.includes(builtIn.id);
      const takesOut = wasIn && isOneself(user, me) && !set.groupIds.includes(builtIn.id);
      if (takesOut && !leaves) return sayLeaves(true);
      return void ask.run(
        () => api.changeUser(user.id, change),
        () => onDone(USERS_TEXTS.saved),
      );
    }
    const login = fieldOf(form, 'login');
    return void ask.run(
      () => api.addUser({ login, password: passwordOf(form), ...set, customFields }),
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
            <NewPassword name="password" label={T.password} policy={me.passwordPolicy} />
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
          {user && isLastOf(user, builtIn) && <p class="quiet">{T.lastText}</p>}
        </fieldset>
        {leaves && <p role="alert">{T.leavesText}</p>}
        <DialogButtons label={user ? (leaves ? T.leave : USERS_TEXTS.save) : USERS_TEXTS.add} ask={ask} />
      </form>
    </Dialog>
  );
}

/** Sets the password of another. */
export function PasswordDialog({ told, api, user, onClose, onDone }: Open & { readonly user: UserView }) {
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
        <NewPassword name="password" label={T.password} policy={told.lists.me.passwordPolicy} />
        <DialogButtons label={USERS_TEXTS.save} ask={ask} />
      </form>
    </Dialog>
  );
}
