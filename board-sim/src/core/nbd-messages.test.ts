import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { answerOption, answerRequest, greeting, takeOption, takeRequest } from './nbd-messages.ts';

const GO = 7;
const medium = { sizeBytes: 65_536, readOnly: false };

function option(code: number, data: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.write('IHAVEOPT', 'latin1');
  head.writeUInt32BE(code, 8);
  head.writeUInt32BE(data.length, 12);
  return Buffer.concat([head, data]);
}

function go(name: string): Buffer {
  const data = Buffer.alloc(4 + name.length + 2);
  data.writeUInt32BE(name.length);
  data.write(name, 4);
  return option(GO, data);
}

function request(command: number, offset: bigint, length: number, data = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(28);
  head.writeUInt32BE(0x25609513);
  head.writeUInt16BE(command, 6);
  head.writeBigUInt64BE(77n, 8);
  head.writeBigUInt64BE(offset, 16);
  head.writeUInt32BE(length, 24);
  return Buffer.concat([head, data]);
}

suite('NBD messages', (test) => {
  test('the greeting announces the fixed newstyle handshake', () => {
    assert.equal(Buffer.from(greeting()).toString('latin1'), 'NBDMAGICIHAVEOPT\0\u0003');
  });

  test('an option and a request are taken only when they have come whole, at whatever point they were split', () => {
    const [asked, written] = [go('usb1-1'), request(1, 512n, 4, Buffer.from('card'))];
    for (let length = 0; length < asked.length; length++)
      assert.equal(assertOk(takeOption(asked.subarray(0, length))), undefined, `${length} bytes`);
    for (let length = 0; length < written.length; length++)
      assert.equal(assertOk(takeRequest(written.subarray(0, length))), undefined, `${length} bytes`);
    const more = Buffer.from('more');
    assert.deepEqual(assertOk(takeOption(Buffer.concat([asked, more]))), {
      value: { option: GO, name: 'usb1-1' },
      bytes: asked.length,
    });
    const taken = assertOk(takeRequest(Buffer.concat([written, more])));
    assert.equal(taken?.bytes, written.length);
    assert.deepEqual(
      { ...taken?.value, data: Buffer.from(taken?.value.data ?? []).toString() },
      { command: 'write', handle: 77n, offsetBytes: 512, lengthBytes: 4, data: 'card' },
    );
  });

  test('what is not NBD, or asks for more than was agreed, is refused', () => {
    assertFault(takeOption(Buffer.alloc(16)), 'BAD_REQUEST');
    assertFault(takeOption(option(GO, Buffer.alloc(8193))), 'BAD_REQUEST');
    assertFault(takeRequest(Buffer.alloc(28)), 'BAD_REQUEST');
    assertFault(takeRequest(request(4, 0n, 512)), 'BAD_REQUEST');
    assertFault(takeRequest(request(0, 0n, 33 * 1024 * 1024)), 'BAD_REQUEST');
  });

  test('a medium that is there opens with its size and whether it can be written', () => {
    const { bytes, opens } = answerOption(GO, { ...medium, readOnly: true });
    const reply = Buffer.from(bytes);
    assert.ok(opens);
    assert.equal(reply.length, 20 + 12 + 20);
    assert.equal(reply.readUInt32BE(12), 3); // NBD_REP_INFO
    assert.equal(reply.readBigUInt64BE(22), 65_536n);
    assert.equal(reply.readUInt16BE(30), 0b111);
    assert.equal(reply.readUInt32BE(32 + 12), 1); // NBD_REP_ACK
    assert.equal(Buffer.from(answerOption(GO, medium).bytes).readUInt16BE(30), 0b101);
  });

  test('an unknown medium and other options are refused, and the handshake goes on', () => {
    const unknown = answerOption(GO, undefined);
    const structured = answerOption(8, medium);
    assert.deepEqual([unknown.opens, structured.opens], [false, false]);
    assert.equal(Buffer.from(unknown.bytes).readUInt32BE(12), 0x80000006);
    assert.equal(Buffer.from(structured.bytes).readUInt32BE(12), 0x80000001);
  });

  test('an answer carries the handle of its request, the error and the data', () => {
    const answer = Buffer.from(answerRequest(77n, 5, Buffer.from('data')));
    assert.equal(answer.readUInt32BE(0), 0x67446698);
    assert.equal(answer.readUInt32BE(4), 5);
    assert.equal(answer.readBigUInt64BE(8), 77n);
    assert.equal(answer.toString('latin1', 16), 'data');
  });
});
