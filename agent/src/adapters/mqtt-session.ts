import type { Duplex } from 'node:stream';
import {
  err,
  type Fault,
  MQTT_PACKET_MAX_BYTES,
  ok,
  type Result,
  SECOND_MS,
  type UplinkEvents,
  type UplinkMessage,
  type UplinkSession,
  type UplinkTarget,
} from '@ewon-agent/contracts';
import { MqttClient } from 'mqtt';
import { createPatience, createWindow, type Patience } from './in-flight.ts';
import { disconnectFaultOf, isOtherVersion, isReset, publishFaultOf, sessionFaultOf } from './mqtt-fault.ts';
import { createPublisher } from './mqtt-publish.ts';

/** 4 is MQTT 3.1.1, as on the wire. */
export type MqttVersion = 4 | 5;

export type SessionOptions = {
  readonly socket: Duplex;
  readonly target: UplinkTarget;
  readonly events: UplinkEvents;
  readonly deadline: AbortSignal;
  readonly version: MqttVersion;
};

/** What a broker needs at most to close its side after DISCONNECT; then the socket is cut. */
const CLOSING_MS = SECOND_MS;
/** A line of mobile radio answers within this; what is later is a doubt, and no fault yet. */
const UNANSWERED_MS = 1.5 * SECOND_MS;
/** Fixed header, topic length, packet id and empty properties of a PUBLISH, at most: MQTT 5.0 §3.3. */
const PUBLISH_OVERHEAD_BYTES = 5 + 2 + 2 + 1;
/** SUBACK answers what it does not grant with 0x80 and above: MQTT 3.1.1 §3.9.3, MQTT 5.0 §3.9.3. */
const REFUSED_QOS = 0x80;
/** The most messages of QoS 1 in flight while the broker names no number: MQTT 5.0 §3.2.2.3.3. */
const RECEIVE_MAXIMUM = 65_535;
const NOT_GRANTED: Fault = { code: 'UPLINK_REFUSED', detail: 'not authorized to receive' };
const NOT_ASKED_FOR: Fault = { code: 'UPLINK_PROTOCOL', detail: 'a message of QoS 2, which was not asked for' };
const NOT_SENT: Fault = { code: 'UPLINK_PROTOCOL', detail: 'an acknowledgement of what was never sent' };
const ACCEPTED_TWICE: Fault = { code: 'UPLINK_PROTOCOL', detail: 'a second CONNACK' };
const CLOSED_HERE: Fault = { code: 'UPLINK_UNREACHABLE', detail: 'closed by this side' };

/**
 * Opens an MQTT session on a socket, which it owns from now on: every fault, and the deadline, destroys it.
 * @returns `other version` when the broker does not speak this one; then the socket is gone and nothing is reported
 */
export function openSession(options: SessionOptions): Promise<Result<UplinkSession> | 'other version'> {
  const { socket, target, events, deadline } = options;
  return new Promise((resolve) => {
    const client = startClient(options);
    const pending = new Set<(result: Result<void>) => void>();
    const window = createWindow(RECEIVE_MAXIMUM);
    const publisher = createPublisher({
      write: (piece) => void (socket.writable && socket.write(piece)),
      version: options.version,
      takeId: () => takeId(client),
    });
    const silence = createPatience(target.keepaliveMs, () =>
      fail({ code: 'UPLINK_UNREACHABLE', detail: 'answers pings and acknowledges nothing' }),
    );
    const doubts = createDoubts(events);
    const owed = {
      expect() {
        silence.expect();
        doubts.expect();
      },
      heard() {
        silence.heard();
        doubts.heard();
      },
    };
    let fault: Fault | 'other version' | undefined;
    let accepted = false;

    const fail = (found: Fault | 'other version') => {
      fault ??= found;
      socket.destroy();
    };
    const late = () => fail({ code: 'UPLINK_UNREACHABLE', detail: `no CONNACK within ${target.connectTimeoutMs} ms` });
    deadline.addEventListener('abort', late);
    if (deadline.aborted) late();

    client.on('error', (error) => {
      if (!accepted && isReset(error)) return; // 'close' comes and says what that means before a CONNACK
      fail(!accepted && isOtherVersion(error) ? 'other version' : sessionFaultOf(error, socket.destroyed));
    });
    client.on('disconnect', ({ reasonCode }) => fail(disconnectFaultOf(reasonCode ?? 0)));
    client.on('packetsend', ({ cmd }) => cmd === 'pingreq' && doubts.expect());
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'pingresp') doubts.heard();
      // we ask for QoS 1: what the handshake of QoS 2 leaves half open MQTT.js would keep, 256 KiB each
      if (packet.cmd === 'publish' && packet.qos === 2) fail(NOT_ASKED_FOR);
      else if (packet.cmd === 'pubrec' || packet.cmd === 'pubcomp') fail(NOT_SENT);
      // MQTT.js, which did not send what is acknowledged, takes no notice of it
      else if (packet.cmd === 'puback' && !publisher.answered(packet)) fail(NOT_SENT);
    });
    client.on('connect', ({ properties }) => {
      if (accepted) return fail(ACCEPTED_TWICE);
      deadline.removeEventListener('abort', late);
      accepted = true;
      window.resize(properties?.receiveMaximum ?? RECEIVE_MAXIMUM);
      owed.expect();
      resolve(ok({ send, close }));
      // at once, and not before open resolves: on a slow line that would be a round trip more until "online"
      client.subscribe(target.receives, { qos: 1 }, (error, granted = []) => {
        owed.heard();
        if (fault || socket.destroyed) return; // it ends already
        if (error || granted.some(({ qos }) => qos >= REFUSED_QOS)) fail(NOT_GRANTED);
      });
    });
    client.on('message', (topic, payload) => {
      if (accepted && !fault) events.received(topic, payload);
    });
    socket.on('close', () => {
      deadline.removeEventListener('abort', late);
      silence.end();
      doubts.end();
      client.end(true);
      if (fault === 'other version') return resolve(fault);
      const why: Fault = fault ?? {
        // TLS was fine and the broker hung up on our CONNECT; its TLS alert may have been lost to a TCP reset
        code: accepted ? 'UPLINK_UNREACHABLE' : 'UPLINK_REFUSED',
        detail: accepted ? 'the connection was closed' : 'closed without CONNACK',
      };
      for (const end of [...pending]) end({ ok: false, fault: why });
      if (accepted) events.closed(why);
      else resolve({ ok: false, fault: why });
    });

    function send({ topic, payload, qos, retain }: UplinkMessage): Promise<Result<void>> {
      const bytes = Buffer.byteLength(topic) + Buffer.byteLength(payload) + PUBLISH_OVERHEAD_BYTES;
      if (bytes > MQTT_PACKET_MAX_BYTES) {
        return Promise.resolve(err('BAD_REQUEST', `a message of ${bytes} bytes, limit ${MQTT_PACKET_MAX_BYTES}`));
      }
      return new Promise((done) => {
        const end = (result: Result<void>) => {
          pending.delete(end);
          done(result);
        };
        if (!socket.writable) return end(err('UPLINK_UNREACHABLE', 'the session has ended'));
        pending.add(end);
        if (qos === 0) publish();
        else window.enter(publish);
        function publish(): void {
          if (fault || socket.destroyed) return; // 'close' comes and says why
          if (qos > 0) publishAnswered();
          else publishUnanswered();
        }
        function publishAnswered(): void {
          owed.expect();
          publisher.publish({ topic, payload, retain }, (reasonCode) => {
            owed.heard();
            window.leave();
            if (reasonCode === undefined) return end(ok(undefined));
            const refusal = publishFaultOf(reasonCode);
            end({ ok: false, fault: refusal });
            if (refusal.code === 'UPLINK_REFUSED') fail(refusal); // a session without rights is none
          });
        }
        function publishUnanswered(): void {
          publisher.flush(); // what was given before goes before
          client.publish(topic, payload, { qos: 0, retain }, (error) => {
            if (!error) return end(ok(undefined));
            if (!socket.destroyed) end(err('UPLINK_UNREACHABLE', error.message)); // else 'close' comes and says why
          });
        }
      });
    }

    async function close(): Promise<void> {
      if (socket.closed) return;
      const gone = new Promise<void>((left) => socket.once('close', () => left()));
      fault ??= CLOSED_HERE;
      for (const end of [...pending]) end({ ok: false, fault: CLOSED_HERE });
      publisher.flush();
      // MQTT.js holds DISCONNECT back until its SUBSCRIBE is answered, which may be never
      for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
      client.end();
      const tooLong = AbortSignal.timeout(CLOSING_MS);
      const cut = () => socket.destroy();
      tooLong.addEventListener('abort', cut);
      await gone;
      tooLong.removeEventListener('abort', cut);
    }
  });
}

/** Tells when an answer is late, where somebody wants to know; and when it came. */
function createDoubts({ unanswered, answered }: UplinkEvents): Patience {
  if (!unanswered) return { expect() {}, heard() {}, end() {} };
  let isLate = false;
  const patience = createPatience(UNANSWERED_MS, () => {
    isLate = true;
    unanswered();
  });
  return {
    ...patience,
    heard() {
      patience.heard();
      if (isLate) answered?.();
      isLate = false;
    },
  };
}

/** The one for its SUBSCRIBE and ours come from the same counter. */
function takeId({ messageIdProvider }: MqttClient): number {
  const id = messageIdProvider.allocate();
  if (id === null) throw new Error('this is a bug: the counter of MQTT.js begins anew when it is through');
  return id;
}

function startClient({ socket, target, version }: SessionOptions): MqttClient {
  const { will } = target;
  return new MqttClient(() => socket, {
    clientId: target.clientId,
    protocolVersion: version,
    clean: true,
    ...(version === 5 ? { properties: { maximumPacketSize: MQTT_PACKET_MAX_BYTES } } : {}),
    keepalive: Math.ceil(target.keepaliveMs / SECOND_MS),
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
    reconnectPeriod: 0,
    connectTimeout: 2 * target.connectTimeoutMs, // the attempt's own deadline comes first
    queueQoSZero: false,
    resubscribe: false,
    reschedulePings: false, // one ping each keepalive, whatever is sent, costs less than a timer for each answer
    writeCache: false, // 65,536 buffers of two bytes
    log: () => {}, // what it would say of each packet is composed before it is thrown away
  });
}
