import { useState } from 'preact/hooks';
import { may } from '../page-state.ts';
import { ColumnHeads, Untrusted } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import { GivenButtons, GivenChange, type GivenChoice } from './given-changes.tsx';
import type { GroupsView, GroupView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.groups;

/** The groups, and what each gives. */
export function GroupsPart(props: UsersTold & { readonly view: GroupsView }) {
  const { told, changed, view } = props;
  const [choice, choose] = useState<GivenChoice<GroupView>>();
  const done = (said: string) => {
    choose(undefined);
    changed(said);
  };
  const permissions = told.lists.me.permissions.filter((permission) => permission !== 'policies');
  return (
    <div class="apart">
      <h3 id="groups-title">{T.title}</h3>
      <table class="stack" aria-labelledby="groups-title">
        <ColumnHeads columns={[T.name, T.permissions, T.pools, T.members]} />
        <tbody>
          {view.groups.map((group) => (
            <Row key={group.id} group={group} onChoose={(what) => choose({ what, of: group })} />
          ))}
        </tbody>
      </table>
      {may(told.lists, 'users') && (
        <div class="buttons">
          <button type="button" onClick={() => choose({ what: 'add' })}>
            {T.add}
          </button>
        </div>
      )}
      {choice && (
        <GivenChange
          {...{ told: props, kind: 'groups', texts: T, choice, permissions, templates: view.templates }}
          onClose={() => choose(undefined)}
          onAdded={({ name }) => done(T.added(harmless(name)))}
          onDone={done}
        />
      )}
    </div>
  );
}

function Row({ group, onChoose }: { readonly group: GroupView; readonly onChoose: (what: 'edit' | 'remove') => void }) {
  const { name, permissions, pools, members, isBuiltIn } = group;
  const words = permissions.map((permission) => USERS_TEXTS.permissions[permission]).join(' · ');
  return (
    <tr>
      <th scope="row">
        <Untrusted text={name} />
      </th>
      <td data-label={T.permissions}>{isBuiltIn ? T.everything : words === '' ? TEXTS.none : words}</td>
      <td data-label={T.pools}>{pools === 'all' ? T.allPools : <Untrusted text={pools.join(', ') || TEXTS.none} />}</td>
      <td data-label={T.members}>{members}</td>
      <td class="last">{!isBuiltIn && <GivenButtons name={name} onChoose={onChoose} />}</td>
    </tr>
  );
}
