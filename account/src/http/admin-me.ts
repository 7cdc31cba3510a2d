import { err, ok, type Result } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import { FIRST_PASSWORD_POLICY, type PasswordPolicy } from '../core/password-policy.ts';
import { may, PERMISSIONS, type Permission } from '../core/permissions.ts';
import { FIRST_TWO_FACTOR_POLICY, type TwoFactorPolicy } from '../core/two-factor.ts';
import type { Person, UserRecord } from '../core/users.ts';
import { hashOf } from '../secrets/token-hash.ts';
import { beginTwoFactor, confirmTwoFactor, endTwoFactor, renewRecoveryCodes } from '../service/two-factor.ts';
import { replacePassword } from '../service/user-changes.ts';
import { checkOwnPassword } from '../service/users.ts';
import { answer } from './admin.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { sourceNetworkOf } from './source-network.ts';
import { readCode, readNewPassword, readPassword } from './user-bodies.ts';

/** `GET /api/v1/me`: who is signed in, and what he may. `user` is null for whoever holds the machine, and for tokens. */
export type MeView = {
  readonly name: string;
  readonly isAdministrator: boolean;
  readonly permissions: readonly Permission[];
  readonly user:
    | null
    | (Pick<UserRecord, 'login' | 'twoFactor' | 'twoFactorSince' | 'passwordExpiresAt'> & {
        readonly recoveryCodes: number;
      });
  readonly passwordPolicy: PasswordPolicy;
  readonly twoFactorPolicy: TwoFactorPolicy;
};

/** What everybody does with himself: his password, his two-factor. What takes something away asks for the password again. */
export function ownRoutes(app: FastifyInstance): void {
  app.get('/api/v1/me', needs('anyone'), async (request): Promise<MeView> => {
    const { person, store } = request.house;
    return store.transact(async (tx) => ({
      ...shown(person),
      user: await ownRecord(person, tx),
      passwordPolicy: (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY,
      twoFactorPolicy: (await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY,
    }));
  });
  app.post('/api/v1/me/password', needs('anyone'), async (request, reply) => {
    const asked = readNewPassword(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return withPassword(request, reply, asked.value.password, async (userId) => {
      const present = request.sessionToken && hashOf(request.sessionToken);
      const done = await replacePassword(request.house, userId, asked.value.newPassword, present);
      return done.ok ? ok({ passwordExpiresAt: done.value.passwordExpiresAt }) : done;
    });
  });
  app.post('/api/v1/me/two-factor', needs('anyone'), async (request, reply) => {
    const asked = readPassword(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return withPassword(request, reply, asked.value.password, async (userId) => {
      const setup = await beginTwoFactor(request.house, userId);
      return setup.ok ? ok({ ...setup.value, qr: qrOf(setup.value.uri) }) : setup;
    });
  });
  app.post('/api/v1/me/two-factor/confirm', needs('anyone'), async (request, reply) => {
    const asked = readCode(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { userId } = request.house.person;
    if (userId === undefined) return sendProblem(reply, NOT_A_USER);
    const done = await confirmTwoFactor(request.house, userId, asked.value.code);
    return answer(reply, done.ok ? ok({ recoveryCodes: done.value }) : done);
  });
  app.post('/api/v1/me/recovery-codes', needs('anyone'), async (request, reply) => {
    const asked = readPassword(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return withPassword(request, reply, asked.value.password, async (userId) => {
      const done = await renewRecoveryCodes(request.house, userId);
      return done.ok ? ok({ recoveryCodes: done.value }) : done;
    });
  });
  app.post('/api/v1/me/two-factor/off', needs('anyone'), async (request, reply) => {
    const asked = readPassword(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    return withPassword(request, reply, asked.value.password, async (userId) => {
      const done = await endTwoFactor(request.house, userId);
      return done.ok ? ok({ twoFactor: done.value.twoFactor }) : done;
    });
  });
}

const NOT_A_USER = err('CONFLICT', 'whoever holds the machine has no password; add a user').fault;

/** Does something for a user who gave his password once more. */
async function withPassword(
  request: FastifyRequest,
  reply: FastifyReply,
  password: string,
  work: (userId: string) => Promise<Result<unknown>>,
): Promise<FastifyReply> {
  const { house } = request;
  const { userId } = house.person;
  if (userId === undefined) return sendProblem(reply, NOT_A_USER);
  const own = await checkOwnPassword(house, userId, { password, network: sourceNetworkOf(request.ip) });
  // 403, not 401: he is signed in, and stays so
  if (!own.ok) return sendProblem(reply, own.fault, own.fault.code === 'SIGN_IN_FAILED' ? 403 : undefined);
  return answer(reply, await work(userId));
}

function shown({ name, isAdministrator, grants }: Person) {
  return { name, isAdministrator, permissions: PERMISSIONS.filter((permission) => may(grants, permission)) };
}

async function ownRecord(
  { userId }: Person,
  tx: Parameters<Parameters<FastifyRequest['house']['store']['transact']>[0]>[0],
): Promise<MeView['user']> {
  const user = userId === undefined ? undefined : await tx.user(userId);
  if (!user) return null;
  const { login, twoFactor, twoFactorSince, passwordExpiresAt } = user;
  const recoveryCodes = await tx.countRecoveryCodes(user.userId);
  return { login, twoFactor, twoFactorSince, passwordExpiresAt, recoveryCodes };
}

/** A picture of the address that apps read: dark modules as the path of an SVG, in a square of this size. */
function qrOf(uri: string): QrView {
  const code = generate(uri);
  return { size: code.size, path: toSvgPath(code) };
}

export type QrView = { readonly size: number; readonly path: string };
/** `POST /api/v1/me/two-factor` */
export type SetupView = { readonly secret: string; readonly uri: string; readonly qr: QrView };
