import { err, ok, type Result } from '@ewon-agent/contracts';
import { aboutTold, contactTold, differencesOf, valuesOf } from '../core/log-changes.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { type ThreeChange, threeAfter } from '../core/three.ts';
import { type ContactRecord, isReachable } from '../core/users.ts';
import { type House, newToken, transactAndTell } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import type { AccountAbout } from '../store/store-users.ts';

// What is told of the account, and who gets its announcements.

/** What is told of the account, with its name. */
export type About = AccountAbout & { readonly name: string };
/** What is changed of it; of names of fields those that are named. */
export type AboutChange = Partial<Omit<About, 'ewonFields' | 'userFields'>> & {
  readonly ewonFields?: ThreeChange;
  readonly userFields?: ThreeChange;
};
/** What a person says of a contact. */
export type ContactSet = Omit<ContactRecord, 'contactId'>;

const NO_ABOUT: AccountAbout = {
  ...{ company: '', address: '', reference: '' },
  ...{ ewonFields: ['', '', ''], userFields: ['', '', ''] },
};
/** Whom one sends announcements to by hand. */
const CONTACTS_MAX = 100;

export async function aboutIn(tx: StoreTx): Promise<About> {
  return { name: (await tx.account()).name, ...NO_ABOUT, ...(await tx.document('about')) };
}

/** Changes what is told of the account; the same again is success and says nothing. */
export async function changeAbout(
  house: House,
  { ewonFields, userFields, ...set }: AboutChange,
): Promise<Result<About>> {
  return transactAndTell(house, async (tx, telling) => {
    const before = await aboutIn(tx);
    const fields = {
      ewonFields: threeAfter(before.ewonFields, ewonFields),
      userFields: threeAfter(before.userFields, userFields),
    };
    const now = { ...before, ...set, ...fields };
    const changes = differencesOf(aboutTold(before), aboutTold(now));
    if (changes.length === 0) return ok(before);
    const { name, ...about } = now;
    await tx.updateAccount({ name });
    await tx.setDocument('about', about);
    await telling.noteDone(tx, { event: LOG_TEXTS.accountChanged(changes) });
    telling.tell({ type: 'settings', id: 'about' });
    return ok(now);
  });
}

/** Adds a contact. Codes: FIELD_UNFIT (nobody could reach it), CONFLICT (too many). */
export async function addContact(house: House, set: ContactSet): Promise<Result<ContactRecord>> {
  if (!isReachable(set)) return UNREACHABLE;
  return transactAndTell(house, async (tx, telling) => {
    if ((await tx.contacts()).length >= CONTACTS_MAX) return err('CONFLICT', `${CONTACTS_MAX} contacts`);
    const contact = { contactId: `k_${newToken(house.random)}`, ...set };
    await tx.keepContact(contact);
    await telling.noteDone(tx, { event: LOG_TEXTS.contactKept(set.name, valuesOf(contactTold(contact))) });
    return ok(contact);
  });
}

/** Changes a contact; the same again is success and says nothing. Codes: NOT_FOUND, FIELD_UNFIT (nobody could reach it then). */
export async function changeContact(
  house: House,
  contactId: string,
  change: Partial<ContactSet>,
): Promise<Result<ContactRecord>> {
  return transactAndTell(house, async (tx, telling) => {
    const before = await contactIn(tx, contactId);
    if (!before) return NO_CONTACT;
    const now = { ...before, ...change };
    if (!isReachable(now)) return UNREACHABLE;
    const changes = differencesOf(contactTold(before), contactTold(now));
    if (changes.length === 0) return ok(before);
    await tx.keepContact(now);
    await telling.noteDone(tx, { event: LOG_TEXTS.contactKept(before.name, changes) });
    return ok(now);
  });
}

/** Removes a contact. Codes: NOT_FOUND. */
export async function removeContact(house: House, contactId: string): Promise<Result<ContactRecord>> {
  return transactAndTell(house, async (tx, telling) => {
    const contact = await contactIn(tx, contactId);
    if (!contact) return NO_CONTACT;
    await tx.removeContact(contactId);
    await telling.noteDone(tx, { event: LOG_TEXTS.contactRemoved(contact.name, valuesOf(contactTold(contact))) });
    return ok(contact);
  });
}

async function contactIn(tx: StoreTx, contactId: string): Promise<ContactRecord | undefined> {
  return (await tx.contacts()).find((one) => one.contactId === contactId);
}

const UNREACHABLE = err('FIELD_UNFIT', 'email, phone: one of them is needed');
const NO_CONTACT = err('NOT_FOUND', 'contact');
