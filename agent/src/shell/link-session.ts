import { CHANNELS, type Ports, topicFor, type UpChannel, type UplinkSession } from '@ewon-agent/contracts';
import type { AgentEvent } from '../core/agent.ts';
import { envelope } from '../core/messages.ts';
import type { Link } from '../core/model.ts';
import { brokerUrl } from '../core/uplink.ts';
import type { EventLog } from './event-log.ts';

/** What the agent says of itself in messages. */
export type SelfFacts = {
  readonly agentVersion: string;
  readonly bootId: string;
  readonly bootCount: number;
  readonly usage: () => {
    readonly rssBytes: number;
    readonly cpuMs: number;
    readonly eventLoopLagMs: number;
    readonly uptimeMs: number;
  };
};

/** Carries out what the uplink machine orders, over one session at a time. */
export type LinkSession = {
  open(link: Link, attempt: number): Promise<AgentEvent>;
  announce(link: Link): Promise<void>;
  sendHealth(link: Link): Promise<void>;
  flushEvents(link: Link): Promise<void>;
  close(): Promise<void>;
};

type Parts = {
  readonly ports: Ports;
  readonly self: SelfFacts;
  readonly events: EventLog;
  readonly privateKeyPem: string;
  readonly post: (event: AgentEvent) => void;
};

/** An idle connection costs one ping in this time; NAT of mobile operators forgets after two minutes and more. */
const KEEPALIVE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 20_000;

export function createLinkSession({ ports, self, events, privateKeyPem, post }: Parts): LinkSession {
  let session:
    | { readonly link: Link; readonly uplink: UplinkSession; readonly onlineSeq: number; readonly sinceMs: number }
    | undefined;

  const place = (seq: number) => envelope({ atMs: ports.clock.now(), epoch: ports.store.epoch, seq });
  const status = (state: 'online' | 'offline', seq: number) => ({
    ...place(seq),
    state,
    agent: self.agentVersion,
    bootId: self.bootId,
    bootCount: self.bootCount,
  });
  const wrap = (link: Link, channel: UpChannel, body: object) => ({
    topic: topicFor({ accountId: link.account.id, deviceId: link.deviceId }, channel),
    payload: JSON.stringify(body),
    ...CHANNELS[channel],
  });

  /** Sends one message with the next place in the order. A failure needs no answer here: the session reports its own end. */
  async function send(link: Link, channel: UpChannel, bodyAt: (seq: number) => object): Promise<void> {
    const seq = ports.store.nextSeq();
    if (!session || !seq.ok) return;
    const sent = await session.uplink.send(wrap(link, channel, bodyAt(seq.value)));
    if (!sent.ok) ports.log.write('debug', 'uplink', 'not sent', { channel, code: sent.fault.code });
  }

  return {
    async open(link, attempt) {
      const { deviceId } = link;
      const down = (fault: Parameters<Parameters<Ports['uplink']['open']>[1]['closed']>[0]): AgentEvent => ({
        on: 'Disconnected',
        deviceId,
        fault,
        fraction: ports.random.fraction(),
      });
      // the will comes after "online" in the device's order, though it is handed over before
      const onlineSeq = ports.store.nextSeq();
      const willSeq = ports.store.nextSeq();
      if (!onlineSeq.ok) return down(onlineSeq.fault);
      if (!willSeq.ok) return down(willSeq.fault);
      const opened = await ports.uplink.open(
        {
          url: brokerUrl(link, attempt),
          ca: link.ca,
          certificate: link.certificate,
          privateKey: privateKeyPem,
          clientId: deviceId,
          will: wrap(link, 'status', status('offline', willSeq.value)),
          keepaliveMs: KEEPALIVE_MS,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
        },
        {
          closed(fault) {
            session = undefined;
            post(down(fault));
          },
        },
      );
      if (!opened.ok) return down(opened.fault);
      session = { link, uplink: opened.value, onlineSeq: onlineSeq.value, sinceMs: ports.clock.now() };
      return { on: 'Connected', deviceId, atMs: ports.clock.now() };
    },

    async announce(link) {
      if (!session) return;
      await session.uplink.send(wrap(link, 'status', status('online', session.onlineSeq)));
      const identity = await ports.firmware.identity();
      if (identity.ok) {
        const facts = { ...identity.value, agent: self.agentVersion, slots: ports.slots.slots };
        await send(link, 'inventory', (seq) => ({ ...place(seq), ...facts }));
      }
      await this.sendHealth(link);
      await this.flushEvents(link);
    },

    async sendHealth(link) {
      const queued = ports.store.unsentEvents(1000).length;
      await send(link, 'health', (seq) => ({ ...place(seq), ...self.usage(), queued }));
    },

    async flushEvents(link) {
      if (session) await events.flush(link, session.uplink, session.sinceMs);
    },

    async close() {
      const ending = session;
      session = undefined;
      if (!ending) return;
      const seq = ports.store.nextSeq(); // DISCONNECT keeps the broker from publishing the will, so we say it ourselves
      if (seq.ok) await ending.uplink.send(wrap(ending.link, 'status', status('offline', seq.value)));
      await ending.uplink.close();
    },
  };
}
