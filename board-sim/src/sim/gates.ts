import { err, type LogPort, ok, type StateStorePort } from '@ewon-agent/contracts';
import type { PowerOn } from './power-sim.ts';

// Ports that a test brings along, put behind the power switch of a board. Their calls count like those of the
// board's own ports, so a planned power cut can fall on any of them. Those that use the network: gate-network.ts.

/** A board with its present power; the gates of a later boot are made anew. */
export type Powered = { readonly ports: { readonly power: PowerOn } };

/** Puts a store behind the power: what was saved before the cut stays, nothing is written after it. The test closes the store itself. */
export function gateStore({ ports: { power } }: Powered, store: StateStorePort): StateStorePort {
  const noPower = () => err('STATE_UNWRITABLE', 'the power is cut');
  return {
    epoch: store.epoch,
    load: () => power.callNow('store.load', store.load, () => ok(undefined)),
    save: (document) => power.callNow('store.save', () => store.save(document), noPower),
    nextSeq: () => power.callNow('store.nextSeq', store.nextSeq, noPower),
    appendEvent: (event) => power.callNow('store.appendEvent', () => store.appendEvent(event), noPower),
    unsentEvents: (limit) => (power.on() ? store.unsentEvents(limit) : []),
    recentEvents: (limit) => (power.on() ? store.recentEvents(limit) : []),
    markSent: (seq) => power.callNow('store.markSent', () => store.markSent(seq), noPower),
    close: () => (power.on() ? store.close() : undefined),
  };
}

/** Puts a log behind the power. Not counted: a log line is no effect. */
export function gateLog({ ports: { power } }: Powered, log: LogPort): LogPort {
  return { write: (...line) => (power.on() ? log.write(...line) : undefined) };
}
