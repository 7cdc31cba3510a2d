import { err, type LogPort, type OutboxPort, ok, type StateStorePort } from '@ewon-agent/contracts';
import type { PowerOn } from './power-sim.ts';

// Ports that a test brings along, put behind the power switch of a board. Their calls count like those of the
// board's own ports, so a planned power cut can fall on any of them. Those that use the network: gate-network.ts.

/** A board with its present power; the gates of a later boot are made anew. */
export type Powered = { readonly ports: { readonly power: PowerOn } };

/** Puts a store behind the power: what was saved before the cut stays, nothing is written after it. The test closes the store itself. */
export function gateStore({ ports: { power } }: Powered, store: StateStorePort): StateStorePort {
  const noPower = () => err('STATE_UNWRITABLE', 'the power is cut');
  return {
    load: () => power.callNow('store.load', store.load, () => ok(undefined)),
    save: (document) => power.callNow('store.save', () => store.save(document), noPower),
    close: () => (power.on() ? store.close() : undefined),
  };
}

/** Puts an outbox behind the power, as {@link gateStore} does a store. */
export function gateOutbox({ ports: { power } }: Powered, outbox: OutboxPort): OutboxPort {
  const noPower = () => err('STATE_UNWRITABLE', 'the power is cut');
  const lit = <T>(look: () => T, dark: T) => (power.on() ? look() : dark);
  return {
    get epoch() {
      return outbox.epoch;
    },
    get opened() {
      return outbox.opened;
    },
    nextSeq: () => power.callNow('outbox.nextSeq', outbox.nextSeq, noPower),
    append: (messages) => power.callNow('outbox.append', () => outbox.append(messages), noPower),
    waiting: (afterPlace, limit) => lit(() => outbox.waiting(afterPlace, limit), []),
    totals: outbox.totals,
    oldest: (kind, limit, afterPlace) => lit(() => outbox.oldest(kind, limit, afterPlace), []),
    remove: (epoch, ranges) => power.callNow('outbox.remove', () => outbox.remove(epoch, ranges), noPower),
    drop: (places) => power.callNow('outbox.drop', () => outbox.drop(places), noPower),
    recentEvents: (limit) => lit(() => outbox.recentEvents(limit), []),
    written: outbox.written,
    close: () => (power.on() ? outbox.close() : undefined),
  };
}

/** Puts a log behind the power. Not counted: a log line is no effect. */
export function gateLog({ ports: { power } }: Powered, log: LogPort): LogPort {
  return { write: (...line) => (power.on() ? log.write(...line) : undefined) };
}
