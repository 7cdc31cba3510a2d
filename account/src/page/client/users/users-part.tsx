import { useState } from 'preact/hooks';
import { Ago, ColumnHeads, ProblemNotice, Untrusted, useAsking } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { PasswordDialog, UserDialog } from './user-dialogs.tsx';
import type { GroupView, UserView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.users;

type What = 'edit' | 'password' | 'reset' | 'remove';
type Choice = { readonly what: 'add' } | { readonly what: What; readonly user: UserView };
type Known = UsersTold & { readonly groups: readonly GroupView[]; readonly fields: readonly string[] };

/** The users, and what is done with them. */
export function UsersPart(props: Known) {
  const { told, api, changes, changed, groups, fields } = props;
  const [choice, choose] = useState<Choice>();
  const { value: users, problem } = useReading('', changes, api.users);
  const ask = useAsking();
  const done = (said: string) => {
    choose(undefined);
    changed(said);
  };
  const unlock = (user: UserView) =>
    void ask.run(
      () => api.unlock(user.id),
      () => done(T.unlocked(harmless(user.login))),
    );
  const open = { ...props, onClose: () => choose(undefined), onDone: done };
  return (
    <div class="apart">
      <h3 id="people-title">{T.title}</h3>
      <ProblemNotice problem={problem ?? ask.problem} />
      {users?.length === 0 && <p class="empty">{T.empty}</p>}
      {users && users.length > 0 && (
        <table class="stack" aria-labelledby="people-title">
          <ColumnHeads columns={[T.login, T.groups, T.twoFactor, T.signedIn]} />
          <tbody>
            {users.map((user) => (
              <Row
                key={user.id}
                user={user}
                groups={groups}
                nowMs={told.nowMs}
                onChoose={(what) => choose({ what, user })}
                onUnlock={() => unlock(user)}
              />
            ))}
          </tbody>
        </table>
      )}
      <div class="buttons">
        <button type="button" class="primary" onClick={() => choose({ what: 'add' })}>
          {T.add}
        </button>
      </div>
      {choice?.what === 'add' && <UserDialog {...open} groups={groups} fields={fields} />}
      {choice?.what === 'edit' && <UserDialog {...open} user={choice.user} groups={groups} fields={fields} />}
      {choice?.what === 'password' && <PasswordDialog {...open} user={choice.user} />}
      {choice?.what === 'reset' && (
        <ConfirmDialog
          {...open}
          title={T.resetTitle(harmless(choice.user.login))}
          text={T.resetText}
          button={T.reset}
          ask={() => api.resetTwoFactor(choice.user.id)}
          onDone={() => done(T.twoFactorReset(harmless(choice.user.login)))}
        />
      )}
      {choice?.what === 'remove' && (
        <ConfirmDialog
          {...open}
          title={T.removeTitle(harmless(choice.user.login))}
          text={T.removeText}
          button={USERS_TEXTS.remove}
          ask={() => api.removeUser(choice.user.id)}
          onDone={() => done(T.removed(harmless(choice.user.login)))}
        />
      )}
    </div>
  );
}

function Row(props: {
  readonly user: UserView;
  readonly groups: readonly GroupView[];
  readonly nowMs: number;
  readonly onChoose: (what: What) => void;
  readonly onUnlock: () => void;
}) {
  const { user, groups, onChoose } = props;
  const names = groups.filter(({ id }) => user.groupIds.includes(id)).map(({ name }) => name);
  const extra = [user.fullName, user.email, ...user.customFields].filter((text) => text !== '');
  const button = (label: string, press: () => void, look = 'quiet-button') => (
    <button type="button" class={look} onClick={press}>
      {label}
      <span class="unseen">{USERS_TEXTS.of(harmless(user.login))}</span>
    </button>
  );
  return (
    <tr>
      <th scope="row">
        <Untrusted text={user.login} />
        {extra.length > 0 && (
          <small>
            <Untrusted text={extra.join(' · ')} />
          </small>
        )}
      </th>
      <td data-label={T.groups}>
        <Untrusted text={names.join(', ') || T.noGroups} />
      </td>
      <td data-label={T.twoFactor}>{T.is[user.twoFactor]}</td>
      <td data-label={T.signedIn}>
        {user.signedInAt === null ? TEXTS.never : <Ago at={user.signedInAt} nowMs={props.nowMs} />}
        {user.lockedUntil !== null && <span class="state alarm">{T.locked}</span>}
      </td>
      <td class="last">
        {user.lockedUntil !== null && button(T.unlock, props.onUnlock)}
        {button(USERS_TEXTS.edit, () => onChoose('edit'))}
        {button(T.setPassword, () => onChoose('password'))}
        {user.twoFactor === 'on' && button(T.resetTwoFactor, () => onChoose('reset'))}
        {button(USERS_TEXTS.remove, () => onChoose('remove'), 'danger quiet-button')}
      </td>
    </tr>
  );
}
