import {
  ackTopicFor,
  CHANNELS,
  downFilterFor,
  type Fault,
  type Ports,
  readAck,
  SECOND_MS,
  topicFor,
  type UpChannel,
  type UplinkSession,
} from '@ewon-agent/contracts';
import type { AgentEvent } from '../core/agent.ts';
import type { CertificateFacts } from '../core/answers.ts';
import { envelope } from '../core/messages.ts';
import type { Link } from '../core/model.ts';
import { brokerUrl, certificateFor } from '../core/uplink.ts';
import type { Outbox, OutboxFacts } from './outbox.ts';
import { type Sender, startSender } from './sender.ts';

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

/**
 * Carries out what the uplink machine orders, over one session at a time. What is ordered for a link is only ever sent
 * over a session of that link.
 */
export type LinkSession = {
  /** Answers undefined when it was closed, or opened anew, meanwhile: what opens then is closed at once. */
  open(link: Link, attempt: number): Promise<AgentEvent | undefined>;
  announce(link: Link): Promise<void>;
  sendHealth(link: Link): Promise<void>;
  close(): Promise<void>;
};

type Parts = {
  readonly ports: Ports;
  readonly self: SelfFacts;
  readonly outbox: Outbox;
  readonly privateKeyPem: string;
  readonly readCertificate: (pem: string) => CertificateFacts | undefined;
  readonly post: (event: AgentEvent) => void;
};

/** An idle connection costs one ping in this time; NAT of mobile operators forgets after two minutes and more. */
const KEEPALIVE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 20_000;
/** A broker that is there acknowledges within a round trip; one that is not must not hold back who waits for the end. */
const GOODBYE_MS = SECOND_MS;

type Live = {
  readonly link: Link;
  readonly uplink: UplinkSession;
  readonly onlineSeq: number;
  /** Serial number of the certificate it was opened with. */
  readonly serial?: string;
  /** From when it was announced on. */
  sender?: Sender;
  /** A broker that sends nothing else must not fill the log. */
  isUnreadableTold?: true;
};

export function createLinkSession({ ports, self, outbox, privateKeyPem, readCertificate, post }: Parts): LinkSession {
  /** The attempt that counts. */
  let current: object | undefined;
  let session: Live | undefined;

  const place = (seq: number) => envelope({ atMs: ports.clock.now(), epoch: ports.outbox.epoch, seq });
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

  const sessionOf = (link: Link) => (session?.link.deviceId === link.deviceId ? session : undefined);

  /** Sends one message with the next place in the order. A failure needs no answer here: the session reports its own end. */
  async function send(over: Live, channel: UpChannel, bodyAt: (seq: number) => object): Promise<void> {
    if (session !== over) return;
    const seq = ports.outbox.nextSeq();
    if (!seq.ok) return;
    const sent = await over.uplink.send(wrap(over.link, channel, bodyAt(seq.value)));
    if (!sent.ok) ports.log.write('debug', 'uplink', 'not sent', { channel, code: sent.fault.code });
  }

  async function sendHealth(over: Live): Promise<void> {
    if (session !== over) return;
    const facts = healthFacts(outbox.facts());
    await send(over, 'health', (seq) => ({ ...place(seq), ...self.usage(), ...facts }));
  }

  function receive(over: Live, topic: string, payload: Uint8Array): void {
    const { link, sender } = over;
    if (topic !== ackTopicFor({ accountId: link.account.id, deviceId: link.deviceId })) return; // of a newer account
    const ack = readAck(payload);
    if (ack.ok) sender?.acknowledged(ack.value);
    if (ack.ok || over.isUnreadableTold) return;
    over.isUnreadableTold = true;
    ports.log.write('warn', 'uplink', 'an acknowledgement that cannot be read', { why: ack.fault.detail });
  }

  /** The broker keeps the will for itself after DISCONNECT, so we say it. */
  async function sayGoodbye({ link, uplink }: Live): Promise<void> {
    const seq = ports.outbox.nextSeq();
    if (!seq.ok) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = ports.clock.after(GOODBYE_MS, resolve);
    await Promise.race([uplink.send(wrap(link, 'status', status('offline', seq.value))), late]);
    cancel();
  }

  return {
    async open(link, attempt) {
      const { deviceId } = link;
      const certificate = certificateFor(link, attempt);
      const own = {};
      current = own;
      const down = (fault: Fault): AgentEvent => ({
        on: 'Disconnected',
        deviceId,
        fault,
        fraction: ports.random.fraction(),
      });
      // the will comes after "online" in the device's order, though it is handed over before
      const onlineSeq = ports.outbox.nextSeq();
      const willSeq = ports.outbox.nextSeq();
      if (!onlineSeq.ok) return down(onlineSeq.fault);
      if (!willSeq.ok) return down(willSeq.fault);
      let mine: Live | undefined;
      let ended: Fault | undefined;
      const opened = await ports.uplink.open(
        {
          url: brokerUrl(link, attempt),
          ca: link.ca,
          certificate,
          privateKey: privateKeyPem,
          clientId: deviceId,
          will: wrap(link, 'status', status('offline', willSeq.value)),
          receives: downFilterFor({ accountId: link.account.id, deviceId }),
          keepaliveMs: KEEPALIVE_MS,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
        },
        {
          received(topic, payload) {
            if (mine && session === mine) receive(mine, topic, payload);
          },
          closed(fault) {
            ended = fault;
            if (!mine || session !== mine) return; // not open yet, or closed by us
            mine.sender?.stop();
            session = undefined;
            post(down(fault));
          },
        },
      );
      if (current !== own) {
        if (opened.ok) await opened.value.close();
        return undefined;
      }
      if (!opened.ok) return down(opened.fault);
      if (ended) return down(ended);
      const serial = readCertificate(certificate)?.serial;
      mine = { link, uplink: opened.value, onlineSeq: onlineSeq.value, ...(serial && { serial }) };
      session = mine;
      return { on: 'Connected', deviceId, atMs: ports.clock.now() };
    },

    async announce(link) {
      const over = sessionOf(link);
      if (!over) return;
      await over.uplink.send(wrap(link, 'status', { ...status('online', over.onlineSeq), ...certificateOf(over) }));
      if (session !== over) return;
      over.sender = startSender({
        port: ports.outbox,
        onAccepted: outbox.onAccepted,
        ...{ clock: ports.clock, log: ports.log, session: over.uplink, sinceSeq: over.onlineSeq },
        address: { accountId: link.account.id, deviceId: link.deviceId },
      });
      // after the sender: an Ewon that does not answer holds back nothing
      const identity = await ports.firmware.identity();
      if (identity.ok) {
        const facts = { ...identity.value, agent: self.agentVersion, slots: ports.slots.slots };
        await send(over, 'inventory', (seq) => ({ ...place(seq), ...facts }));
      }
      await sendHealth(over);
    },

    async sendHealth(link) {
      const over = sessionOf(link);
      if (over) await sendHealth(over);
    },

    async close() {
      const ending = session;
      current = undefined;
      session = undefined;
      if (!ending) return;
      ending.sender?.stop();
      await sayGoodbye(ending);
      await ending.uplink.close();
    },
  };
}

function certificateOf({ serial }: Live): { readonly certificate?: string } {
  return serial ? { certificate: serial } : {};
}

/** What `health` says of the outbox; what is not known yet is left out. */
function healthFacts(facts: OutboxFacts) {
  const { queued, queuedBytes, offlineHours, commitsPerDay, bytesPerDay, dropped } = facts;
  return { queued, queuedBytes, offlineHours, commitsPerDay, bytesPerDay, dropped };
}
