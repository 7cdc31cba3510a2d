import {
  type AppliedPolicy,
  CHANNELS,
  type CommandId,
  commandStateTopicFor,
  type DeviceAddress,
  downFilterFor,
  type Fault,
  type LocationBody,
  type PatchBody,
  type Ports,
  SECOND_MS,
  timestampOf,
  topicFor,
  type UpChannel,
  type UplinkSession,
  type WanBody,
} from '@ewon-agent/contracts';
import type { AgentEvent } from '../core/agent.ts';
import type { CertificateFacts } from '../core/answers.ts';
import type { Command } from '../core/command-book.ts';
import { envelope } from '../core/messages.ts';
import type { Link } from '../core/model.ts';
import { brokerUrl, certificateFor } from '../core/uplink.ts';
import { createDownRouter, type Receiver } from './down-router.ts';
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
  /** Tells the health at once where this policy was not told yet: people wait for what comes of a switch. */
  policyDecided(version: number | undefined): void;
  /** Says how a command stands; without a session it is left out, and told at the next one. */
  tellCommand(link: Link, command: Command): Promise<void>;
  /** Sends how the way to the account stands; answers whether it left. */
  tellWan(body: WanBody): Promise<boolean>;
  /** Sends where this device is, or takes it back, over a session of that device only; answers whether it left. */
  tellLocation(deviceId: string, body: LocationBody): Promise<boolean>;
  /** The same for `up/patch`. */
  tellPatch(deviceId: string, body: PatchBody): Promise<boolean>;
  /** Takes away what the broker keeps of that. */
  clearCommand(link: Link, id: CommandId): Promise<void>;
  close(): Promise<void>;
};

type Parts = {
  readonly ports: Ports;
  readonly self: SelfFacts;
  readonly outbox: Outbox;
  readonly privateKeyPem: string;
  readonly readCertificate: (pem: string) => CertificateFacts | undefined;
  readonly post: (event: AgentEvent) => void;
  /** The policy that counts, and what came of it here. */
  readonly policy?: () => AppliedPolicy | undefined;
  /** Told when a session was announced: what is retained can be sent over it. */
  readonly announced?: () => void;
};

/** An idle connection costs one ping in this time; NAT of mobile operators forgets after two minutes and more. */
const KEEPALIVE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 20_000;
/** A broker that is there acknowledges within a round trip; one that is not must not hold back who waits for the end. */
const GOODBYE_MS = SECOND_MS;
/** Longest detail of a command's state; the account's schema refuses longer ones. */
const DETAIL_MAX = 500;

type Live = Receiver & {
  readonly link: Link;
  readonly uplink: UplinkSession;
  readonly onlineSeq: number;
  /** Serial number of the certificate it was opened with. */
  readonly serial?: string;
  /** From when it was announced on. */
  sender?: Sender;
  /** What the last health message has said of the policy. */
  told?: { readonly version?: number };
};

export function createLinkSession(parts: Parts): LinkSession {
  const { ports, self, outbox, privateKeyPem, readCertificate, post } = parts;
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
    topic: topicFor(addressOf(link), channel),
    payload: JSON.stringify(body),
    ...CHANNELS[channel],
  });

  const sessionOf = (link: Link) => (session?.link.deviceId === link.deviceId ? session : undefined);

  /** Sends one message with the next place in the order. A failure needs no answer here: the session reports its own end. */
  async function send(over: Live, channel: UpChannel, bodyAt: (seq: number) => object): Promise<boolean> {
    if (session !== over) return false;
    const seq = ports.outbox.nextSeq();
    if (!seq.ok) return false;
    const sent = await over.uplink.send(wrap(over.link, channel, bodyAt(seq.value)));
    if (!sent.ok) ports.log.write('debug', 'uplink', 'not sent', { channel, code: sent.fault.code });
    return sent.ok;
  }

  async function sendHealth(over: Live): Promise<void> {
    if (session !== over) return;
    const facts = healthFacts(outbox.facts());
    const policy = parts.policy?.();
    over.told = policy ? { version: policy.version } : {};
    await send(over, 'health', (seq) => ({ ...place(seq), ...self.usage(), ...facts, ...(policy && { policy }) }));
  }

  const route = createDownRouter({ post, log: ports.log, nowMs: () => ports.clock.now() });

  /** Command states are retained, and QoS 1: the account finds them after it was away itself. */
  async function sendState(link: Link, id: CommandId, payload: string): Promise<void> {
    const topic = commandStateTopicFor(addressOf(link), id);
    const sent = await sessionOf(link)?.uplink.send({ topic, payload, qos: 1, retain: true });
    if (sent && !sent.ok) ports.log.write('debug', 'uplink', 'not sent', { topic, code: sent.fault.code });
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
          receives: downFilterFor(addressOf(link)),
          keepaliveMs: KEEPALIVE_MS,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
        },
        {
          received(topic, payload) {
            if (mine && session === mine) route(addressOf(link), topic, payload, mine);
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
        address: addressOf(link),
      });
      // after the sender: an Ewon that does not answer holds back nothing
      const identity = await ports.firmware.identity();
      if (identity.ok) {
        const facts = { ...identity.value, agent: self.agentVersion, slots: ports.slots.slots };
        await send(over, 'inventory', (seq) => ({ ...place(seq), ...facts }));
      }
      await sendHealth(over);
      parts.announced?.();
    },

    async tellWan(body) {
      return session ? send(session, 'wan', (seq) => ({ ...place(seq), ...body })) : false;
    },

    async tellLocation(deviceId, body) {
      const over = session?.link.deviceId === deviceId ? session : undefined;
      return over ? send(over, 'location', (seq) => ({ ...place(seq), ...body })) : false;
    },

    async tellPatch(deviceId, body) {
      const over = session?.link.deviceId === deviceId ? session : undefined;
      return over ? send(over, 'patch', (seq) => ({ ...place(seq), ...body })) : false;
    },

    async sendHealth(link) {
      const over = sessionOf(link);
      if (over) await sendHealth(over);
    },

    policyDecided(version) {
      const over = session;
      // before it is announced the first health message is to come, and says it
      if (version !== undefined && over?.told && over.told.version !== version) void sendHealth(over);
    },

    async tellCommand(link, { id, state, changedAtMs, reason, detail, result }) {
      const seq = ports.outbox.nextSeq();
      if (!seq.ok) return;
      const said = { id, state, reason, detail: detail?.slice(0, DETAIL_MAX), result };
      await sendState(link, id, JSON.stringify({ ...place(seq.value), at: timestampOf(changedAtMs), ...said }));
    },

    clearCommand: (link, id) => sendState(link, id, ''),

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

function addressOf({ account, deviceId }: Link): DeviceAddress {
  return { accountId: account.id, deviceId };
}

/** What `health` says of the outbox; what is not known yet is left out. */
export function healthFacts(facts: OutboxFacts) {
  const { queued, queuedBytes, offlineHours, commitsPerDay, bytesPerDay, dropped } = facts;
  return { queued, queuedBytes, offlineHours, commitsPerDay, bytesPerDay, dropped };
}
