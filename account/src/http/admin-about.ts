import { ok } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { FIRST_PASSWORD_POLICY } from '../core/password-policy.ts';
import { FIRST_TWO_FACTOR_POLICY } from '../core/two-factor.ts';
import type { ContactRecord } from '../core/users.ts';
import { type About, aboutIn, addContact, changeAbout, changeContact, removeContact } from '../service/about.ts';
import { changePasswordPolicy, changeTwoFactorPolicy } from '../service/user-policies.ts';
import { answer } from './admin.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { readAbout, readContact, readContactChange, readPasswordPolicy, readTwoFactorPolicy } from './user-bodies.ts';

/** `GET /api/v1/about`: what is told of the account, and how its custom fields are called. */
export type AboutView = About;
export type ContactView = Omit<ContactRecord, 'contactId'> & { readonly id: string };

type ById = { Params: { id: string } };

/** Policies of the users, information about the account, and who gets its announcements. */
export function aboutRoutes(app: FastifyInstance): void {
  policyRoutes(app);
  app.get(
    '/api/v1/about',
    needs('anyone'),
    async (request): Promise<AboutView> => request.house.store.transact(aboutIn),
  );
  app.patch('/api/v1/about', needs('account.edit'), async (request, reply) => {
    const asked = readAbout(request.body ?? {});
    return answer(reply, asked.ok ? await changeAbout(request.house, asked.value) : asked);
  });

  app.get('/api/v1/contacts', needs('account.edit'), async (request) =>
    (await request.house.store.transact((tx) => tx.contacts())).map(contactView),
  );
  app.post('/api/v1/contacts', needs('account.edit'), async (request, reply) => {
    const asked = readContact(request.body ?? {});
    const added = asked.ok ? await addContact(request.house, asked.value) : asked;
    return answer(reply, added.ok ? ok(contactView(added.value)) : added);
  });
  app.patch<ById>('/api/v1/contacts/:id', needs('account.edit'), async (request, reply) => {
    const asked = readContactChange(request.body ?? {});
    const changed = asked.ok ? await changeContact(request.house, request.params.id, asked.value) : asked;
    return answer(reply, changed.ok ? ok(contactView(changed.value)) : changed);
  });
  app.delete<ById>('/api/v1/contacts/:id', needs('account.edit'), async (request, reply) => {
    const removed = await removeContact(request.house, request.params.id);
    return answer(reply, removed.ok ? ok(contactView(removed.value)) : removed);
  });
}

function policyRoutes(app: FastifyInstance): void {
  app.get('/api/v1/password-policy', needs('users', 'policies'), async (request) =>
    request.house.store.transact(async (tx) => (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY),
  );
  app.patch('/api/v1/password-policy', needs('policies'), async (request, reply) => {
    const asked = readPasswordPolicy(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return reply.send(await changePasswordPolicy(request.house, asked.value));
  });
  app.get('/api/v1/two-factor-policy', needs('users', 'policies'), async (request) =>
    request.house.store.transact(async (tx) => (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY),
  );
  app.patch('/api/v1/two-factor-policy', needs('policies'), async (request, reply) => {
    const asked = readTwoFactorPolicy(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return reply.send(await changeTwoFactorPolicy(request.house, asked.value));
  });
}

function contactView({ contactId, ...view }: ContactRecord): ContactView {
  return { id: contactId, ...view };
}
