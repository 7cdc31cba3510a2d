import { type Code, type EventMessage, type Ports, topicPrefixFor, type UplinkSession } from '@ewon-agent/contracts';
import { envelope, eventMessage } from '../core/messages.ts';
import type { Link } from '../core/model.ts';

/** Keeps what a person may want to see: on disk first, to the account as soon as there is a session. */
export type EventLog = {
  report(code: Code, detail: string): void;
  /** Gives up sending what was not sent yet; it stays readable on the device. */
  withhold(): void;
  /**
   * Sends what was not sent yet, oldest first, one at a time so that the order holds. Returns when nothing waits or
   * the session failed.
   * @param sinceSeq place of the session's "online": what was made before is marked historical. Not by time: the clock may have jumped
   */
  flush(link: Link, session: UplinkSession, sinceSeq: number): Promise<void>;
};

/** How many events are taken from the disk at once. */
const BATCH = 50;

export function createEventLog(ports: Pick<Ports, 'store' | 'clock' | 'log'>): EventLog {
  let flushing: UplinkSession | undefined;

  return {
    report(code, detail) {
      const seq = ports.store.nextSeq();
      if (!seq.ok) return ports.log.write('error', 'events', 'event lost', { code: seq.fault.code, lost: code });
      const head = envelope({ atMs: ports.clock.now(), epoch: ports.store.epoch, seq: seq.value });
      const message = eventMessage(head, code, detail);
      const kept = ports.store.appendEvent({ seq: seq.value, body: JSON.stringify(message) });
      if (!kept.ok) ports.log.write('error', 'events', 'event lost', { code: kept.fault.code, lost: code });
      ports.log.write(message.severity, 'agent', message.text, { code });
    },

    withhold() {
      for (let batch = ports.store.unsentEvents(BATCH); batch.length > 0; batch = ports.store.unsentEvents(BATCH)) {
        if (!batch.every(({ seq }) => ports.store.markSent(seq).ok)) return; // the disk is full: at the next start again
      }
    },

    async flush(link, session, sinceSeq) {
      if (flushing === session) return; // the flush under way takes what was added
      flushing = session;
      const topic = `${topicPrefixFor({ accountId: link.account.id, deviceId: link.deviceId })}/up/event`;
      for (let batch = ports.store.unsentEvents(BATCH); batch.length > 0; batch = ports.store.unsentEvents(BATCH)) {
        for (const stored of batch) {
          const message: EventMessage = JSON.parse(stored.body);
          const payload = JSON.stringify(stored.seq < sinceSeq ? { ...message, historical: true } : message);
          const sent = await session.send({ topic, payload, qos: 1, retain: false });
          if (!sent.ok || !ports.store.markSent(stored.seq).ok) {
            if (flushing === session) flushing = undefined;
            return;
          }
        }
      }
      if (flushing === session) flushing = undefined;
    },
  };
}
