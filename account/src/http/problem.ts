import { CODES, type Code, type Fault, type LogPort, type Problem, printable } from '@ewon-agent/contracts';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { harmless } from '../core/harmless.ts';

/** The HTTP status of a code; 403 where none is named: we understood, and the answer is no. */
const STATUS: Partial<Record<Code, number>> = {
  BAD_REQUEST: 400,
  BAD_NONCE: 400,
  FIELD_UNFIT: 400,
  EWON_LIST_BAD: 400,
  CSV_NOT_UTF8: 400,
  T2M_KEY_FORM: 400,
  T2M_ENCODING: 400,
  T2M_NOTE_TOO_LONG: 400,
  NOT_SIGNED_IN: 401,
  SIGN_IN_FAILED: 401,
  PASSWORD_EXPIRED: 401,
  TWO_FACTOR_NEEDED: 401,
  TWO_FACTOR_WRONG: 401,
  LOCKED_OUT: 429,
  LOGIN_TAKEN: 409,
  LOGIN_RESERVED: 409,
  LAST_ADMINISTRATOR: 409,
  API_TOKENS_FULL: 409,
  PASSWORD_UNFIT: 400,
  PASSWORD_USED_BEFORE: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  NAME_TAKEN: 409,
  BULK_COUNT_CHANGED: 409,
  REQUEST_REUSED: 409,
  SERIAL_ACTIVE: 409,
  UNLINKED: 410,
  COMMAND_QUEUE_FULL: 429,
  GRK_USED_UP: 429,
  PENDING_QUOTA: 429,
  RATE_LIMITED: 429,
  STREAMS_FULL: 429,
  ACCOUNT_ERROR: 500,
  UPLINK_UNREACHABLE: 503,
  IMPORT_ADDRESS_BAD: 400,
  IMPORT_SAME_ACCOUNT: 409,
  IMPORT_SOURCE_BAD: 502,
  IMPORT_SOURCE_UNREACHABLE: 502,
  IMPORT_RIGHT_OVER: 401,
};

const DETAIL_MAX = 900;

/** A problem document (RFC 9457) with what to do next beside it. */
export function problemOf(fault: Fault, status = STATUS[fault.code] ?? 403): Problem & { readonly next: string } {
  const { text, next } = CODES[fault.code];
  const said = fault.code === 'FIELD_UNFIT' ? harmless : printable; // what a person typed is told as he typed it
  const detail = fault.detail ? { detail: said(fault.detail.slice(0, DETAIL_MAX)) } : {};
  return { type: `urn:ewon-agent:problem:${fault.code}`, title: text, status, code: fault.code, next, ...detail };
}

/** Answers with a problem document. */
export function sendProblem(reply: FastifyReply, fault: Fault, status?: number): FastifyReply {
  const problem = problemOf(fault, status);
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** Turns whatever goes wrong in a listener into a problem document. The cause of our own bugs goes to the log only. */
export function answerProblems(app: FastifyInstance, log: LogPort, area: string): void {
  app.setNotFoundHandler((_, reply) => sendProblem(reply, { code: 'NOT_FOUND', detail: 'no such resource' }));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendProblem(reply, { code: 'BAD_REQUEST', detail: error.code ?? '' }, status);
    const path = request.routeOptions.url ?? '';
    log.write('error', area, 'request failed', { method: request.method, path, cause: error.stack ?? String(error) });
    return sendProblem(reply, { code: 'ACCOUNT_ERROR', detail: 'see the log of the account' });
  });
}
