import type { Permission } from '../api-types.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import { changedGiven } from './changed-given.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { GivenDialog } from './given-dialog.tsx';
import type { Given, GroupsView, TokenApi, TokenGiven } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

/** What is added, changed or removed: a group, or a token. */
export type GivenChoice<G> = { readonly what: 'add' } | { readonly what: 'edit' | 'remove'; readonly of: G };

type Texts = {
  readonly addTitle: string;
  readonly editTitle: (name: string) => string;
  readonly removeTitle: (name: string) => string;
  readonly removeText: string;
  readonly removed: (name: string) => string;
};

/** The question that belongs to a choice, for groups and tokens alike. */
export function GivenChange<G extends Given & { readonly id: string; readonly apis?: readonly TokenApi[] }>(props: {
  readonly told: UsersTold;
  readonly kind: 'groups' | 'tokens';
  readonly texts: Texts;
  readonly choice: GivenChoice<G>;
  readonly permissions: readonly Permission[];
  readonly templates?: GroupsView['templates'];
  /** Of a token: for which APIs there may be one. */
  readonly apis?: readonly TokenApi[];
  readonly onClose: () => void;
  readonly onAdded: (given: TokenGiven, answer: { readonly token?: string }) => void;
  readonly onDone: (said: string) => void;
}) {
  const { told, kind, texts, choice, permissions, templates, apis, onClose, onDone } = props;
  const { api } = told;
  const dialog = { told: told.told, permissions, onClose };
  if (choice.what === 'add')
    return (
      <GivenDialog
        {...dialog}
        title={texts.addTitle}
        button={USERS_TEXTS.add}
        {...(templates && { templates })}
        {...(apis && { apis })}
        ask={(given) => api.addGiven(kind, given)}
        onDone={props.onAdded}
      />
    );
  const { of: present } = choice;
  const name = harmless(present.name);
  if (choice.what === 'edit')
    return (
      <GivenDialog
        {...dialog}
        title={texts.editTitle(name)}
        button={USERS_TEXTS.save}
        present={present}
        {...(apis && { apis: [...new Set([...apis, ...(present.apis ?? [])])] })}
        ask={(given) => api.changeGiven(kind, present.id, changedGiven(present, given))}
        onDone={() => onDone(USERS_TEXTS.saved)}
      />
    );
  return (
    <ConfirmDialog
      title={texts.removeTitle(name)}
      text={texts.removeText}
      button={USERS_TEXTS.remove}
      ask={() => api.removeGiven(kind, present.id)}
      onClose={onClose}
      onDone={() => onDone(texts.removed(name))}
    />
  );
}

/** The buttons at the end of a row. */
export function GivenButtons(props: { readonly name: string; readonly onChoose: (what: 'edit' | 'remove') => void }) {
  const button = (what: 'edit' | 'remove', look: string) => (
    <button type="button" class={look} onClick={() => props.onChoose(what)}>
      {USERS_TEXTS[what]}
      <span class="unseen">{USERS_TEXTS.of(harmless(props.name))}</span>
    </button>
  );
  return (
    <>
      {button('edit', 'quiet-button')}
      {button('remove', 'danger quiet-button')}
    </>
  );
}
