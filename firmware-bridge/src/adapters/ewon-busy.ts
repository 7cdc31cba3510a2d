import { setTimeout as pause } from 'node:timers/promises';
import type { Millis, Result } from '@ewon-agent/contracts';

/** An Ewon frees the room of a session a moment after that has said goodbye. */
const BUSY_PAUSE_MS: Millis = 200;

/**
 * Asks again while the Ewon has no room for another connection (EWON_BUSY), as its web pages or another program may be using it.
 * @param limit ends the waiting; the last answer counts then
 */
export async function whenFree<T>(limit: AbortSignal, ask: () => Promise<Result<T>>): Promise<Result<T>> {
  for (;;) {
    const answer = await ask();
    if (answer.ok || answer.fault.code !== 'EWON_BUSY' || limit.aborted) return answer;
    await pause(BUSY_PAUSE_MS, undefined, { signal: limit }).catch(() => {}); // ended by the limit: asked once more
  }
}
