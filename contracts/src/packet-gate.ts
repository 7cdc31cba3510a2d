import { err, ok, type Result } from './result.ts';

// MQTT packet lengths, read before any parser sees the bytes: neither MQTT.js nor aedes limits an inbound packet, so a
// peer that announces 256 MiB would have them buffered (a PUBLISH of that size grew RSS by 217 MiB), and MQTT.js makes an
// object of each property, so that 1 MiB full of them grew it by 20 MB.

/** How long packets may be: whole bytes, the limit itself is let through. What is absent is limited by `packetBytes` only. */
export type PacketLimits = {
  /** Any packet, its fixed header included. */
  readonly packetBytes: number;
  /** Any packet but PUBLISH, its fixed header included. */
  readonly answerBytes?: number;
  /** The properties of a PUBLISH, without their own length; only for MQTT 5, as 3.1.1 has a payload there. */
  readonly propertyBytes?: number;
};

/**
 * Where in a stream of MQTT packets the next byte stands: type byte, length bytes, the two bytes of a topic's length, topic
 * and packet id which are passed over, bytes of the properties' length, or a body of which nothing is read. `left`: bytes
 * of the packet still to come.
 */
export type PacketGate =
  | { readonly at: 'type' }
  | { readonly at: 'length'; readonly type: number; readonly value: number; readonly bytes: number }
  | { readonly at: 'topicLength'; readonly left: number; readonly idBytes: number; readonly high?: number }
  | { readonly at: 'topic'; readonly left: number; readonly topicLeft: number }
  | { readonly at: 'propertyLength'; readonly left: number; readonly value: number; readonly bytes: number }
  | { readonly at: 'body'; readonly left: number };

/** Where a piece ends, and how many packets began in it that cost a parser something: messages, long answers, pings. */
export type Passed = { readonly gate: PacketGate; readonly costly: number };

/** A stream of packets begins with a type byte. */
export const PACKET_GATE_START: PacketGate = { at: 'type' };

const PUBLISH = 3;
/** PUBACK with a reason code and no properties has 4 behind its length, SUBACK of one filter the same. */
const SHORT_BYTES = 8;

/**
 * Follows packet borders through a piece of a stream, cut anywhere.
 * @returns where the next piece begins. Codes: UPLINK_PROTOCOL for what is longer than the limits, for a length of more
 * than four bytes, and for a PUBLISH that ends within its own head where its properties are limited
 * Source: MQTT 3.1.1 §2.2.3, MQTT 5.0 §1.5.5 (lengths, base 128, least significant first), §3.3 (PUBLISH)
 */
export function passPackets(gate: PacketGate, chunk: Uint8Array, limits: PacketLimits): Result<Passed> {
  let now = gate;
  let costly = 0;
  let i = 0;
  while (i < chunk.length) {
    if (now.at === 'body' || now.at === 'topic') {
      const taken = Math.min(now.at === 'body' ? now.left : now.topicLeft, chunk.length - i);
      i += taken;
      now = passedOver(now, taken);
      continue;
    }
    const next = passByte(now, chunk[i] ?? 0, limits);
    if (!next.ok) return next;
    if (now.at === 'length' && isCostly(now.type, next.value)) costly += 1;
    now = next.value;
    i += 1;
  }
  return ok({ gate: now, costly });
}

function passedOver(gate: PacketGate & { at: 'body' | 'topic' }, bytes: number): PacketGate {
  const left = gate.left - bytes;
  if (gate.at === 'body') return body(left);
  const topicLeft = gate.topicLeft - bytes;
  return topicLeft > 0 ? { at: 'topic', left, topicLeft } : { at: 'propertyLength', left, value: 0, bytes: 0 };
}

function passByte(
  gate: Exclude<PacketGate, { at: 'body' | 'topic' }>,
  byte: number,
  limits: PacketLimits,
): Result<PacketGate> {
  switch (gate.at) {
    case 'type':
      return ok({ at: 'length', type: byte, value: 0, bytes: 0 });
    case 'topicLength': {
      const left = gate.left - 1;
      if (gate.high === undefined) return left > 0 ? ok({ ...gate, left, high: byte }) : cutOff();
      const topicLeft = gate.high * 256 + byte + gate.idBytes;
      if (topicLeft >= left) return cutOff(); // a byte of the properties' length follows at least
      return ok(passedOver({ at: 'topic', left, topicLeft }, 0));
    }
    default: {
      const value = gate.value + (byte & 0x7f) * 128 ** gate.bytes;
      const bytes = gate.bytes + 1;
      if (byte < 0x80)
        return gate.at === 'length' ? measured(gate.type, value, bytes, limits) : propertiesOf(gate, value, limits);
      if (bytes === 4) return err('UPLINK_PROTOCOL', 'a packet length of more than four bytes');
      if (gate.at === 'length') return ok({ at: 'length', type: gate.type, value, bytes });
      return gate.left > 1 ? ok({ at: 'propertyLength', left: gate.left - 1, value, bytes }) : cutOff();
    }
  }
}

function measured(type: number, left: number, lengthBytes: number, limits: PacketLimits): Result<PacketGate> {
  const isPublish = type >> 4 === PUBLISH;
  const most = isPublish ? limits.packetBytes : (limits.answerBytes ?? limits.packetBytes);
  const bytes = 1 + lengthBytes + left;
  if (bytes > most) return err('UPLINK_PROTOCOL', `a packet of ${bytes} bytes, limit ${most}`);
  if (!isPublish || limits.propertyBytes === undefined) return ok(body(left));
  if (left === 0) return cutOff();
  const qos = (type >> 1) & 3;
  return ok({ at: 'topicLength', left, idBytes: qos > 0 ? 2 : 0 });
}

function propertiesOf({ left }: { readonly left: number }, bytes: number, limits: PacketLimits): Result<PacketGate> {
  const most = limits.propertyBytes ?? limits.packetBytes;
  return bytes > most ? err('UPLINK_PROTOCOL', `${bytes} bytes of properties, limit ${most}`) : ok(body(left - 1));
}

/** All but a short answer, which has an id and perhaps a reason code behind its length; nothing is a ping's. */
function isCostly(type: number, after: PacketGate): boolean {
  if (after.at === 'length') return false;
  return type >> 4 === PUBLISH || after.at !== 'body' || after.left > SHORT_BYTES;
}

function body(left: number): PacketGate {
  return left > 0 ? { at: 'body', left } : PACKET_GATE_START;
}

function cutOff(): Result<never> {
  return err('UPLINK_PROTOCOL', 'a PUBLISH that ends within its topic or the length of its properties');
}

/** What {@link limitPackets} needs of a stream: `Readable.push` and `destroy` of node:stream. */
export type Pushed = {
  push(chunk: unknown, encoding?: BufferEncoding): boolean;
  destroy(error: Error): unknown;
};

/** Judges the next piece of a stream, given what it answered to the piece before. */
export type Admit<State> = (state: State, chunk: Uint8Array) => Result<State>;

/**
 * Cuts a connection at the announcement of what is above the limits: the socket is destroyed with an error whose `code`
 * is UPLINK_PROTOCOL, and its bytes never reach a reader. Call it before the first byte can arrive.
 */
export function limitPackets(socket: Pushed, limits: PacketLimits): void {
  admitOnly(socket, PACKET_GATE_START, (gate, chunk) => {
    const passed = passPackets(gate, chunk, limits);
    return passed.ok ? ok(passed.value.gate) : passed;
  });
}

/** The same with another judge: its code is that of the error. */
export function admitOnly<State>(socket: Pushed, start: State, admit: Admit<State>): void {
  const push = socket.push.bind(socket);
  let state = start;
  // `push` is where Node hands received bytes to a socket; a wrapping stream would cost a copy of its own buffers
  socket.push = (chunk, encoding) => {
    if (!(chunk instanceof Uint8Array)) return push(chunk, encoding);
    const next = admit(state, chunk);
    if (!next.ok) {
      socket.destroy(Object.assign(new Error(next.fault.detail), { code: next.fault.code }));
      return false;
    }
    state = next.value;
    return push(chunk, encoding);
  };
}
