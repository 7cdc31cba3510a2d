import { err, ok, type Result } from './result.ts';

// MQTT packet lengths, read before any parser sees the bytes: neither MQTT.js nor aedes limits an inbound packet, so a
// peer that announces 256 MiB would have them buffered (a PUBLISH of that size grew RSS by 217 MiB).

/** Where in a stream of MQTT packets the next byte stands: type byte, length bytes, or `left` bytes of a body. */
export type PacketGate =
  | { readonly at: 'type' }
  | { readonly at: 'length'; readonly value: number; readonly bytes: number }
  | { readonly at: 'body'; readonly left: number };

/** A stream of packets begins with a type byte. */
export const PACKET_GATE_START: PacketGate = { at: 'type' };

/**
 * Follows packet borders through a piece of a stream, cut anywhere.
 * @param maxPacketBytes largest packet let through, its fixed header included
 * @returns where the next piece begins. Codes: UPLINK_PROTOCOL for a larger packet or a length of more than four bytes
 * Source: MQTT 3.1.1 §2.2.3, MQTT 5.0 §1.5.5 (remaining length, base 128, least significant first)
 */
export function passPackets(gate: PacketGate, chunk: Uint8Array, maxPacketBytes: number): Result<PacketGate> {
  let now = gate;
  let i = 0;
  while (i < chunk.length) {
    if (now.at === 'body') {
      const taken = Math.min(now.left, chunk.length - i);
      i += taken;
      now = now.left === taken ? PACKET_GATE_START : { at: 'body', left: now.left - taken };
      continue;
    }
    const byte = chunk[i] ?? 0;
    i += 1;
    if (now.at === 'type') {
      now = { at: 'length', value: 0, bytes: 0 };
      continue;
    }
    const value: number = now.value + (byte & 0x7f) * 128 ** now.bytes;
    const bytes: number = now.bytes + 1;
    if (byte >= 0x80) {
      if (bytes === 4) return err('UPLINK_PROTOCOL', 'a packet length of more than four bytes');
      now = { at: 'length', value, bytes };
      continue;
    }
    if (1 + bytes + value > maxPacketBytes) {
      return err('UPLINK_PROTOCOL', `a packet of ${1 + bytes + value} bytes, limit ${maxPacketBytes}`);
    }
    now = value === 0 ? PACKET_GATE_START : { at: 'body', left: value };
  }
  return ok(now);
}

/** What {@link limitPackets} needs of a stream: `Readable.push` and `destroy` of node:stream. */
export type Pushed = {
  push(chunk: unknown, encoding?: BufferEncoding): boolean;
  destroy(error: Error): unknown;
};

/**
 * Cuts a connection at the announcement of a packet above the limit: the socket is destroyed with an error whose `code`
 * is UPLINK_PROTOCOL, and its bytes never reach a reader. Call it before the first byte can arrive.
 */
export function limitPackets(socket: Pushed, maxPacketBytes: number): void {
  const push = socket.push.bind(socket);
  let gate = PACKET_GATE_START;
  // `push` is where Node hands received bytes to a socket; a wrapping stream would cost a copy of its own buffers
  socket.push = (chunk, encoding) => {
    if (!(chunk instanceof Uint8Array)) return push(chunk, encoding);
    const next = passPackets(gate, chunk, maxPacketBytes);
    if (!next.ok) {
      socket.destroy(Object.assign(new Error(next.fault.detail), { code: next.fault.code }));
      return false;
    }
    gate = next.value;
    return push(chunk, encoding);
  };
}
