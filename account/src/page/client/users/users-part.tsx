import { useState } from 'preact/hooks';
import { may } from '../page-state.ts';
import { Field, ProblemNotice, useAsking, useFocusAfter } from '../parts.tsx';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { LockedNetworks } from './locked-networks.tsx';
import { PasswordDialog, UserDialog } from './user-dialogs.tsx';
import { foundUsers, isOneself, type UserKind, type UserOrder } from './user-list.ts';
import type { GroupView, UserView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';
import { UsersTable, type What } from './users-table.tsx';

const T = USERS_TEXTS.users;

type Choice = { readonly what: 'add' | 'links' } | { readonly what: What; readonly user: UserView };
type Known = UsersTold & {
  readonly users: readonly UserView[];
  readonly groups: readonly GroupView[];
  readonly fields: readonly string[];
};

/** The users, and what is done with them. */
export function UsersPart(props: Known) {
  const { told, api, changed, users, groups, fields } = props;
  const [choice, choose] = useState<Choice>();
  const [search, setSearch] = useState('');
  const [kind, setKind] = useState<UserKind>('');
  const [order, setOrder] = useState<UserOrder>({ sort: 'login', order: 'up' });
  const found = foundUsers(users, { search, kind, order, nowMs: told.nowMs }, groups);
  const ask = useAsking();
  const heading = useFocusAfter();
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
      <h3 id="people-title" ref={heading.target} tabIndex={-1}>
        {T.title}
      </h3>
      <ProblemNotice problem={ask.problem} />
      {users.length === 0 && <p class="empty">{T.empty}</p>}
      {users.length > 0 && (
        <div class="line">
          <input
            type="search"
            class="search"
            aria-label={T.search}
            placeholder={T.search}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <Field label={T.which}>
            {(id) => (
              <select id={id} value={kind} onChange={(event) => setKind(kindOf(event.currentTarget.value))}>
                {Object.entries(T.kinds).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
      )}
      {users.length > 0 && found.length === 0 && (
        <div class="empty">
          <p>{T.none}</p>
          <button
            type="button"
            onClick={() => {
              setSearch('');
              setKind('');
              heading.focus();
            }}
          >
            {T.clear}
          </button>
        </div>
      )}
      {found.length > 0 && (
        <UsersTable
          {...{ users: found, groups, fields, order, nowMs: told.nowMs }}
          onOrder={setOrder}
          onChoose={(what, user) => choose({ what, user })}
          onUnlock={unlock}
        />
      )}
      <div class="buttons">
        <button type="button" class="primary" onClick={() => choose({ what: 'add' })}>
          {T.add}
        </button>
        {may(told.lists, 'policies') && (
          <button type="button" onClick={() => choose({ what: 'links' })}>
            {T.endLinks}
          </button>
        )}
      </div>
      <LockedNetworks {...props} />
      {choice?.what === 'add' && <UserDialog {...open} groups={groups} fields={fields} />}
      {choice?.what === 'edit' && <UserDialog {...open} user={choice.user} groups={groups} fields={fields} />}
      {choice?.what === 'password' && <PasswordDialog {...open} user={choice.user} />}
      {choice?.what === 'links' && (
        <ConfirmDialog
          {...open}
          title={T.linksTitle}
          text={T.linksText}
          button={T.end}
          ask={api.endLinkSessions}
          onDone={() => done(T.linksEnded)}
        />
      )}
      {choice?.what === 'sessions' && (
        <ConfirmDialog
          {...open}
          title={T.sessionsTitle(harmless(choice.user.login))}
          text={isOneself(choice.user, told.lists.me) ? T.ownSessionsText : T.sessionsText}
          button={T.end}
          ask={() => api.endSessionsOf(choice.user.id)}
          onDone={() => done(T.sessionsEnded(harmless(choice.user.login)))}
        />
      )}
      {choice?.what === 'pcs' && (
        <ConfirmDialog
          {...open}
          title={T.pcsTitle(harmless(choice.user.login))}
          text={T.pcsText}
          button={T.forget}
          ask={() => api.forgetPcs(choice.user.id)}
          onDone={() => done(T.pcsForgotten(harmless(choice.user.login)))}
        />
      )}
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
          text={isOneself(choice.user, told.lists.me) ? T.removeSelfText : T.removeText}
          button={USERS_TEXTS.remove}
          ask={() => api.removeUser(choice.user.id)}
          onDone={() => done(T.removed(harmless(choice.user.login)))}
        />
      )}
    </div>
  );
}

function kindOf(value: string): UserKind {
  return value in T.kinds ? (value as UserKind) : '';
}
