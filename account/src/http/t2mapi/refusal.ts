import type { FastifyReply } from 'fastify';

// How Talk2M's API says no. Its texts are read by scripts: those of 403, 410 and of a session are what it says itself (libewon, tests of
// `m2web/client.rs`); HTTP status and `code` are the same.

/** A refusal as scripts read it. */
export type Refusal = { readonly code: number; readonly message: string };
/** A value, or a refusal. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export const REFUSALS = {
  missing: (parameter: string) => refusal(400, `Missing parameter [${parameter}]`),
  badParameter: (parameter: string) => refusal(400, `Invalid parameter [${shown(parameter)}]`),
  credentials: () => refusal(403, 'Invalid credentials'),
  developer: () => refusal(403, 'Invalid developer ID'),
  session: (session: string) => refusal(403, `Session ID [${shown(session)}] is invalid`),
  notPermitted: () => refusal(403, 'Not permitted'),
  lockedOut: () => refusal(403, 'Locked out after too many failed logins, try again in 15 minutes'),
  passwordExpired: () => refusal(403, 'Password expired, sign in to the account page to replace it'),
  twoFactor: () => refusal(403, 'Two-factor authentication is on for this user, use an API token'),
  twoFactorSetup: () => refusal(403, 'Two-factor authentication must be set up first, or use an API token'),
  tokenByGet: () => refusal(405, 'API tokens are accepted with POST only'),
  noDevice: (name: string) => refusal(410, `Device [${shown(name)}] does not exist`),
  noPool: (name: string) => refusal(410, `Pool [${shown(name)}] does not exist`),
  noService: () => refusal(404, 'Service does not exist'),
  tooMany: () => refusal(429, 'Too many requests'),
  notBuilt: (service: string) => refusal(501, `Service [${service}] is not available on this server`),
} as const;

/** Answers a refusal. */
export function sendRefusal(reply: FastifyReply, { code, message }: Refusal): FastifyReply {
  return reply.code(code).send({ message, code, success: false });
}

/** As long as a name may be; whoever sends more gets no megabyte back. */
const SHOWN_MAX = 100;

function shown(text: string): string {
  return text.slice(0, SHOWN_MAX);
}

function refusal(code: number, message: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, message } };
}
