import {
  type AccountAnswer,
  type AccountLinkPort,
  type Ed25519Jwk,
  err,
  type JwsHeader,
  type Result,
  signJws,
} from '@ewon-agent/contracts';
import { wantsNewNonce } from '../core/answers.ts';
import { nonceUrl } from '../core/card-offer.ts';
import type { AccountAddress } from '../core/model.ts';

/** Whom a request is signed as: by key where the account does not know us yet, by registration afterwards. */
export type SignedAs = { readonly jwk: Ed25519Jwk } | { readonly kid: string };

export type SignedRequest = {
  readonly account: AccountAddress;
  readonly url: string;
  readonly as: SignedAs;
  /** JSON text; empty for POST-as-GET (RFC 8555 §6.3). */
  readonly payload: string;
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
};

/** Signs requests and sends them. */
export type AccountSession = { post(request: SignedRequest): Promise<Result<AccountAnswer>> };

/** How long one exchange may take beside what it was asked to wait; a bad 4G link needs seconds for TLS alone. */
const EXCHANGE_TIMEOUT_MS = 20_000;

/**
 * Makes the sender of signed requests. It keeps the last nonce of each account: a nonce is no memory, only a
 * round trip saved, and a stale one costs one more.
 */
export function createAccountSession(port: AccountLinkPort, secretKey: Uint8Array): AccountSession {
  const nonces = new Map<string, string>();

  async function nonceFor(request: SignedRequest): Promise<Result<string>> {
    const url = nonceUrl(request.account);
    const kept = nonces.get(url);
    nonces.delete(url);
    if (kept) return { ok: true, value: kept };
    const answer = await port.request(envelopeOf(request, 'HEAD', url));
    if (!answer.ok) return answer;
    const nonce = answer.value.headers['replay-nonce'];
    return nonce ? { ok: true, value: nonce } : err('ACCOUNT_ERROR', `no nonce, HTTP ${answer.value.status}`);
  }

  async function once(request: SignedRequest): Promise<Result<AccountAnswer>> {
    const nonce = await nonceFor(request);
    if (!nonce.ok) return nonce;
    const header: Omit<JwsHeader, 'alg'> = { typ: 'ewon-reg', nonce: nonce.value, url: request.url, ...request.as };
    const body = JSON.stringify(signJws(header, request.payload, secretKey));
    const answer = await port.request({ ...envelopeOf(request, 'POST', request.url), body });
    const fresh = answer.ok ? answer.value.headers['replay-nonce'] : undefined;
    if (fresh) nonces.set(nonceUrl(request.account), fresh);
    return answer;
  }

  return {
    async post(request) {
      const first = await once(request);
      return first.ok && wantsNewNonce(first.value) ? once(request) : first;
    },
  };
}

function envelopeOf(request: SignedRequest, method: 'HEAD' | 'POST', url: string) {
  const waitMs = method === 'POST' ? (request.waitMs ?? 0) : 0;
  return {
    method,
    url,
    headers: {
      ...(method === 'POST' ? { 'content-type': 'application/jose+json' } : {}),
      ...(waitMs > 0 ? { prefer: `wait=${Math.floor(waitMs / 1000)}` } : {}),
    },
    ca: request.account.ca,
    timeoutMs: EXCHANGE_TIMEOUT_MS + waitMs,
    ...(request.signal ? { signal: request.signal } : {}),
  };
}
