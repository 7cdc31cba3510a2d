import { err, ok, type Result } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { triesName } from '../core/lock-out.ts';
import { FIRST_TWO_FACTOR_POLICY, type TwoFactorPolicy } from '../core/two-factor.ts';
import type { UserRecord } from '../core/users.ts';
import type { House } from '../house.ts';
import { endTwoFactor } from '../service/two-factor.ts';
import {
  addUser,
  changeUser,
  lockedNetworks,
  removeUser,
  setPassword,
  unlockNetwork,
  unlockUser,
} from '../service/user-changes.ts';
import { endUserSessions, forgetPcs } from '../service/user-sessions.ts';
import type { StoreTx } from '../store/store.ts';
import { answer } from './admin.ts';
import { sessionOf } from './identify.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { sourceNetworkOf } from './source-network.ts';
import { NETWORK_FORM, readNetwork, readNewUser, readPassword, readUserChange } from './user-bodies.ts';
import { type UserView, userView } from './user-views.ts';

type ById = { Params: { id: string } };

/** Users of the account. */
export function userRoutes(app: FastifyInstance): void {
  app.get(
    '/api/v1/users',
    needs('users'),
    async (request): Promise<readonly UserView[]> =>
      request.house.store.transact(async (tx) => {
        const policy = await twoFactorPolicyIn(tx);
        const views: UserView[] = [];
        for (const user of await tx.users()) views.push(await viewOf(tx, user, request.house, policy));
        return views;
      }),
  );
  app.post('/api/v1/users', needs('users'), async (request, reply) => {
    const asked = readNewUser(request.body ?? {});
    return asked.ok
      ? answerUser(request.house, reply, await addUser(request.house, asked.value))
      : sendProblem(reply, asked.fault);
  });
  app.patch<ById>('/api/v1/users/:id', needs('users'), async (request, reply) => {
    const asked = readUserChange(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return answerUser(request.house, reply, await changeUser(request.house, request.params.id, asked.value));
  });
  app.post<ById>('/api/v1/users/:id/two-factor/reset', needs('users'), async (request, reply) =>
    answerUser(request.house, reply, await endTwoFactor(request.house, request.params.id)),
  );
  app.delete<ById>('/api/v1/users/:id', needs('users'), async (request, reply) =>
    answer(reply, done(await removeUser(request.house, request.params.id))),
  );
  app.post<ById>('/api/v1/users/:id/password', needs('users'), async (request, reply) => {
    const asked = readPassword(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return answerUser(request.house, reply, await setPassword(request.house, request.params.id, asked.value.password));
  });
  app.post<ById>('/api/v1/users/:id/unlock', needs('users'), async (request, reply) =>
    answerUser(request.house, reply, await unlockUser(request.house, request.params.id)),
  );
  app.post<ById>('/api/v1/users/:id/sessions/end', needs('users'), async (request, reply) =>
    answerUser(request.house, reply, await endUserSessions(request.house, request.params.id, sessionOf(request))),
  );
  app.post<ById>('/api/v1/users/:id/pcs/forget', needs('users'), async (request, reply) =>
    answerUser(request.house, reply, await forgetPcs(request.house, request.params.id)),
  );
  networkRoutes(app);
}

function networkRoutes(app: FastifyInstance): void {
  app.get('/api/v1/networks/locked', needs('users'), async (request) => lockedNetworks(request.house));
  app.post('/api/v1/networks/unlock', needs('users'), async (request, reply) => {
    const asked = readNetwork(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const network = sourceNetworkOf(asked.value.network.replace(/\/.*$/, ''));
    if (network === 'unknown')
      return sendProblem(reply, err('FIELD_UNFIT', `network "${asked.value.network}": ${NETWORK_FORM}`).fault);
    return answer(reply, await unlockNetwork(request.house, network));
  });
}

async function answerUser(house: House, reply: FastifyReply, changed: Result<UserRecord>): Promise<FastifyReply> {
  if (!changed.ok) return sendProblem(reply, changed.fault);
  return reply.send(
    await house.store.transact(async (tx) => viewOf(tx, changed.value, house, await twoFactorPolicyIn(tx))),
  );
}

async function twoFactorPolicyIn(tx: StoreTx): Promise<TwoFactorPolicy> {
  return (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY;
}

async function viewOf(
  tx: StoreTx,
  user: UserRecord,
  { clock }: Pick<House, 'clock'>,
  twoFactorPolicy: TwoFactorPolicy,
): Promise<UserView> {
  const { userId, login } = user;
  const of = {
    groupIds: await tx.groupsOf(userId),
    recoveryCodes: await tx.countRecoveryCodes(userId),
    tries: await tx.triesOf(triesName('user', { login, network: '' })),
    twoFactorPolicy,
  };
  return userView(user, of, clock.now());
}

function done(removed: Result<UserRecord>): Result<object> {
  return removed.ok ? ok({ id: removed.value.userId, login: removed.value.login }) : removed;
}
