import {
  type AccountAnswer,
  type Code,
  err,
  type Fault,
  type Grant,
  isCode,
  type Millis,
  ok,
  type PendingAnswer,
  publicKeyOf,
  type Result,
  readGrant,
  readPendingAnswer,
  readProblem,
  readRenewalAnswer,
  readUnlinkAnswer,
  topicPrefixFor,
} from '@ewon-agent/contracts';
import type { Device, Validity } from './model.ts';

// What an answer of the account means. Pure: HTTP in, meaning out.

export type Meaning =
  | { readonly is: 'pending'; readonly answer: PendingAnswer; readonly location: string; readonly retryAfterMs: number }
  /** `location`: where the account named one, as the wizard's answer does. */
  | { readonly is: 'granted'; readonly grant: Grant; readonly location?: string }
  | { readonly is: 'unlinked' }
  /** A person decides about a new certificate. */
  | { readonly is: 'renewal'; readonly retryAfterMs: number }
  /** A final no. */
  | { readonly is: 'refused'; readonly fault: Fault }
  /** Not an answer to what was asked: try again. */
  | { readonly is: 'trouble'; readonly fault: Fault; readonly retryAfterMs: number };

/** What the agent reads of a certificate; by an adapter, because X.509 is parsed by a library. */
export type CertificateFacts = {
  readonly commonName: string;
  readonly publicKey: Uint8Array;
  readonly sanUris: readonly string[];
  /** Lower-case hex. */
  readonly serial: string;
  readonly valid: Validity;
};

/** Codes that end an attempt: asking again would get the same answer. */
const FINAL: ReadonlySet<Code> = new Set([
  'GRK_UNKNOWN',
  'SIGN_IN_FAILED',
  'LOCKED_OUT',
  'PASSWORD_EXPIRED',
  'TWO_FACTOR_NEEDED',
  'TWO_FACTOR_WRONG',
  'TWO_FACTOR_SETUP_NEEDED',
  'NOT_PERMITTED',
  'NAME_TAKEN',
  'GRK_REVOKED',
  'GRK_EXPIRED',
  'AUTOREGISTRATION_OFF',
  'REQUEST_REUSED',
  'SERIAL_ACTIVE',
  'REJECTED',
  'VOID',
  'PENDING_EXPIRED',
  'MOVE_UNKNOWN',
  'UNLINKED',
  'IDENTITY_QUARANTINED',
  'BAD_SIGNATURE',
  'BAD_REQUEST',
  'NOT_FOUND',
]);

/** Reads the answer to a request at `url`. */
export function meaningOf(answer: AccountAnswer, url: string): Meaning {
  const retryAfterMs = secondsIn(answer.headers['retry-after']) * 1000;
  if (answer.status === 202) return pendingOf(answer, url, retryAfterMs);
  if (answer.status === 200) {
    if (readUnlinkAnswer(answer.body).ok) return { is: 'unlinked' };
    const grant = readGrant(answer.body);
    if (!grant.ok) return trouble(grant.fault, retryAfterMs);
    const { location } = answer.headers;
    if (location === undefined) return { is: 'granted', grant: grant.value };
    const at = placeOf(location, url);
    return at ? { is: 'granted', grant: grant.value, location: at } : trouble(ELSEWHERE, retryAfterMs);
  }
  const problem = readProblem(answer.body);
  if (!problem.ok || !isCode(problem.value.code))
    return trouble({ code: 'ACCOUNT_ERROR', detail: `HTTP ${answer.status}` }, retryAfterMs);
  const fault = { code: problem.value.code, detail: problem.value.detail ?? '' };
  return FINAL.has(fault.code) ? { is: 'refused', fault } : trouble(fault, retryAfterMs);
}

/** The time at the account when it answered; undefined when it did not say. */
export function timeOf(answer: AccountAnswer): Millis | undefined {
  const atMs = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Tells whether an answer asks for a new nonce; the session then tries once more by itself. */
export function wantsNewNonce(answer: AccountAnswer): boolean {
  if (answer.status !== 400) return false;
  const problem = readProblem(answer.body);
  return problem.ok && problem.value.code === 'BAD_NONCE';
}

/**
 * Checks that a grant is for us: our key in the certificate, the id the account told as its name, the topics of
 * that id. Codes: GRANT_BAD.
 */
export function judgeGrant(grant: Grant, facts: CertificateFacts | undefined, device: Device): Result<Grant> {
  const address = { accountId: grant.account.id, deviceId: grant.deviceId };
  const own = publicKeyOf(device.jwk);
  if (!facts || !own) return err('GRANT_BAD', 'certificate cannot be read');
  if (!sameBytes(facts.publicKey, own)) return err('GRANT_BAD', 'certificate is for another key');
  if (facts.commonName !== grant.deviceId)
    return err('GRANT_BAD', `certificate names ${facts.commonName}, grant ${grant.deviceId}`);
  if (!facts.sanUris.includes(`urn:ewon-agent:${address.accountId}:${address.deviceId}`))
    return err('GRANT_BAD', 'certificate is for another account');
  if (grant.mqtt.topicPrefix !== topicPrefixFor(address))
    return err('GRANT_BAD', `topic prefix ${grant.mqtt.topicPrefix}`);
  return ok(grant);
}

function pendingOf(answer: AccountAnswer, url: string, retryAfterMs: number): Meaning {
  if (readRenewalAnswer(answer.body).ok) return { is: 'renewal', retryAfterMs };
  const read = readPendingAnswer(answer.body);
  if (!read.ok) return trouble(read.fault, retryAfterMs);
  const location = placeOf(answer.headers['location'] ?? url, url);
  if (location === undefined) return trouble(ELSEWHERE, retryAfterMs);
  return { is: 'pending', answer: read.value, location, retryAfterMs };
}

const ELSEWHERE: Fault = { code: 'ACCOUNT_ERROR', detail: 'Location is at another origin' };

/** Polls are signed for this place: one elsewhere would let an account send its devices to somebody else. */
function placeOf(reference: string, base: string): string | undefined {
  const place = URL.canParse(reference, base) ? new URL(reference, base) : undefined;
  return place?.origin === new URL(base).origin ? place.href : undefined;
}

function trouble(fault: Fault, retryAfterMs: number): Meaning {
  return { is: 'trouble', fault, retryAfterMs };
}

function secondsIn(header: string | undefined): number {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : 0;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
