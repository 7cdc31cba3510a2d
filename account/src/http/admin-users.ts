import { ok, type Result } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { UserRecord } from '../core/users.ts';
import type { House } from '../house.ts';
import { addUser, removeUser, setPassword, unlockUser } from '../service/user-changes.ts';
import { triesName } from '../service/users.ts';
import type { StoreTx } from '../store/store.ts';
import { answer } from './admin.ts';
import { sendProblem } from './problem.ts';
import { readNewUser, readPassword } from './user-bodies.ts';
import { type UserView, userView } from './user-views.ts';

type ById = { Params: { id: string } };

/** Users of the account. */
export function userRoutes(app: FastifyInstance, house: House): void {
  app.get(
    '/api/v1/users',
    async (): Promise<readonly UserView[]> =>
      house.store.transact(async (tx) => {
        const views: UserView[] = [];
        for (const user of await tx.users()) views.push(await viewOf(tx, user, house));
        return views;
      }),
  );
  app.post('/api/v1/users', async (request, reply) => {
    const asked = readNewUser(request.body ?? {});
    return asked.ok ? answerUser(house, reply, await addUser(house, asked.value)) : sendProblem(reply, asked.fault);
  });
  app.delete<ById>('/api/v1/users/:id', async (request, reply) =>
    answer(reply, done(await removeUser(house, request.params.id))),
  );
  app.post<ById>('/api/v1/users/:id/password', async (request, reply) => {
    const asked = readPassword(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return answerUser(house, reply, await setPassword(house, request.params.id, asked.value.password));
  });
  app.post<ById>('/api/v1/users/:id/unlock', async (request, reply) =>
    answerUser(house, reply, await unlockUser(house, request.params.id)),
  );
}

async function answerUser(house: House, reply: FastifyReply, changed: Result<UserRecord>): Promise<FastifyReply> {
  if (!changed.ok) return sendProblem(reply, changed.fault);
  return reply.send(await house.store.transact((tx) => viewOf(tx, changed.value, house)));
}

async function viewOf(tx: StoreTx, user: UserRecord, { clock }: Pick<House, 'clock'>): Promise<UserView> {
  const { userId, login } = user;
  const of = {
    groupIds: await tx.groupsOf(userId),
    recoveryCodes: await tx.countRecoveryCodes(userId),
    tries: await tx.triesOf(triesName('user', { login, network: '' })),
  };
  return userView(user, of, clock.now());
}

function done(removed: Result<UserRecord>): Result<object> {
  return removed.ok ? ok({ id: removed.value.userId, login: removed.value.login }) : removed;
}
