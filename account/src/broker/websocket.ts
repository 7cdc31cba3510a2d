import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { KIB, MQTT_PACKET_MAX_BYTES } from '@ewon-agent/contracts';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';

/** MQTT over WebSocket, at the account's own HTTPS port: in some networks nothing but that one is let out. */
export const WEBSOCKET_PATH = '/mqtt';

/** Source: MQTT 5.0 §6.0 */
const SUBPROTOCOL = 'mqtt';
/** A frame of the greatest length in pieces of 64 bytes: what drips in smaller ones costs more than it holds. */
const PIECES_MAX = 4096;
/** As long as so much waits to be sent, pings are not answered: who sends them without end would fill our memory. */
const UNSENT_MAX_BYTES = 16 * KIB;

/** Takes a stream of MQTT whose other side has shown a certificate of the device CA. */
export type TakeStream = (stream: Duplex, tls: TLSSocket) => void;

/**
 * Takes WebSockets at {@link WEBSOCKET_PATH} of an HTTPS server that asks for certificates and lets in who has none.
 * Refused with a status: another path (404), no certificate of the device CA (403), not MQTT (400).
 * @returns what drops all of them; the server does not close before
 */
export function takeWebSockets(server: Pick<Server, 'on'>, take: TakeStream): () => void {
  const streams = new Set<Duplex>();
  const sockets = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, autoPong: false },
    maxPayload: MQTT_PACKET_MAX_BYTES,
    ...{ maxBufferedChunks: PIECES_MAX, maxFragments: PIECES_MAX },
    handleProtocols: () => SUBPROTOCOL,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy()); // it went away before it was taken
    const refusal = refusalOf(request, socket);
    if (refusal) return void socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const stream = streamOf(opened);
      streams.add(stream);
      stream.on('close', () => streams.delete(stream));
      if (socket instanceof TLSSocket) take(stream, socket);
    });
  });
  return () => {
    for (const stream of streams) stream.destroy();
  };
}

function refusalOf({ url, headers }: IncomingMessage, socket: Duplex): string | undefined {
  if (url !== WEBSOCKET_PATH) return '404 Not Found';
  if (!(socket instanceof TLSSocket && socket.authorized)) return '403 Forbidden';
  const offered = (headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  return offered.includes(SUBPROTOCOL) ? undefined : '400 Bad Request';
}

function streamOf(socket: WebSocket): Duplex {
  const stream = createWebSocketStream(socket);
  socket.on('message', (_bytes, isBinary) => {
    if (!isBinary) stream.destroy(new Error('a text frame'));
  });
  socket.on('error', () => socket.terminate()); // ws would wait half a minute for a polite end
  socket.on('ping', (payload) => {
    if (socket.bufferedAmount < UNSENT_MAX_BYTES) socket.pong(payload);
  });
  stream.on('error', () => socket.terminate()); // the broker listens as well
  stream.on('end', () => stream.destroy()); // ws leaves it half open
  return stream;
}
