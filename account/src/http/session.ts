import { err, type Fault, timestampOf } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { FIRST_PASSWORD_POLICY, type PasswordPolicy } from '../core/password-policy.ts';
import { FIRST_TWO_FACTOR_POLICY } from '../core/two-factor.ts';
import { type House, transactAndTell } from '../house.ts';
import { hashOf } from '../secrets/token-hash.ts';
import { orderOneTimeToken, SESSION_VALID_MS, type SignedIn, signIn, signInOnce } from '../service/sign-in.ts';
import { USERS_CHANGED } from '../service/user-changes.ts';
import { endLinkSessions } from '../service/user-sessions.ts';
import { cookieIn, csrfOf, pcCookie, sessionCookie, sessionOf } from './identify.ts';
import { needs } from './needs.ts';
import { problemOf, sendProblem } from './problem.ts';
import { rateLimit } from './rate-limit.ts';
import { sourceNetworkOf } from './source-network.ts';
import { readOnce, readSignIn } from './user-bodies.ts';

export const SESSION_PATH = '/api/v1/session';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session token of the cookie, once it was found good. */
    sessionToken: string | undefined;
  }
}

/** Signing in, by one-time link or by password, and out; and the sessions of who is signed in. */
export function sessionRoutes(app: FastifyInstance, house: House): void {
  const limited = rateLimit(house.clock, house.limits.signIns);
  app.post(SESSION_PATH, { ...needs('nobody'), onRequest: limited }, async (request, reply) => {
    if (Object(request.body).once !== undefined) {
      const asked = readOnce(request.body);
      if (!asked.ok) return sendProblem(reply, asked.fault);
      const done = await signInOnce(house, asked.value.once);
      return done.ok ? letIn(house, request, reply, done.value) : sendProblem(reply, done.fault);
    }
    const asked = readSignIn(request.body);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { remember = false, ...claim } = asked.value;
    const rememberedPc = cookieIn(request.headers.cookie, pcCookie(house.accountId));
    const from = { network: sourceNetworkOf(request.ip), ...(rememberedPc !== undefined && { rememberedPc }) };
    const browser = { says: request.headers['user-agent'] ?? '', remember };
    const done = await signIn(house, { ...claim, ...from }, browser);
    return done.ok ? letIn(house, request, reply, done.value) : askMore(house, reply, done.fault);
  });

  app.delete(SESSION_PATH, needs('anyone'), async (request, reply) => {
    const { sessionToken } = request;
    if (sessionToken !== undefined) await endOwn(request, hashOf(sessionToken));
    return reply.code(204).send();
  });

  app.get('/api/v1/sessions', needs('anyone'), async (request): Promise<readonly SessionView[]> => {
    const { userId } = request.house.person;
    if (userId === undefined) return [];
    const now = timestampOf(house.clock.now());
    const present = request.sessionToken && hashOf(request.sessionToken);
    const sessions = await house.store.transact((tx) => tx.userSessions(userId, now));
    return sessions.map(({ sessionHash, userId: _, ...session }) => ({
      ...{ id: sessionHash, ...session, isThis: sessionHash === present },
    }));
  });
  app.delete<{ Params: { id: string } }>('/api/v1/sessions/:id', needs('anyone'), async (request, reply) => {
    const ended = await endOwn(request, request.params.id);
    return ended ? reply.code(204).send() : sendProblem(reply, err('NOT_FOUND', 'session').fault);
  });

  // whoever opens the link is whoever holds the machine
  app.post('/api/v1/one-time-links', needs('policies'), async (request, reply) => {
    const once = await orderOneTimeToken(request.house);
    return once.ok ? reply.send({ once: once.value }) : sendProblem(reply, once.fault);
  });
  app.post('/api/v1/one-time-links/end', needs('policies'), async (request, reply) => {
    await endLinkSessions(request.house, sessionOf(request));
    return reply.code(204).send();
  });
}

/** `GET /api/v1/sessions` */
export type SessionView = {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly network: string;
  readonly browser: string;
  readonly isThis: boolean;
};

function letIn(
  { accountId }: House,
  { protocol }: FastifyRequest,
  reply: FastifyReply,
  { token, pc }: SignedIn,
): FastifyReply {
  const secure = protocol === 'https' ? '; Secure' : '';
  const cookie = (name: string, value: string, seconds: number) =>
    `${name}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${Math.floor(seconds)}${secure}`;
  const cookies = [cookie(sessionCookie(accountId), token, SESSION_VALID_MS / 1000)];
  if (pc) cookies.push(cookie(pcCookie(accountId), pc.token, pc.validMs / 1000));
  return reply.header('set-cookie', cookies).send({ csrf: csrfOf(token) });
}

/** What a sign-in that asks for more says of it, to who has the password. */
export type SignInRules = { readonly passwordPolicy?: PasswordPolicy; readonly rememberPcs?: boolean };

/** Answers what a sign-in lacks, as a problem document with the rules for it (RFC 9457 §3.2). */
async function askMore({ store }: House, reply: FastifyReply, fault: Fault): Promise<FastifyReply> {
  const rules = await store.transact(async (tx): Promise<SignInRules | undefined> => {
    if (fault.code === 'PASSWORD_EXPIRED')
      return { passwordPolicy: (await tx.document('passwordPolicy')) ?? FIRST_PASSWORD_POLICY };
    if (fault.code !== 'TWO_FACTOR_NEEDED') return undefined;
    return { rememberPcs: ((await tx.document('twoFactorPolicy')) ?? FIRST_TWO_FACTOR_POLICY).rememberPcs };
  });
  if (!rules) return sendProblem(reply, fault);
  const problem = { ...problemOf(fault), rules };
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** Ends a session of who asks, and no other. @returns whether there was one */
async function endOwn({ house }: FastifyRequest, sessionHash: string): Promise<boolean> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const { userId, name, isAdministrator } = house.person;
    const session = await tx.userSession(sessionHash, timestampOf(nowMs));
    if (session && session.userId !== userId) return false;
    if (session) {
      await tx.endUserSession(sessionHash);
      await telling.noteDone(tx, { event: LOG_TEXTS.userSignedOut(name) });
    } else if (userId === undefined && isAdministrator && (await tx.hasSession(sessionHash, timestampOf(nowMs)))) {
      await tx.endSession(sessionHash);
    } else return false;
    telling.tell({ type: 'settings', id: USERS_CHANGED });
    return true;
  });
}
