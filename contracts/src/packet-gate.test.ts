import { PassThrough } from 'node:stream';
import { limitPackets, PACKET_GATE_START, type PacketGate, passPackets } from './packet-gate.ts';
import { assert, assertFault, assertOk, suite } from './testing/suite.ts';

const LIMIT = 300;

function packet(bodyBytes: number): Uint8Array {
  const length: number[] = [];
  for (let left = bodyBytes; ; left = Math.floor(left / 128)) {
    if (left < 128) {
      length.push(left);
      break;
    }
    length.push((left % 128) + 128);
  }
  return Uint8Array.from([0x30, ...length, ...new Array<number>(bodyBytes).fill(0xff)]);
}

function pass(pieces: readonly Uint8Array[]) {
  let gate: PacketGate = PACKET_GATE_START;
  for (const piece of pieces) {
    const next = passPackets(gate, piece, LIMIT);
    if (!next.ok) return next;
    gate = next.value;
  }
  return { ok: true, value: gate } as const;
}

suite('packet gate', (test) => {
  const stream = Buffer.concat([packet(0), packet(1), packet(127), packet(128), packet(LIMIT - 3), packet(0)]);

  test('packets up to the limit pass, and the gate ends between two packets', () => {
    assert.deepEqual(assertOk(pass([stream])), PACKET_GATE_START);
  });

  test('split at every byte border, the outcome is the same', () => {
    for (let i = 0; i <= stream.length; i += 1) {
      assert.deepEqual(assertOk(pass([stream.subarray(0, i), stream.subarray(i)])), PACKET_GATE_START, `split at ${i}`);
    }
    assert.deepEqual(assertOk(pass([...stream].map((byte) => Uint8Array.of(byte)))), PACKET_GATE_START);
  });

  test('one byte above the limit is refused when its length is read, before its body', () => {
    const tooLarge = packet(LIMIT - 2);
    assertFault(pass([tooLarge.subarray(0, 3)]), 'UPLINK_PROTOCOL');
    assertFault(pass([stream, tooLarge]), 'UPLINK_PROTOCOL');
    for (let i = 1; i < 3; i += 1) {
      assertFault(pass([tooLarge.subarray(0, i), tooLarge.subarray(i)]), 'UPLINK_PROTOCOL');
    }
  });

  test('256 MiB announced in five bytes is refused', () => {
    assertFault(pass([Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f)]), 'UPLINK_PROTOCOL');
  });

  test('a length of five bytes is refused at the fourth', () => {
    assertFault(pass([Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80)]), 'UPLINK_PROTOCOL');
  });

  test('a socket is destroyed with UPLINK_PROTOCOL and hands nothing of the large packet on', async () => {
    const socket = new PassThrough();
    const seen: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => seen.push(chunk));
    limitPackets(socket, LIMIT);
    const error = new Promise<Error & { code?: string }>((resolve) => socket.once('error', resolve));
    socket.write(packet(5));
    socket.write(packet(LIMIT));
    assert.equal((await error).code, 'UPLINK_PROTOCOL');
    assert.deepEqual(Buffer.concat(seen), Buffer.from(packet(5)));
  });
});
