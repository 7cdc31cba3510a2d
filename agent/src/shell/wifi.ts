import type { Cancel, ClockPort, Millis, Result } from '@ewon-agent/contracts';
import { accessPointsOf, type HeardAccessPoint } from '../core/location-wifi.ts';
import type { Said } from './location.ts';

/** Looks for access points now and then, as long as it is not closed; what is heard meanwhile is thrown away. */
export function lookForWifi({
  clock,
  everyMs,
  scan,
  say,
}: {
  readonly clock: Pick<ClockPort, 'after'>;
  readonly everyMs: Millis;
  readonly scan: (signal: AbortSignal) => Promise<Result<readonly HeardAccessPoint[]>>;
  readonly say: (said: Said) => void;
}): { close(): void } {
  const ending = new AbortController();
  let rest: Cancel = () => {};

  const look = async () => {
    const heard = await scan(ending.signal);
    if (ending.signal.aborted) return;
    rest = clock.after(everyMs, () => void look());
    if (heard.ok) say({ on: 'WifiHeard', ...accessPointsOf(heard.value) });
    else say({ on: 'SourceFailed', source: 'wifi', what: heard.fault.detail });
  };
  void look();

  return {
    close() {
      ending.abort();
      rest();
    },
  };
}
