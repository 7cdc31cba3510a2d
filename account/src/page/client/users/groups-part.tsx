import { useState } from 'preact/hooks';
import { may } from '../page-state.ts';
import { ColumnHeads, Untrusted } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { GivenDialog } from './given-dialog.tsx';
import type { GroupsView, GroupView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.groups;

type Choice = { readonly what: 'add' } | { readonly what: 'edit' | 'remove'; readonly group: GroupView };

/** The groups, and what each gives. */
export function GroupsPart({ told, api, changed, view }: UsersTold & { readonly view: GroupsView }) {
  const [choice, choose] = useState<Choice>();
  const done = (said: string) => {
    choose(undefined);
    changed(said);
  };
  const permissions = told.lists.me.permissions.filter((permission) => permission !== 'policies');
  const dialog = { told, permissions, onClose: () => choose(undefined) };
  return (
    <div class="apart">
      <h3 id="groups-title">{T.title}</h3>
      <table class="stack" aria-labelledby="groups-title">
        <ColumnHeads columns={[T.name, T.permissions, T.pools, T.members]} />
        <tbody>
          {view.groups.map((group) => (
            <Row key={group.id} group={group} onChoose={(what) => choose({ what, group })} />
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
      {choice?.what === 'add' && (
        <GivenDialog
          {...dialog}
          title={T.addTitle}
          button={USERS_TEXTS.add}
          templates={view.templates}
          ask={(given) => api.addGiven('groups', given)}
          onDone={({ name }) => done(T.added(harmless(name)))}
        />
      )}
      {choice?.what === 'edit' && (
        <GivenDialog
          {...dialog}
          title={T.editTitle(harmless(choice.group.name))}
          button={USERS_TEXTS.save}
          present={choice.group}
          ask={(given) => api.changeGiven('groups', choice.group.id, given)}
          onDone={() => done(USERS_TEXTS.saved)}
        />
      )}
      {choice?.what === 'remove' && (
        <ConfirmDialog
          title={T.removeTitle(harmless(choice.group.name))}
          text={T.removeText}
          button={USERS_TEXTS.remove}
          ask={() => api.removeGiven('groups', choice.group.id)}
          onClose={() => choose(undefined)}
          onDone={() => done(T.removed(harmless(choice.group.name)))}
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
      <td class="last">
        {!isBuiltIn && (
          <>
            <button type="button" class="quiet-button" onClick={() => onChoose('edit')}>
              {USERS_TEXTS.edit}
              <span class="unseen">{USERS_TEXTS.of(harmless(name))}</span>
            </button>
            <button type="button" class="danger quiet-button" onClick={() => onChoose('remove')}>
              {USERS_TEXTS.remove}
              <span class="unseen">{USERS_TEXTS.of(harmless(name))}</span>
            </button>
          </>
        )}
      </td>
    </tr>
  );
}
