import { type DeviceAddress, downSubjectOf, type LogPort, type Millis, readAck } from '@ewon-agent/contracts';
import type { AgentEvent } from '../core/agent.ts';
import type { Sender } from './sender.ts';

export type DownRouterParts = {
  readonly post: (event: AgentEvent) => void;
  readonly log: LogPort;
  readonly nowMs: () => Millis;
};

/** The session that something came over. */
export type Receiver = {
  readonly sender?: Pick<Sender, 'acknowledged'>;
  /** A broker that sends nothing else must not fill the log. */
  isUnreadableTold?: true;
};

/** Carries what the account sends to whom it concerns. Nothing but the acknowledgement is read here: the core judges it. */
export function createDownRouter({ post, log, nowMs }: DownRouterParts) {
  return (address: DeviceAddress, topic: string, payload: Uint8Array, over: Receiver): void => {
    const { deviceId } = address;
    const subject = downSubjectOf(address, topic);
    switch (subject?.is) {
      case 'ack': {
        const ack = readAck(payload);
        if (ack.ok) over.sender?.acknowledged(ack.value);
        if (ack.ok || over.isUnreadableTold) return;
        over.isUnreadableTold = true;
        log.write('warn', 'uplink', 'an acknowledgement that cannot be read', { why: ack.fault.detail });
        return;
      }
      case 'policy':
        // empty: the broker lost it, or somebody took it away; the one that was taken goes on to count
        if (payload.length > 0) post({ on: 'PolicyReceived', deviceId, payload, atMs: nowMs() });
        return;
      case 'command': {
        const { id } = subject;
        if (payload.length === 0) post({ on: 'CommandCleared', id });
        else post({ on: 'CommandReceived', deviceId, id, payload, atMs: nowMs() });
        return;
      }
      default: // of a newer account
    }
  };
}
