import { err } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import {
  aboutTold,
  contactTold,
  differencesOf,
  passwordPolicyTold,
  twoFactorPolicyTold,
  valuesOf,
} from '../core/log-changes.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { FIRST_PASSWORD_POLICY } from '../core/password-policy.ts';
import { FIRST_TWO_FACTOR_POLICY } from '../core/two-factor.ts';
import type { ContactRecord } from '../core/users.ts';
import { newToken, transactAndTell } from '../house.ts';
import { noteUser } from '../service/user-changes.ts';
import type { StoreTx } from '../store/store.ts';
import type { AccountAbout } from '../store/store-users.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { readAbout, readContact, readPasswordPolicy, readTwoFactorPolicy } from './user-bodies.ts';

/** `GET /api/v1/about`: what is told of the account, and how its custom fields are called. */
export type AboutView = AccountAbout & { readonly name: string };
export type ContactView = Omit<ContactRecord, 'contactId'> & { readonly id: string };

const NO_ABOUT: AccountAbout = {
  ...{ company: '', address: '', reference: '' },
  ...{ ewonFields: ['', '', ''], userFields: ['', '', ''] },
};

/** Policies of the users, information about the account, and who gets its announcements. */
export function aboutRoutes(app: FastifyInstance): void {
  policyRoutes(app);
  app.get('/api/v1/about', needs('anyone'), async (request) => request.house.store.transact(aboutIn));
  app.put('/api/v1/about', needs('account.edit'), async (request, reply) => {
    const asked = readAbout(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { name, ...about } = asked.value;
    const now = await transactAndTell(request.house, async (tx, telling) => {
      const changes = differencesOf(aboutTold(await aboutIn(tx)), aboutTold(asked.value));
      await tx.updateAccount({ name });
      await tx.setDocument('about', about);
      if (changes.length > 0) await telling.noteDone(tx, { event: LOG_TEXTS.accountChanged(changes) });
      telling.tell({ type: 'settings', id: 'about' });
      return aboutIn(tx);
    });
    return reply.send(now);
  });

  app.get('/api/v1/contacts', needs('account.edit'), async (request) =>
    (await request.house.store.transact((tx) => tx.contacts())).map(contactView),
  );
  const keep = async (house: Parameters<typeof transactAndTell>[0], contact: ContactRecord): Promise<ContactView> =>
    transactAndTell(house, async (tx, telling) => {
      const before = (await tx.contacts()).find(({ contactId }) => contactId === contact.contactId);
      const [was, is] = [before && contactTold(before), contactTold(contact)];
      await tx.keepContact(contact);
      const changes = was ? differencesOf(was, is) : valuesOf(is);
      if (changes.length > 0)
        await telling.noteDone(tx, { event: LOG_TEXTS.contactKept(before?.name ?? contact.name, changes) });
      return contactView(contact);
    });
  app.post('/api/v1/contacts', needs('account.edit'), async (request, reply) => {
    const asked = readContact(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const contacts = await request.house.store.transact((tx) => tx.contacts());
    if (contacts.length >= CONTACTS_MAX) return sendProblem(reply, err('CONFLICT', `${CONTACTS_MAX} contacts`).fault);
    const contactId = `k_${newToken(request.house.random)}`;
    return reply.send(await keep(request.house, { contactId, ...asked.value }));
  });
  app.put<ById>('/api/v1/contacts/:id', needs('account.edit'), async (request, reply) => {
    const asked = readContact(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const contactId = request.params.id;
    const contacts = await request.house.store.transact((tx) => tx.contacts());
    if (!contacts.some((one) => one.contactId === contactId)) return sendProblem(reply, NO_CONTACT);
    return reply.send(await keep(request.house, { contactId, ...asked.value }));
  });
  app.delete<ById>('/api/v1/contacts/:id', needs('account.edit'), async (request, reply) => {
    const removed = await transactAndTell(request.house, async (tx, telling) => {
      const contact = (await tx.contacts()).find((one) => one.contactId === request.params.id);
      if (!contact) return undefined;
      await tx.removeContact(contact.contactId);
      await telling.noteDone(tx, { event: LOG_TEXTS.contactRemoved(contact.name, valuesOf(contactTold(contact))) });
      return contactView(contact);
    });
    return removed ? reply.send(removed) : sendProblem(reply, NO_CONTACT);
  });
}

type ById = { Params: { id: string } };

const CONTACTS_MAX = 100;
const NO_CONTACT = err('NOT_FOUND', 'contact').fault;

function policyRoutes(app: FastifyInstance): void {
  app.get('/api/v1/password-policy', needs('users', 'policies'), async (request) =>
    request.house.store.transact(async (tx) => (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY),
  );
  app.put('/api/v1/password-policy', needs('policies'), async (request, reply) => {
    const asked = readPasswordPolicy(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    await transactAndTell(request.house, async (tx, telling, nowMs) => {
      const before = (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY;
      const changes = differencesOf(passwordPolicyTold(before), passwordPolicyTold(asked.value));
      await tx.setDocument('passwordPolicy', asked.value);
      if (changes.length > 0) await noteUser({ tx, telling, nowMs }, LOG_TEXTS.passwordPolicySet(changes));
    });
    return reply.send(asked.value);
  });
  app.get('/api/v1/two-factor-policy', needs('users', 'policies'), async (request) =>
    request.house.store.transact(async (tx) => (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY),
  );
  app.put('/api/v1/two-factor-policy', needs('policies'), async (request, reply) => {
    const asked = readTwoFactorPolicy(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    await transactAndTell(request.house, async (tx, telling, nowMs) => {
      const before = (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
      const changes = differencesOf(twoFactorPolicyTold(before), twoFactorPolicyTold(asked.value));
      await tx.setDocument('twoFactorPolicy', asked.value);
      if (changes.length > 0) await noteUser({ tx, telling, nowMs }, LOG_TEXTS.twoFactorPolicySet(changes));
    });
    return reply.send(asked.value);
  });
}

async function aboutIn(tx: StoreTx): Promise<AboutView> {
  return { name: (await tx.account()).name, ...NO_ABOUT, ...(await tx.document('about')) };
}

function contactView({ contactId, ...view }: ContactRecord): ContactView {
  return { id: contactId, ...view };
}
