import { useEffect, useState } from 'preact/hooks';
import { HOLDER } from '../../../core/users.ts';
import type { EwonPageView } from '../../../http/list-views.ts';
import type { UserView } from '../../../http/user-views.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Field } from '../parts.tsx';
import { LOG_FILTERS, LOG_TEXTS as T } from '../texts-log.ts';
import type { Query } from './query.ts';

/** After the last letter: a question for each would be as many searches. */
const TYPED_MS = 300;
/** Ewons proposed for what was typed so far. */
const PROPOSED = 20;

/** What the log is filtered by; `onChange` is told of words when nobody types any more. */
export function Filters(props: {
  readonly told: Told;
  readonly query: Query;
  /** Of the Ewon that is filtered by already when these fields appear. */
  readonly ewonName: string;
  readonly onChange: (change: Partial<Query>) => void;
}) {
  const { told, query, ewonName, onChange } = props;
  const time = (name: 'from' | 'to') => (
    <Field label={T[name]}>
      {(id) => (
        <input
          id={id}
          type="datetime-local"
          value={query[name]}
          onInput={(event) => onChange({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <div class="filters">
      <Field label={T.kind}>
        {(id) => (
          <select id={id} value={query.kind} onChange={(event) => onChange({ kind: event.currentTarget.value })}>
            {Object.entries(LOG_FILTERS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={T.search}>
        {(id) => <Words id={id} text={query.text} onChange={(text) => onChange({ text })} />}
      </Field>
      {may(told.lists, 'ewons.read') && <EwonField told={told} query={query} name={ewonName} onChange={onChange} />}
      <UserField told={told} user={query.user} onChange={(user) => onChange({ user })} />
      {time('from')}
      {time('to')}
    </div>
  );
}

function Words(props: { readonly id: string; readonly text: string; readonly onChange: (text: string) => void }) {
  const [typed, type] = useState(props.text);
  useTyped(typed, (text) => text !== props.text && props.onChange(text));
  return (
    <input
      id={props.id}
      type="search"
      maxLength={200}
      value={typed}
      onInput={(event) => type(event.currentTarget.value)}
    />
  );
}

/**
 * An Ewon by its name. The server proposes some that fit: an account may have ten thousand. Of one that is not listed any more the lines are
 * found that have exactly this name.
 */
function EwonField(props: {
  readonly told: Told;
  readonly query: Query;
  readonly name: string;
  readonly onChange: (change: Pick<Query, 'ewon' | 'called'>) => void;
}) {
  const { told, query, onChange } = props;
  const [typed, type] = useState(props.name);
  const [found, setFound] = useState<EwonPageView['rows']>([]);
  const [isUnknown, setUnknown] = useState(false);
  useTyped(typed, async (text, isOutdated) => {
    setUnknown(false);
    const take = (ewon: string, called: string) => {
      if (ewon !== query.ewon || called !== query.called) onChange({ ewon, called });
    };
    if (text.trim() === '') return take('', '');
    const asked = new URLSearchParams({ search: text, limit: String(PROPOSED) });
    // asked beside: the one that is called so need not be among the first in which it stands
    const [proposed, called] = await Promise.all([
      told.api.json<EwonPageView>(`ewons?${asked}`),
      told.api.ewonCalled(text.trim()),
    ]);
    if (!proposed.ok || !called.ok || isOutdated()) return;
    const meant = called.value?.deviceId ?? '';
    setFound(proposed.value.rows);
    setUnknown(meant === '');
    take(meant, meant === '' ? text.trim() : '');
  });
  return (
    <Field label={T.ewon}>
      {(id) => (
        <>
          <Proposing
            {...{ id, typed, type }}
            hint={T.ewonHint}
            describedBy={`${id}-said`}
            names={found.map(({ name }) => name)}
          />
          <small id={`${id}-said`} role="status">
            {isUnknown ? T.noEwon : ''}
          </small>
        </>
      )}
    </Field>
  );
}

/** A user by his login. Whoever sees the users has them proposed; there may be lines of one who is gone, or of a token. */
function UserField(props: { readonly told: Told; readonly user: string; readonly onChange: (user: string) => void }) {
  const { told, user, onChange } = props;
  const [typed, type] = useState('');
  const [users, setUsers] = useState<readonly string[]>([]);
  useTyped(typed, (text) => {
    const name = text.trim();
    const meant = users.find((login) => login.toLowerCase() === name.toLowerCase()) ?? name;
    if (meant !== user) onChange(meant);
  });
  const propose = async () => {
    if (!may(told.lists, 'users')) return;
    const all = await told.api.json<readonly UserView[]>('users');
    if (all.ok) setUsers([...all.value.map(({ login }) => login), HOLDER.name]);
  };
  return (
    <Field label={T.user}>
      {(id) => <Proposing {...{ id, typed, type }} hint={T.userHint} names={users} onFocus={() => void propose()} />}
    </Field>
  );
}

/** A field for a name, of which some are proposed. */
function Proposing(props: {
  readonly id: string;
  readonly typed: string;
  readonly type: (typed: string) => void;
  readonly hint: string;
  readonly names: readonly string[];
  readonly describedBy?: string;
  readonly onFocus?: () => void;
}) {
  const { id, typed, type, hint, names, describedBy, onFocus } = props;
  return (
    <>
      <input
        id={id}
        list={`${id}-names`}
        maxLength={100}
        autocomplete="off"
        placeholder={hint}
        aria-describedby={describedBy}
        value={typed}
        onFocus={onFocus}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <datalist id={`${id}-names`}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

/** Calls with what was typed, when nobody types any more. */
function useTyped(typed: string, call: (typed: string, isOutdated: () => boolean) => unknown): void {
  useEffect(() => {
    let outdated = false;
    const timer = window.setTimeout(() => call(typed, () => outdated), TYPED_MS);
    return () => {
      outdated = true;
      window.clearTimeout(timer);
    };
  }, [typed]);
}
