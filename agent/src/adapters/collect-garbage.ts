import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Has Node collect its garbage now, all of it. Node offers this only where it was started with a flag, which whoever starts the
 * agent would have to know; the flag is taken back at once.
 */
export function collectGarbage(): void {
  collector()();
}

/**
 * Makes what has Node collect the garbage that is young, in about a millisecond. For work that goes through many buffers: these are
 * outside of the heap whose growth Node goes by, and 20 MiB of them wait for it otherwise. To be let go of when the work is done.
 */
export function youngGarbageCollector(): () => void {
  const collect = collector();
  return () => collect({ type: 'minor' });
}

function collector(): (which?: { readonly type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return collect;
}
