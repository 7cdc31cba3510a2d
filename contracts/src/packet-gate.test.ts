import { PassThrough } from 'node:stream';
import { limitPackets, PACKET_GATE_START, type PacketGate, type PacketLimits, passPackets } from './packet-gate.ts';
import { assert, assertFault, assertOk, suite } from './testing/suite.ts';

const LIMIT = 300;

function lengthOf(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...lengthOf(Math.floor(value / 128))];
}

function packet(bodyBytes: number): Uint8Array {
  return Uint8Array.from([0x30, ...lengthOf(bodyBytes), ...new Array<number>(bodyBytes).fill(0xff)]);
}

function pass(pieces: readonly Uint8Array[], limits: PacketLimits = { packetBytes: LIMIT }) {
  let gate: PacketGate = PACKET_GATE_START;
  let costly = 0;
  for (const piece of pieces) {
    const next = passPackets(gate, piece, limits);
    if (!next.ok) return next;
    gate = next.value.gate;
    costly += next.value.costly;
  }
  return { ok: true, value: gate, costly } as const;
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

  const publish = (of: { readonly qos: 0 | 1; readonly propertyBytes: number; readonly payloadBytes: number }) => {
    const head = [0, 3, 0x61, 0x2f, 0x62, ...(of.qos > 0 ? [0, 7] : []), ...lengthOf(of.propertyBytes)];
    const rest = Array.from({ length: of.propertyBytes + of.payloadBytes }, () => 0xff);
    return Uint8Array.from([0x30 | (of.qos << 1), ...lengthOf(head.length + rest.length), ...head, ...rest]);
  };
  const STRICT: PacketLimits = { packetBytes: LIMIT, answerBytes: 20, propertyBytes: 150 };
  /** What comes of a stream however it is cut in two. */
  const codes = (bytes: Uint8Array, limits: PacketLimits) => {
    const outcomes = Array.from({ length: bytes.length + 1 }, (_, i) =>
      pass([bytes.subarray(0, i), bytes.subarray(i)], limits),
    );
    return [...new Set(outcomes.map((outcome) => (outcome.ok ? outcome.value.at : outcome.fault.code)))];
  };

  test('properties of a PUBLISH: at the limit they pass, one byte more is refused before the first of them', () => {
    for (const qos of [0, 1] as const) {
      for (const propertyBytes of [0, 1, 127, 128, 150]) {
        const good = publish({ qos, propertyBytes, payloadBytes: 9 });
        assert.deepEqual(codes(Buffer.concat([good, good]), STRICT), ['type'], `${propertyBytes}, QoS ${qos}`);
        assert.deepEqual(codes(publish({ qos, propertyBytes, payloadBytes: 0 }), STRICT), ['type']);
      }
      const more = publish({ qos, propertyBytes: 151, payloadBytes: 9 });
      assert.deepEqual(codes(more, STRICT), ['UPLINK_PROTOCOL']);
      assertFault(pass([more.subarray(0, 1 + 2 + 5 + (qos > 0 ? 2 : 0) + 2)], STRICT), 'UPLINK_PROTOCOL');
      assert.deepEqual(codes(more, { packetBytes: LIMIT }), ['type'], 'MQTT 3.1.1: payload');
    }
  });

  test('messages, long answers and pings are counted once each, short answers are not', () => {
    const two = publish({ qos: 1, propertyBytes: 5, payloadBytes: 9 });
    const long = Uint8Array.of(0x40, 9, ...new Array<number>(9).fill(0));
    const bytes = Buffer.concat([two, Uint8Array.of(0x40, 4, 0, 1, 0, 0), long, two, Uint8Array.of(0xd0, 0)]);
    for (let i = 0; i <= bytes.length; i += 1) {
      const passed = pass([bytes.subarray(0, i), bytes.subarray(i)], STRICT);
      assert.equal(passed.ok && passed.costly, 4, `split at ${i}`);
    }
  });

  test('a PUBLISH that ends within its topic, its packet id or the length of its properties is refused', () => {
    for (const body of [[], [0], [0, 9, 0x61], [0, 3, 0x61, 0x2f, 0x62], [0, 1, 0x61, 0x80]]) {
      assert.deepEqual(codes(Uint8Array.of(0x30, body.length, ...body), STRICT), ['UPLINK_PROTOCOL'], `${body}`);
    }
    assert.deepEqual(codes(Uint8Array.of(0x32, 4, 0, 1, 0x61, 0), STRICT), ['UPLINK_PROTOCOL'], 'no packet id');
    assert.deepEqual(codes(Uint8Array.of(0x30, 7, 0, 1, 0x61, 0xff, 0xff, 0xff, 0xff), STRICT), ['UPLINK_PROTOCOL']);
    assert.deepEqual(codes(Uint8Array.of(0x30, 3, 0, 0, 0), STRICT), ['type'], 'an empty topic is for the parser');
  });

  test('what is no PUBLISH has a limit of its own', () => {
    for (const type of [0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xb0, 0xd0, 0xe0, 0xf0]) {
      const of = (bodyBytes: number) => Uint8Array.from([type, bodyBytes, ...new Array<number>(bodyBytes).fill(0xff)]);
      assert.deepEqual(codes(of(18), STRICT), ['type'], type.toString(16));
      assert.deepEqual(codes(of(19), STRICT), ['UPLINK_PROTOCOL'], type.toString(16));
    }
  });

  test('a socket is destroyed with UPLINK_PROTOCOL and hands nothing of the large packet on', async () => {
    const socket = new PassThrough();
    const seen: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => seen.push(chunk));
    limitPackets(socket, { packetBytes: LIMIT });
    const error = new Promise<Error & { code?: string }>((resolve) => socket.once('error', resolve));
    socket.write(packet(5));
    socket.write(packet(LIMIT));
    assert.equal((await error).code, 'UPLINK_PROTOCOL');
    assert.deepEqual(Buffer.concat(seen), Buffer.from(packet(5)));
  });
});
