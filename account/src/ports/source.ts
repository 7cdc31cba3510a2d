import type { Reader, Result } from '@ewon-agent/contracts';

/** What the account is asked that Ewons are imported from. */
export type SourceQuestion = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1/`. */
  readonly path: string;
  readonly right?: string;
  readonly body?: object;
  /** Gives the question up. */
  readonly signal?: AbortSignal;
};

/** Where it is, and what is trusted there instead of what the machine trusts. */
export type SourceAddress = { readonly url: string; readonly ca: string | null };

/**
 * Asks an account. Follows no redirect; what it answers is limited in size and time and read as untrusted.
 * Codes: IMPORT_SOURCE_UNREACHABLE, IMPORT_SOURCE_BAD, and any that the account answers with.
 */
export type AskSource = <T>(address: SourceAddress, question: SourceQuestion, read: Reader<T>) => Promise<Result<T>>;
