import assert from 'node:assert/strict';
import { type Code, describeFault } from '../codes.ts';
import type { Fault, Result } from '../result.ts';

/** Node's strict assertions: `equal` is `===`, `deepEqual` compares deeply and shows the difference. */
export { assert };

/** The value of a success; fails with the fault in words otherwise. */
export function assertOk<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`expected success, got ${describeFault(result.fault)}`, { cause: result.fault.cause });
}

/** The fault of a failure; fails when the result is a success or has another code. */
export function assertFault(result: Result<unknown>, code: Code): Fault {
  if (result.ok) assert.fail(`expected ${code}, got success`);
  assert.equal(result.fault.code, code, `expected ${code}, got ${describeFault(result.fault)}`);
  return result.fault;
}

/**
 * Awaits `fn` and expects it to reject (or throw) with an error whose `code`, or `fault.code`, is the given one.
 * @returns the error
 */
export async function rejects(fn: () => unknown, code: string): Promise<unknown> {
  let error: unknown;
  try {
    await fn();
  } catch (thrown) {
    error = thrown;
    const met = codeOf(thrown);
    if (met !== code)
      throw new Error(`expected a rejection with ${code}, got ${met ?? String(thrown)}`, { cause: thrown });
    return error;
  }
  return assert.fail(`expected a rejection with ${code}, but there was none`);
}

/**
 * Polls a condition until it holds, for conditions of foreign processes that send no event. Not for our own code:
 * there a test waits for the event or advances the clock.
 * @param probe asked every 5 ms; done when it answers something truthy. What it throws counts as "not yet".
 * @returns what the probe answered
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  wait: { readonly what: string; readonly timeoutMs?: number },
): Promise<T> {
  const timeoutMs = wait.timeoutMs ?? 15_000; // half of what a test may take, so that this message comes first
  const endMs = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${wait.what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return 'fault' in thrown ? codeOf(thrown.fault) : undefined;
}
