import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { err, KIB, MQTT_PACKET_MAX_BYTES, ok, type Result, type UplinkTarget } from '@ewon-agent/contracts';
import { createWebSocketStream, WebSocket } from 'ws';
import { handshakeFaultOf } from './mqtt-fault.ts';
import { errorCodeOf } from './tls-fault.ts';

/** Source: MQTT 5.0 §6.0 */
const SUBPROTOCOL = 'mqtt';
/** A frame of the greatest length in pieces of 64 bytes: what drips in smaller ones costs more than it holds. */
const PIECES_MAX = 4096;
/** As long as so much waits to be sent, pings are not answered: who sends them without end would fill our memory. */
const UNSENT_MAX_BYTES = 16 * KIB;

/**
 * Opens a WebSocket on a TLS socket, which it owns from now on, and answers the stream inside of it. Frames above the
 * packet limit, text frames and frames that are none end it; it has a listener for its errors already.
 * Codes: UPLINK_UNREACHABLE, UPLINK_REFUSED, UPLINK_PROTOCOL.
 */
export function openWebSocket(tls: TLSSocket, target: UplinkTarget, deadline: AbortSignal): Promise<Result<Duplex>> {
  return new Promise((resolve) => {
    const socket = new WebSocket(target.url, SUBPROTOCOL, {
      createConnection: () => tls,
      perMessageDeflate: false, // a few bytes could become many
      maxPayload: MQTT_PACKET_MAX_BYTES,
      ...{ maxBufferedChunks: PIECES_MAX, maxFragments: PIECES_MAX },
      autoPong: false,
    });
    const settle = (result: Result<Duplex>) => {
      deadline.removeEventListener('abort', late);
      if (!result.ok) tls.destroy();
      resolve(result);
    };
    const late = () => settle(err('UPLINK_UNREACHABLE', `no WebSocket within ${target.connectTimeoutMs} ms`));
    deadline.addEventListener('abort', late);
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
      const code = statusCode === 401 || statusCode === 403 ? 'UPLINK_REFUSED' : 'UPLINK_PROTOCOL';
      settle(err(statusCode >= 500 ? 'UPLINK_UNREACHABLE' : code, `HTTP ${statusCode} instead of a WebSocket`));
    });
    socket.on('error', (cause) => {
      const fault = handshakeFaultOf(cause);
      // what ws finds wrong with an answer has no code: the subprotocol, the key
      const isForeign = errorCodeOf(cause) === undefined;
      settle({ ok: false, fault: isForeign ? { ...fault, code: 'UPLINK_PROTOCOL' } : fault });
      tls.destroy(); // ws would wait half a minute for the other side to close politely
    });
    socket.on('ping', (payload) => {
      if (socket.bufferedAmount < UNSENT_MAX_BYTES) socket.pong(payload);
    });
    socket.on('open', () => settle(ok(streamOf(socket))));
    if (deadline.aborted) late();
  });
}

function streamOf(socket: WebSocket): Duplex {
  const stream = createWebSocketStream(socket);
  socket.on('message', (_bytes, isBinary) => {
    if (!isBinary) stream.destroy(Object.assign(new Error('a text frame'), { code: 'UPLINK_PROTOCOL' }));
  });
  stream.on('error', () => socket.terminate()); // and who uses the stream listens as well
  stream.on('end', () => stream.destroy()); // ws leaves it half open
  return stream;
}
