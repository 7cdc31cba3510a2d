import { useMemo, useState } from 'preact/hooks';
import type { Answer } from '../api.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { ProblemNotice, useFocusAfter } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { AboutPart } from './about-part.tsx';
import { useChangeCount } from './change-count.ts';
import { GroupsPart } from './groups-part.tsx';
import { PoliciesPart } from './policies-part.tsx';
import { useSlowly } from './slowly.ts';
import { TokensPart } from './tokens-part.tsx';
import { type GroupsView, type UsersApi, type UserView, usersApi } from './users-api.ts';
import { UsersPart } from './users-part.tsx';

/** Users are read again at most this often because the log has grown. */
const BREATH_MS = 10_000;

/** What each part is given: `changed` says what was done and has all parts read again. */
export type UsersTold = {
  readonly told: Told;
  readonly api: UsersApi;
  readonly changes: number;
  readonly changed: (said: string) => void;
};

/** Who may sign in and do what, for whom programs act, and what is told of the account. */
export function Users({ told }: { readonly told: Told }) {
  const api = useMemo(() => usersApi(told.api), [told.api]);
  const [changes, setChanges] = useState(0);
  const heading = useFocusAfter();
  const changed = (said: string) => {
    setChanges((before) => before + 1);
    if (said === '') return;
    heading.focus();
    told.say(said);
  };
  const { lists } = told;
  const managesUsers = may(lists, 'users');
  // what others have changed of users is told as a change of all lists, and not with every line of the log
  const reloads = useChangeCount(lists.me);
  const part = { told, api, changed, changes: changes + reloads };
  const groups = useReading(
    '',
    part.changes,
    async (): Promise<Answer<GroupsView | undefined>> => (managesUsers ? api.groups() : { ok: true, value: undefined }),
  );
  const about = useReading('', part.changes, api.about);
  // a lock-out, a sign-in, a code that was used: a line of the log each, among many others
  const lines = useSlowly(told.logChanges, BREATH_MS);
  const users = useReading(
    '',
    part.changes + lines,
    async (): Promise<Answer<readonly UserView[]>> => (managesUsers ? api.users() : { ok: true, value: [] }),
  );
  return (
    <section id="users" aria-labelledby="users-title">
      <h2 id="users-title" ref={heading.target} tabIndex={-1}>
        {TEXTS.users}
      </h2>
      <div class="panel padded">
        <ProblemNotice problem={groups.problem ?? about.problem ?? users.problem} />
        {managesUsers && groups.value && about.value && users.value && (
          <>
            <UsersPart {...part} users={users.value} groups={groups.value.groups} fields={about.value.userFields} />
            <GroupsPart {...part} view={groups.value} />
          </>
        )}
        {may(lists, 'policies') && <PoliciesPart {...part} users={users.value ?? []} />}
        {may(lists, 'tokens') && <TokensPart {...part} />}
        {may(lists, 'account.edit') && about.value && <AboutPart {...part} about={about.value} />}
      </div>
    </section>
  );
}
