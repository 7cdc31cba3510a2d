import type { UplinkPort, UplinkSession } from '@ewon-agent/contracts';

/** Who wants to know how a session does. */
export type SessionWatcher = { opened(): void; closed(): void; unanswered(): void; answered(): void };

/** An uplink that tells how its session does: the session is there anyway, so it is the cheapest probe of the way. */
export type WatchedUplink = UplinkPort & {
  /** Ends the session as if it had broken: whoever opened it hears so, and opens another. */
  drop(): void;
};

/** @param watcherOf asked each time: who watches may come later than the uplink */
export function watchUplink(port: UplinkPort, watcherOf: () => SessionWatcher | undefined): WatchedUplink {
  let current: UplinkSession | undefined;
  return {
    async open(target, events) {
      let isClosed = false;
      const opened = await port.open(target, {
        ...events,
        closed(fault) {
          isClosed = true;
          current = undefined;
          events.closed(fault);
          watcherOf()?.closed(); // after: what it orders is for who knows already
        },
        unanswered: () => watcherOf()?.unanswered(),
        answered: () => watcherOf()?.answered(),
      });
      if (!opened.ok || isClosed) return opened;
      current = opened.value;
      watcherOf()?.opened();
      return opened;
    },
    drop: () => void current?.close(),
  };
}
