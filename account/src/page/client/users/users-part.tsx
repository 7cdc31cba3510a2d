import { useState } from 'preact/hooks';
import { Ago, Field, ProblemNotice, Untrusted, useAsking } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { clockTime, harmless } from '../words.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { LockedNetworks } from './locked-networks.tsx';
import { PasswordDialog, UserDialog } from './user-dialogs.tsx';
import {
  foundUsers,
  groupNames,
  hasEnded,
  isLocked,
  type UserKind,
  type UserOrder,
  type UserSort,
} from './user-list.ts';
import type { GroupView, UserView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.users;

type What = 'edit' | 'password' | 'reset' | 'remove';
type Choice = { readonly what: 'add' } | { readonly what: What; readonly user: UserView };
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
  const columns = columnsOf(fields);
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
            }}
          >
            {T.clear}
          </button>
        </div>
      )}
      {found.length > 0 && (
        <table class="stack" aria-labelledby="people-title">
          <thead>
            <tr>
              {columns.map(({ sort, label }) => (
                <th key={sort} scope="col" aria-sort={ariaSort(order, sort)}>
                  <button type="button" onClick={() => setOrder(pressed(order, sort))}>
                    {label}
                  </button>
                </th>
              ))}
              <th scope="col">
                <span class="unseen">{TEXTS.ewons.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.map((user) => (
              <Row
                key={user.id}
                user={user}
                groups={groups}
                columns={columns}
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
      <LockedNetworks {...props} />
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

type Column = { readonly sort: UserSort; readonly label: string };

/** Custom fields have a column when somebody gave them a name; what stands in the others is below the login. */
function columnsOf(fields: readonly string[]): readonly Column[] {
  const named = fields.flatMap((name, n): readonly Column[] =>
    name === '' ? [] : [{ sort: `custom${n + 1}` as UserSort, label: harmless(name) }],
  );
  return [
    { sort: 'login', label: T.login },
    { sort: 'groups', label: T.groups },
    ...named,
    { sort: 'twoFactor', label: T.twoFactor },
    { sort: 'signedIn', label: T.signedIn },
  ];
}

function kindOf(value: string): UserKind {
  return value in T.kinds ? (value as UserKind) : '';
}

function pressed({ sort, order }: UserOrder, on: UserSort): UserOrder {
  return { sort: on, order: sort === on && order === 'up' ? 'down' : 'up' };
}

function ariaSort({ sort, order }: UserOrder, column: UserSort) {
  if (sort !== column) return 'none';
  return order === 'up' ? 'ascending' : 'descending';
}

function Row(props: {
  readonly user: UserView;
  readonly groups: readonly GroupView[];
  readonly columns: readonly Column[];
  readonly nowMs: number;
  readonly onChoose: (what: What) => void;
  readonly onUnlock: () => void;
}) {
  const { user, columns, nowMs, onChoose } = props;
  const unnamed = user.customFields.filter((_, n) => !columns.some(({ sort }) => sort === `custom${n + 1}`));
  const extra = [user.fullName, user.email, ...unnamed].filter((text) => text !== '');
  const locked = isLocked(user, nowMs);
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
        {locked && <span class="state alarm">{T.locked(clockTime(user.lockedUntil ?? ''))}</span>}
        {hasEnded(user, nowMs) && <small>{T.ended}</small>}
      </th>
      {columns.slice(1).map(({ sort, label }) => (
        <td key={sort} data-label={label}>
          <Cell user={user} sort={sort} groups={props.groups} nowMs={nowMs} />
        </td>
      ))}
      <td class="last">
        {locked && button(T.unlock, props.onUnlock)}
        {button(USERS_TEXTS.edit, () => onChoose('edit'))}
        {button(T.setPassword, () => onChoose('password'))}
        {user.twoFactor === 'on' && button(T.resetTwoFactor, () => onChoose('reset'))}
        {button(USERS_TEXTS.remove, () => onChoose('remove'), 'danger quiet-button')}
      </td>
    </tr>
  );
}

function Cell(props: {
  readonly user: UserView;
  readonly sort: UserSort;
  readonly groups: readonly GroupView[];
  readonly nowMs: number;
}) {
  const { user, sort } = props;
  if (sort === 'groups') return <Untrusted text={groupNames(user, props.groups) || T.noGroups} />;
  if (sort === 'signedIn' && user.signedInAt !== null) return <Ago at={user.signedInAt} nowMs={props.nowMs} />;
  if (sort === 'signedIn') return <span>{TEXTS.never}</span>;
  if (sort !== 'twoFactor') return <Untrusted text={user.customFields[Number(sort.at(-1)) - 1] || TEXTS.none} />;
  return (
    <>
      {T.is[user.twoFactor]}
      {user.twoFactor === 'on' && <small>{T.recovery(user.recoveryCodes)}</small>}
      {user.pcsForgottenAt !== null && <small>{T.pcs(clockTime(user.pcsForgottenAt).slice(0, 10))}</small>}
    </>
  );
}
