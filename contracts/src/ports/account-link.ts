import type { Result } from '../result.ts';
import type { Millis } from '../units.ts';

/** One HTTPS request to the account. `ca` is PEM; nothing else is trusted. */
export type AccountRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly ca: string;
  readonly timeoutMs: Millis;
  readonly signal?: AbortSignal;
};

/** Header names are lower case. */
export type AccountAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/**
 * The way to the account over HTTPS. Obligations: answers any HTTP status as a value; never follows a redirect;
 * reads at most ACCOUNT_ANSWER_MAX_BYTES; gives up after `timeoutMs` without an answer or when `signal` fires; never throws.
 * Codes: ACCOUNT_UNREACHABLE (also when given up), ACCOUNT_ERROR (not HTTP, or too large), TLS_UNTRUSTED, TLS_NAME_MISMATCH, TLS_EXPIRED, TLS_CLOCK,
 * and where a proxy stands on the way PROXY_UNREACHABLE, PROXY_AUTH, PROXY_REFUSED, PROXY_UPSTREAM, PROXY_PROTOCOL, PROXY_CERTIFICATE.
 */
export type AccountLinkPort = {
  request(request: AccountRequest): Promise<Result<AccountAnswer>>;
  /** Closes kept connections. */
  close(): void;
};
