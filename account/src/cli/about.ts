import { err, ok, type Result } from '@ewon-agent/contracts';
import type { AboutView, ContactView } from '../http/admin-about.ts';
import type { AccountView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';

/** `account about show`: what is told of the account, and how devices and programs know it. */
export async function showAbout(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  const about = await admin.ask<AboutView>('GET', 'about');
  const account = about.ok ? await admin.ask<AccountView>('GET', 'account') : about;
  if (!about.ok || !account.ok) return say(io, form, account, () => '');
  const { id, deviceUrl, mqttUrls, accountKeyFingerprint, version } = account.value;
  const known = { id, deviceUrl, mqttUrls, accountKeyFingerprint, version };
  return say(io, form, ok({ ...about.value, ...known }), (of) =>
    [
      ...[aboutText(of), `account id: ${id}`, `directory URL: ${deviceUrl}`],
      ...mqttUrls.map((url) => `MQTT URL: ${url}`),
      ...[`key fingerprint: ${accountKeyFingerprint}`, `server version: ${version}`],
    ].join('\n'),
  );
}

/** `account about set`: what is not named stays as it is. */
export async function setAbout(io: Io, form: Form, admin: AdminClient, set: Partial<AboutView>): Promise<ExitStatus> {
  return say(io, form, await admin.ask<AboutView>('PATCH', 'about', set), aboutText);
}

function aboutText(about: AboutView): string {
  return table(
    ['account', about.name],
    [
      ['company', about.company],
      ['address', about.address],
      ['reference', about.reference],
      ['custom fields of Ewons', about.ewonFields.join(', ')],
      ['custom fields of users', about.userFields.join(', ')],
    ],
  );
}

/** `account contact list` */
export async function showContacts(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<readonly ContactView[]>('GET', 'contacts'), (contacts) =>
    contacts.length === 0
      ? 'No contact yet. "account contact add NAME" adds one.'
      : table(
          ['name', 'e-mail', 'telephone'],
          contacts.map(({ name, email, phone }) => [name, email, phone]),
        ),
  );
}

/** `account contact add NAME` */
export async function addContact(
  io: Io,
  form: Form,
  admin: AdminClient,
  contact: Omit<ContactView, 'id'>,
): Promise<ExitStatus> {
  return say(io, form, await admin.ask<ContactView>('POST', 'contacts', contact), ({ name }) => `added ${name}`);
}

/** `account contact set NAME`: what is not named stays as it is. Codes: NOT_FOUND. */
export async function changeContact(
  io: Io,
  form: Form,
  admin: AdminClient,
  { name, set }: { readonly name: string; readonly set: Partial<Omit<ContactView, 'id'>> },
): Promise<ExitStatus> {
  const contact = await findContact(admin, name);
  if (!contact.ok) return sayFault(io, form, contact.fault);
  const done = await admin.ask<ContactView>('PATCH', `contacts/${contact.value.id}`, set);
  return say(io, form, done, (of) => table(['name', 'e-mail', 'telephone'], [[of.name, of.email, of.phone]]));
}

/** `account contact remove NAME`. Codes: NOT_FOUND. */
export async function removeContact(io: Io, form: Form, admin: AdminClient, name: string): Promise<ExitStatus> {
  const contact = await findContact(admin, name);
  const done = contact.ok ? await admin.ask<ContactView>('DELETE', `contacts/${contact.value.id}`) : contact;
  return say(io, form, done, () => `removed ${name}`);
}

async function findContact(admin: AdminClient, name: string): Promise<Result<ContactView>> {
  const contacts = await admin.ask<readonly ContactView[]>('GET', 'contacts');
  if (!contacts.ok) return contacts;
  const contact = contacts.value.find((one) => one.name === name);
  return contact ? ok(contact) : err('NOT_FOUND', `contact ${name}`);
}
