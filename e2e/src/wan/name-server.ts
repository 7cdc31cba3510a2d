import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Answers questions for the address of one name, and that there is no other (RFC 1035 §4). */
export async function startNameServer(at: string, name: string, address: string): Promise<{ close(): void }> {
  const socket = createSocket('udp4');
  const encoded = Buffer.concat([
    ...name.split('.').flatMap((label) => [Buffer.of(label.length), Buffer.from(label)]),
    Buffer.of(0),
  ]);
  socket.on('message', (question, { port, address: from }) => {
    const end = 12 + question.subarray(12).indexOf(0) + 5;
    const asked = question.subarray(12, end);
    const isName = asked.subarray(0, -4).toString().toLowerCase() === encoded.toString();
    const isA = asked.readUInt16BE(asked.length - 4) === 1;
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(isName ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(isName && isA ? 1 : 0, 6);
    head.fill(0, 8, 12);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
    socket.send(Buffer.concat(isName && isA ? [head, asked, answer] : [head, asked]), port, from);
  });
  socket.bind(53, at);
  await once(socket, 'listening');
  return { close: () => socket.close() };
}
