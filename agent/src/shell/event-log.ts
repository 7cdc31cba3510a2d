import {
  CODES,
  type Code,
  type EventMessage,
  type OutboxEntry,
  type OutboxPort,
  type Ports,
  rangesOf,
  type SeqRange,
} from '@ewon-agent/contracts';
import { eventBody } from '../core/messages.ts';
import { payloadOf } from '../core/outbox-payload.ts';
import type { Outbox } from './outbox.ts';

/** Keeps what a person may want to see: on disk first, to the account as soon as there is a session. */
export type EventLog = {
  report(code: Code, detail: string): void;
  /** Gives up sending what was not acknowledged yet; events stay readable on the device. */
  withhold(): void;
  /** The newest events, oldest first, sent or not. */
  recent(limit: number): readonly EventMessage[];
};

type Parts = {
  readonly ports: Pick<Ports, 'outbox' | 'clock' | 'log'>;
  readonly outbox: Pick<Outbox, 'acceptNow'>;
};

/** How many messages are taken from the disk at once. */
const BATCH = 500;

export function createEventLog({ ports, outbox }: Parts): EventLog {
  const { clock, log } = ports;
  return {
    report(code, detail) {
      const atMs = clock.now();
      const body = eventBody(atMs, code, detail);
      const kind = CODES[code].severity === 'error' ? 'alarm' : 'event';
      const kept = outbox.acceptNow({ kind, atMs, body: JSON.stringify(body) });
      if (!kept.ok) log.write('error', 'events', 'event lost', { code: kept.fault.code, lost: code });
      log.write(body.severity, 'agent', body.text, { code });
    },

    withhold() {
      for (let batch = ports.outbox.waiting(0, BATCH); batch.length > 0; batch = ports.outbox.waiting(0, BATCH)) {
        const isDone = rangesByEpoch(batch).every(([epoch, ranges]) => ports.outbox.remove(epoch, ranges).ok);
        if (!isDone) return log.write('error', 'events', 'what waits could not be given up', {}); // at the next start again
      }
    },

    recent: (limit) => recentEvents(ports.outbox, limit),
  };
}

/** The newest events of an outbox, as messages, oldest first. */
export function recentEvents(outbox: Pick<OutboxPort, 'recentEvents'>, limit: number): readonly EventMessage[] {
  return outbox.recentEvents(limit).map((entry) => JSON.parse(payloadOf(entry, { historical: false })));
}

function rangesByEpoch(entries: readonly OutboxEntry[]): readonly (readonly [string, readonly SeqRange[]])[] {
  const epochs = [...new Set(entries.map(({ epoch }) => epoch))];
  return epochs.map((epoch) => [epoch, rangesOf(entries.filter((e) => e.epoch === epoch).map(({ seq }) => seq))]);
}
