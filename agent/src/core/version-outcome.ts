import type { Fault } from '@ewon-agent/contracts';
import { isNewer, type Versions } from './version-state.ts';

// How an order of the agent went, as the state of root tells it.

/**
 * `unknown` root has not carried it out, or the order was lost · `running` on trial, and it is what runs · `waiting` on trial, and it is started later
 * · `blessed` · `ended` with a fault
 */
export type Outcome =
  | { readonly at: 'unknown' | 'running' | 'waiting' | 'blessed' }
  | { readonly at: 'ended'; readonly fault: Fault };

/**
 * Finds out how an order went.
 * @param order its id, and the version that it was to bring
 * @param running the version that asks
 */
export function outcomeOf(
  { blessed, trial, last }: Versions,
  order: { readonly id: string; readonly version: string },
  running: string,
): Outcome {
  if (trial?.id === order.id) return { at: running === trial.version ? 'running' : 'waiting' };
  if (last?.id === order.id)
    return { at: 'ended', fault: { code: last.code, detail: `${last.version}: ${last.detail}` } };
  if (blessed?.id !== order.id) return { at: 'unknown' };
  if (running === order.version) return { at: 'blessed' };
  // it proved itself, and was damaged or overtaken by a package since
  const detail = `${running} runs, ${order.version} was blessed`;
  return {
    at: 'ended',
    fault: { code: isNewer(running, order.version) ? 'PATCH_NOT_NEWER' : 'PATCH_WRONG_VERSION', detail },
  };
}
