import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { changedMembers } from '../changed.ts';
import { Dialog, DialogButtons, Field, fieldOf, ProblemNotice, Untrusted, useAsking } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import type { ContactView } from './users-api.ts';
import type { UsersTold } from './users-section.tsx';

const T = USERS_TEXTS.about;

/** Who gets announcements of maintenance. */
export function Contacts({ api, changes, changed }: UsersTold) {
  const ask = useAsking();
  const { value: contacts, problem } = useReading('', changes, api.contacts);
  const add = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const contact = contactOf(form);
    void ask.run(
      () => api.addContact(contact),
      () => {
        form.reset();
        setAdded((before) => before + 1);
        changed(T.contactAdded(harmless(contact.name)));
      },
    );
  };
  const [added, setAdded] = useState(0);
  const [edited, edit] = useState<ContactView>();
  const remove = (id: string, name: string) =>
    void ask.run(
      () => api.removeContact(id),
      () => changed(T.contactRemoved(harmless(name))),
    );
  return (
    <div class="half">
      <form class="half" onSubmit={add}>
        <h4>{T.contacts}</h4>
        {contacts?.length === 0 && <p class="empty">{T.noContacts}</p>}
        <ul class="rows">
          {contacts?.map(({ id, name, email, phone }) => (
            <li key={id}>
              <Untrusted text={[name, email, phone].filter((text) => text !== '').join(' · ')} />
              <button type="button" class="quiet-button" onClick={() => edit({ id, name, email, phone })}>
                {USERS_TEXTS.edit}
                <span class="unseen">{USERS_TEXTS.of(harmless(name))}</span>
              </button>
              <button type="button" class="danger quiet-button" disabled={ask.busy} onClick={() => remove(id, name)}>
                {T.removeContact}
                <span class="unseen">{USERS_TEXTS.of(harmless(name))}</span>
              </button>
            </li>
          ))}
        </ul>
        <ContactFields key={added} />
        <ProblemNotice problem={problem ?? ask.problem} />
        <div class="buttons">
          <button type="submit" disabled={ask.busy}>
            {T.addContact}
          </button>
        </div>
      </form>
      {edited && (
        <ContactDialog
          api={api}
          contact={edited}
          onClose={() => edit(undefined)}
          onDone={() => {
            edit(undefined);
            changed(USERS_TEXTS.saved);
          }}
        />
      )}
    </div>
  );
}

function ContactDialog(props: {
  readonly api: UsersTold['api'];
  readonly contact: ContactView;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { api, contact } = props;
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { id, ...before } = contact;
    const change = changedMembers(before, contactOf(event.currentTarget));
    if (Object.keys(change).length === 0) return props.onClose();
    return void ask.run(() => api.changeContact(id, change), props.onDone);
  };
  return (
    <Dialog title={T.contactTitle(harmless(contact.name))} onClose={props.onClose}>
      <form onSubmit={submit}>
        <ContactFields contact={contact} />
        <DialogButtons label={USERS_TEXTS.save} ask={ask} />
      </form>
    </Dialog>
  );
}

function ContactFields({ contact }: { readonly contact?: ContactView }) {
  const [phone, setPhone] = useState(contact?.phone ?? '');
  return (
    <>
      <Field label={T.contactName}>
        {(id) => <input id={id} name="name" required maxLength={100} defaultValue={contact?.name ?? ''} />}
      </Field>
      <Field label={T.email} hint={T.reached}>
        {(id) => (
          <input
            id={id}
            name="email"
            type="email"
            required={phone.trim() === ''}
            maxLength={250}
            defaultValue={contact?.email ?? ''}
          />
        )}
      </Field>
      <Field label={T.phone}>
        {(id) => (
          <input
            id={id}
            name="phone"
            type="tel"
            maxLength={40}
            defaultValue={contact?.phone ?? ''}
            onInput={(event) => setPhone(event.currentTarget.value)}
          />
        )}
      </Field>
    </>
  );
}

function contactOf(form: HTMLFormElement): Omit<ContactView, 'id'> {
  return { name: fieldOf(form, 'name'), email: fieldOf(form, 'email'), phone: fieldOf(form, 'phone') };
}
