import { type ClockPort, LONG_POLL_MAX_MS, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import type { Bus } from '../bus.ts';

/** Reads `Prefer: wait=N` (RFC 7240 §4.3), in seconds; 0 when the client does not wait. */
export function waitOf(prefer: string | string[] | undefined): Millis {
  const seconds = /(?:^|[,;\s])wait=(\d{1,5})(?:$|[,;\s])/.exec(String(prefer ?? ''))?.[1];
  return Math.min(Number(seconds ?? 0) * SECOND_MS, LONG_POLL_MAX_MS);
}

/**
 * Waits for a change of one registration. Made before the state is read, so that nothing is missed in between.
 * `ended` resolves at the change, after `waitMs`, or when `stop` is called, whichever is first.
 */
export function watchRegistration(
  { bus, clock }: { readonly bus: Bus; readonly clock: ClockPort },
  registrationId: string,
  waitMs: Millis,
): { readonly ended: Promise<void>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(waitMs, resolve);
  const unsubscribe = bus.subscribe((change) => {
    if (change.type === 'missed' || (change.type === 'registration' && change.id === registrationId)) resolve();
  });
  return {
    ended: promise,
    stop() {
      cancel();
      unsubscribe();
      resolve();
    },
  };
}
