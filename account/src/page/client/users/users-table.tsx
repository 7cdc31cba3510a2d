import { Ago, Untrusted } from '../parts.tsx';
import { PhoneSort } from '../phone-sort.tsx';
import { SortedHead } from '../sorted-head.tsx';
import { pressed } from '../sorting.ts';
import { TEXTS } from '../texts.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { clockTime, harmless } from '../words.ts';
import { groupNames, hasEnded, isLocked, type UserOrder, type UserSort } from './user-list.ts';
import type { GroupView, UserView } from './users-api.ts';

const T = USERS_TEXTS.users;

/** What is done with one user, after a question. */
export type What = 'edit' | 'password' | 'sessions' | 'pcs' | 'reset' | 'remove';

/** Users as they were found. A press on a column's name sorts by it, a second press turns the order round. */
export function UsersTable(props: {
  readonly users: readonly UserView[];
  readonly groups: readonly GroupView[];
  /** Names of the custom fields; those that have one are columns. */
  readonly fields: readonly string[];
  readonly order: UserOrder;
  readonly nowMs: number;
  readonly onOrder: (order: UserOrder) => void;
  readonly onChoose: (what: What, user: UserView) => void;
  readonly onUnlock: (user: UserView) => void;
}) {
  const { users, groups, order, nowMs } = props;
  const columns = columnsOf(props.fields);
  return (
    <>
      <PhoneSort
        sorting={order}
        columns={columns.map(({ sort, label }) => [sort, label] as const)}
        onSort={props.onOrder}
      />
      <table class="stack" aria-labelledby="people-title">
        <thead>
          <tr>
            {columns.map(({ sort, label }) => (
              <SortedHead
                key={sort}
                label={label}
                by={sort}
                sorting={order}
                onSort={(on) => props.onOrder(pressed(order, on))}
              />
            ))}
            <th scope="col">
              <span class="unseen">{TEXTS.ewons.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <Row
              key={user.id}
              user={user}
              groups={groups}
              columns={columns}
              nowMs={nowMs}
              onChoose={(what) => props.onChoose(what, user)}
              onUnlock={() => props.onUnlock(user)}
            />
          ))}
        </tbody>
      </table>
    </>
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
        {button(T.endSessions, () => onChoose('sessions'))}
        {user.pcsForgottenAt !== null && button(T.forgetPcs, () => onChoose('pcs'))}
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
