import { generate, type Packet } from 'mqtt-packet';

// Messages of QoS 1 past the queue and the store of MQTT.js. Both are for clients that send again by themselves; here the
// outbox does, and they would cost more than all the rest of a message. What is sent within a turn of the event loop leaves
// in one piece: each piece is a TLS record and a system call here, and both again at the broker.

/** How the broker answered: nothing when it took the message, else the reason code of MQTT 5. */
export type Taken = (refused?: number) => void;

/** Sends messages of QoS 1 over one session. Their number is not limited; who calls must be. */
export type Publisher = {
  /** `taken` is called once, unless the session ends before the broker has answered. */
  publish(message: { readonly topic: string; readonly payload: string; readonly retain: boolean }, taken: Taken): void;
  /** To be told of each packet of the broker. @returns false when that is no answer to a message of QoS 1 that waits for one */
  answered(packet: Packet): boolean;
  /** Writes what waits for the end of the turn at once. */
  flush(): void;
};

type Options = {
  readonly write: (piece: Buffer) => void;
  /** 4 is MQTT 3.1.1, as on the wire. */
  readonly version: 4 | 5;
  /** Gives the next packet id, of 1 to 65,535 in turn: MQTT.js takes some for itself. */
  readonly takeId: () => number;
};

/** So much waits for the end of the turn at most. */
const PIECE_BYTES = 64 * 1024;
/** From here on a reason code means that the message was not taken: MQTT 5.0 §2.4. */
const REFUSED_FROM = 0x80;

/** Makes one; `write` owns the pieces it is given. */
export function createPublisher({ write, version, takeId }: Options): Publisher {
  const waiting = new Map<number, Taken>(); // by packet id
  let pieces: Buffer[] = [];
  let bytes = 0;
  let turn: NodeJS.Immediate | undefined;

  const flush = () => {
    clearImmediate(turn);
    turn = undefined;
    const [first] = pieces;
    if (!first) return;
    const together = pieces.length === 1 ? first : Buffer.concat(pieces, bytes);
    [pieces, bytes] = [[], 0];
    write(together);
  };
  return {
    publish({ topic, payload, retain }, taken) {
      let messageId = takeId();
      while (waiting.has(messageId)) messageId = takeId(); // after 65,535 others one may still wait for its answer
      waiting.set(messageId, taken);
      const packet: Packet = { cmd: 'publish', topic, payload, qos: 1, retain, dup: false, messageId };
      const piece = generate(packet, { protocolVersion: version });
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= PIECE_BYTES) flush();
      else turn ??= setImmediate(flush);
    },
    answered(packet) {
      if (packet.cmd !== 'puback') return false;
      const { messageId = 0, reasonCode = 0 } = packet;
      const taken = waiting.get(messageId);
      if (!taken) return false;
      waiting.delete(messageId);
      taken(reasonCode < REFUSED_FROM ? undefined : reasonCode);
      return true;
    },
    flush,
  };
}
