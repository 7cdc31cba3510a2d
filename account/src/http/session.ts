import { createHash, timingSafeEqual } from 'node:crypto';
import { type AccountId, err, HOUR_MS, reader, timestampOf, toBase64url } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { type House, newToken, transactAndTell } from '../house.ts';
import { sendProblem } from './problem.ts';

// Who may use the admin API: a browser that took a one-time link (cookie), or who can read STATE/admin-token
// (Authorization: Bearer). Only hashes of tokens are stored.

/** A working day. */
const SESSION_VALID_MS = 12 * HOUR_MS;
/** The link is printed at the start and may be opened later that day. */
const ONE_TIME_LINK_VALID_MS = 24 * HOUR_MS;

export const SESSION_PATH = '/api/v1/session';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session token of the cookie, once it was found good. */
    sessionToken: string | undefined;
  }
}

/** Makes a one-time sign-in token. */
export async function makeOneTimeToken(house: House): Promise<string> {
  const once = newToken(house.random);
  const expiresAt = timestampOf(house.clock.now() + ONE_TIME_LINK_VALID_MS);
  await house.store.transact((tx) => tx.addOneTimeLink(hashOf(once), expiresAt));
  return once;
}

/** The value that a state-changing request of this session carries in `x-csrf`. A page of another origin cannot read it. */
export function csrfOf(sessionToken: string): string {
  return toBase64url(createHash('sha256').update(`csrf:${sessionToken}`).digest().subarray(0, 16));
}

/** Refuses whoever is not signed in. */
export function requireAdmin(house: House, adminToken: string): onRequestAsyncHookHandler {
  return async (request, reply) => {
    if (request.method === 'POST' && request.routeOptions.url === SESSION_PATH) return;
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined && isSame(bearer, adminToken)) return;
    const token = await sessionOf(house, request);
    if (token === undefined) return sendProblem(reply, err('NOT_SIGNED_IN').fault);
    const csrf = request.headers['x-csrf'];
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!reads && !(typeof csrf === 'string' && isSame(csrf, csrfOf(token))))
      return sendProblem(reply, err('NOT_SIGNED_IN', 'x-csrf').fault);
    request.sessionToken = token;
  };
}

const readSignIn = reader<{ readonly once: string }>({
  type: 'object',
  properties: { once: { type: 'string', maxLength: 64 } },
  required: ['once'],
  additionalProperties: false,
});

/** Signing in by one-time link, and out. */
export function sessionRoutes(app: FastifyInstance, house: House): void {
  app.post(SESSION_PATH, async (request, reply) => {
    const asked = readSignIn(request.body);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const token = newToken(house.random);
    const taken = await transactAndTell(house, async (tx, telling, nowMs) => {
      if (!(await tx.takeOneTimeLink(hashOf(asked.value.once), timestampOf(nowMs)))) return false;
      await tx.addSession(hashOf(token), timestampOf(nowMs + SESSION_VALID_MS));
      await telling.note(tx, { name: 'administrator', subject: 'User', event: LOG_TEXTS.signedIn() });
      return true;
    });
    if (!taken) return sendProblem(reply, err('NOT_SIGNED_IN', 'the link was used already or is too old').fault);
    const maxAge = `Max-Age=${SESSION_VALID_MS / 1000}`;
    reply.header('set-cookie', `${cookieOf(house.accountId)}=${token}; HttpOnly; SameSite=Strict; Path=/; ${maxAge}`);
    return reply.send({ csrf: csrfOf(token) });
  });

  app.delete(SESSION_PATH, async (request, reply) => {
    const { sessionToken } = request;
    if (sessionToken) await house.store.transact((tx) => tx.endSession(hashOf(sessionToken)));
    return reply.code(204).send();
  });

  app.post('/api/v1/one-time-links', async () => ({ once: await makeOneTimeToken(house) }));
}

async function sessionOf(house: House, request: FastifyRequest): Promise<string | undefined> {
  const name = cookieOf(house.accountId);
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim().split('='));
  const token = cookies.find(([cookie]) => cookie === name)?.[1];
  if (token === undefined) return undefined;
  const now = timestampOf(house.clock.now());
  return (await house.store.transact((tx) => tx.hasSession(hashOf(token), now))) ? token : undefined;
}

/** A browser keeps cookies by host, not by port: two accounts on one machine need two names. */
function cookieOf(accountId: AccountId): string {
  return `ewon_session_${accountId.slice(-8)}`;
}

function hashOf(token: string): string {
  return toBase64url(createHash('sha256').update(token).digest());
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)));
}
