import type { Code } from './codes.ts';

/** What a decision or an adapter answers: a value, or a {@link Fault} that a person can act on. Never both. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/**
 * One failure, told in three parts (docs/errors.md): `code` for programs, `detail` with the value that was
 * met, and the next step, which {@link describeFault} takes from the list of codes.
 * A fault never holds a secret: no GRK, no key, no token.
 */
export type Fault = { readonly code: Code; readonly detail: string; readonly cause?: unknown };

/** Wraps a value as success. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Wraps a code and what was met as failure. */
export function err(code: Code, detail = '', cause?: unknown): { readonly ok: false; readonly fault: Fault } {
  return { ok: false, fault: cause === undefined ? { code, detail } : { code, detail, cause } };
}

/** Names a case that the types say cannot happen; reaching it is a bug of ours. */
export function unreachable(value: never): never {
  throw new Error(`this is a bug: unexpected ${JSON.stringify(value)}`);
}
