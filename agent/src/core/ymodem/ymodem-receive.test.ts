import { err } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { ACK, CAN, crc16, EOT, NAK, SOH, STX, WANT_CRC, ymodemBlock } from './ymodem-block.ts';
import type { YmodemEvent } from './ymodem-line.ts';
import { type ReceiveEffect, receiveTransition, startReceiving } from './ymodem-receive.ts';
import { type SendEffect, type SendEvent, sendTransition, startSending } from './ymodem-send.ts';

const settings = { bytesMax: 10_000, filesMax: 1 };
const header = (text: string, check: 'crc' | 'sum' = 'crc') => ymodemBlock(0, Buffer.from(text, 'latin1'), check, 0);
const data = (number: number, size: number, check: 'crc' | 'sum' = 'crc') =>
  ymodemBlock(number, new Uint8Array(size).fill(number), check);
const EOT_BYTE = Uint8Array.of(EOT);
const CANCEL = Uint8Array.of(CAN, CAN);

/** What is said for a row of bytes; a number passes that many seconds without any, `-` one time out. */
function talk(...heard: readonly (Uint8Array | 'silence')[]) {
  let nowMs = 0;
  let [state, effects] = startReceiving();
  const all: ReceiveEffect[][] = [[...effects]];
  for (const piece of heard) {
    nowMs += piece === 'silence' ? 1000 : 10;
    const event: YmodemEvent =
      piece === 'silence' ? { on: 'TimedOut', nowMs } : { on: 'BytesCame', bytes: piece, nowMs };
    [state, effects] = receiveTransition(settings, state, event);
    all.push([...effects]);
  }
  const sent = all.map((each) => each.flatMap((effect) => (effect.do === 'send' ? [...effect.bytes] : [])));
  const done = all.flat().map((effect) => effect.do);
  const written = all.flat().flatMap((effect) => (effect.do === 'write' ? [effect.bytes.length] : []));
  const finish = all.flat().find((effect) => effect.do === 'finish');
  const code = finish?.do !== 'finish' ? undefined : finish.result.ok ? 'ok' : finish.result.fault.code;
  return { at: state.at, sent, done, written, code };
}

suite('what a receiver of YMODEM answers', (test) => {
  test('the CRC is the one of XMODEM', () => assert.equal(crc16(Buffer.from('123456789')), 0x31c3));

  test('a file, step by step', () => {
    const { sent, written, code, done } = talk(
      ...[header('f\x00130'), data(1, 128), data(2, 2), EOT_BYTE, EOT_BYTE, header(''), 'silence' as const],
    );
    assert.deepEqual(sent, [[WANT_CRC], [ACK, WANT_CRC], [ACK], [ACK], [NAK], [ACK, WANT_CRC], [ACK], []]);
    assert.deepEqual([written, code], [[128, 2], 'ok']);
    assert.ok(!done.includes('discard'));
  });

  test('without an answer three times C, then three times NAK, for a minute; then it cancels', () => {
    const { sent, code } = talk(...Array<'silence'>(23).fill('silence'));
    assert.deepEqual(sent.slice(0, 7).flat(), [WANT_CRC, WANT_CRC, WANT_CRC, NAK, NAK, NAK, WANT_CRC]);
    assert.equal(sent.flat().filter((byte) => byte !== CAN && byte !== 8).length, 21);
    assert.equal(code, 'YMODEM_NOT_STARTED');
  });

  test('a sender without CRC is understood after the first NAK', () => {
    const silences = Array<'silence'>(3).fill('silence');
    const { sent, written } = talk(...silences, header('f\x0010', 'sum'), 'silence', data(1, 10, 'sum'));
    assert.deepEqual([sent.slice(5), written], [[[ACK, NAK], [ACK]], [10]]);
  });

  const bad = data(1, 128).map((byte, at) => (at === 50 ? byte ^ 1 : byte));
  const cases: Readonly<
    Record<
      string,
      readonly [heard: readonly (Uint8Array | 'silence')[], last: readonly number[], written: readonly number[]]
    >
  > = {
    'block 0 again: its answer again': [[header('f\x00200'), header('f\x00200')], [ACK, WANT_CRC], []],
    'a block again: acknowledged, not written': [[header('f\x00200'), data(1, 128), data(1, 128)], [ACK], [128]],
    'a damaged first block: after silence the request again': [[header('f\x00200'), bad, 'silence'], [WANT_CRC], []],
    'a damaged block: after silence NAK': [[header('f\x00300'), data(1, 128), bad, 'silence'], [NAK], [128]],
    'half a block: after silence NAK': [
      [header('f\x00300'), data(1, 128), bad.subarray(0, 60), 'silence'],
      [NAK],
      [128],
    ],
    'nothing at all: NAK': [[header('f\x00300'), data(1, 128), 'silence'], [NAK], [128]],
    'an EOT of noise, then a block': [[header('f\x00300'), data(1, 128), EOT_BYTE, data(2, 128)], [ACK], [128, 128]],
    'padding is cut': [[header('f\x005'), data(1, 128)], [ACK], [5]],
    'a block behind its end of line and noise': [
      [Buffer.from('\r\n'), 'silence', header('f\x005'), data(1, 5)],
      [ACK],
      [5],
    ],
  };
  for (const [name, [heard, last, written]] of Object.entries(cases))
    test(name, () => {
      const talked = talk(...heard);
      assert.deepEqual([talked.sent.at(-1), talked.written], [last, written]);
    });

  const ends: Readonly<Record<string, readonly [heard: readonly (Uint8Array | 'silence')[], code: string]>> = {
    'more than announced': [[header('f\x00128'), data(1, 128), data(2, 1)], 'YMODEM_TOO_LARGE'],
    'less than announced': [[header('f\x00129'), data(1, 128), EOT_BYTE, EOT_BYTE], 'YMODEM_ERRORS'],
    'larger than allowed': [[header('f\x0010001')], 'YMODEM_TOO_LARGE'],
    'a block was left out': [[header('f\x00999'), data(1, 128), data(3, 128)], 'YMODEM_ERRORS'],
    'no size': [[header('f')], 'YMODEM_HEADER_BAD'],
    'a name of nothing': [[header('../\x005')], 'YMODEM_HEADER_BAD'],
    'XMODEM, which has no block 0': [[data(1, 128)], 'YMODEM_HEADER_BAD'],
    'cancelled before it began': [[CANCEL], 'YMODEM_CANCELLED'],
    'cancelled between blocks': [[header('f\x00999'), data(1, 128), CANCEL], 'YMODEM_CANCELLED'],
    'cancelled in the middle of a block': [
      [header('f\x00999'), data(1, 128).subarray(0, 40), Uint8Array.of(CAN, CAN, CAN, 8, 8, 8), 'silence'],
      'YMODEM_CANCELLED',
    ],
    'cancelled after noise': [[header('f\x00999'), Buffer.from('~~~'), CANCEL, 'silence'], 'YMODEM_CANCELLED'],
    'one block again and again': [
      [header('f\x00999'), ...Array<Uint8Array>(11).fill(header('f\x00999'))],
      'YMODEM_ERRORS',
    ],
    'nothing any more': [[header('f\x00999'), ...Array<'silence'>(11).fill('silence')], 'YMODEM_SILENT'],
  };
  for (const [name, [heard, code]] of Object.entries(ends))
    test(`ends with ${code}, and no file: ${name}`, () => {
      const talked = talk(...heard, 'silence', 'silence');
      assert.deepEqual([talked.at, talked.code], ['finished', code]);
      assert.ok(!talked.done.includes('close'));
      assert.equal(
        talked.done.filter((what) => what === 'open').length,
        talked.done.filter((what) => what === 'discard').length,
      );
    });

  test('noise that never ends is not waited for: while it asks, in a block, and at the end', () => {
    for (const before of [[], [header('f\x00999'), data(1, 128)], [CANCEL]]) {
      const noise = Array<Uint8Array>(30_000).fill(Buffer.from('~'));
      assert.equal(talk(...before, ...noise).at, 'finished');
    }
  });
});

suite('any events in any order', (test) => {
  const piece = fc.oneof(
    fc.constantFrom(header('f\x00300'), header('f\x00300', 'sum'), header(''), data(1, 128), data(2, 128), data(3, 44)),
    fc.constantFrom(...[ACK, NAK, WANT_CRC, EOT, CAN, SOH, STX].map((byte) => Uint8Array.of(byte))),
    fc.constantFrom(CANCEL, Uint8Array.of(ACK, WANT_CRC)),
    fc.uint8Array({ maxLength: 1100 }),
  );
  const events = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ on: fc.constant('BytesCame' as const), bytes: piece, afterMs: fc.nat(3000) }),
      },
      { weight: 2, arbitrary: fc.record({ on: fc.constant('TimedOut' as const), afterMs: fc.nat(10_000) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          on: fc.constant('PieceRead' as const),
          bytes: fc.uint8Array({ maxLength: 1100 }),
          afterMs: fc.constant(0),
        }),
      },
    ),
    { maxLength: 60 },
  );

  test('the receiver: never a byte too many, whole only when it is, one end, and nothing after it', () => {
    fc.assert(
      fc.property(events, (all) => {
        let [state, effects] = startReceiving();
        let nowMs = 0;
        let open: { size: number; written: number } | undefined;
        let isOver = false;
        const perform = (effect: ReceiveEffect) => {
          assert.ok(!isOver);
          if (effect.do === 'open') open = { size: effect.file.sizeBytes, written: 0 };
          if (effect.do === 'write' && open) open.written += effect.bytes.length;
          assert.ok(!open || open.written <= open.size);
          if (effect.do === 'close') assert.equal(open?.written, open?.size);
          if (effect.do === 'close' || effect.do === 'discard') open = undefined;
          if (effect.do === 'finish') isOver = open === undefined;
        };
        for (const { afterMs, ...event } of [...all, ...HUNG_UP]) {
          nowMs += afterMs;
          if (event.on === 'PieceRead') continue;
          const frozen = Object.freeze(state);
          [state, effects] = receiveTransition(settings, frozen, { ...event, nowMs });
          effects.forEach(perform);
        }
        assert.ok(isOver);
      }),
    );
  });

  test('the sender: one end, and nothing after it', () => {
    fc.assert(
      fc.property(events, (all) => {
        let nowMs = 0;
        let [state, effects] = startSending(nowMs);
        let ends = 0;
        const perform = (effect: SendEffect) => {
          assert.equal(ends, 0);
          if (effect.do === 'finish') ends += 1;
          if (effect.do === 'read') assert.ok(effect.offsetBytes + effect.lengthBytes <= 300 && effect.lengthBytes > 0);
        };
        for (const { afterMs, ...event } of [...all, ...HUNG_UP]) {
          nowMs += afterMs;
          const next: SendEvent = { ...event, nowMs };
          [state, effects] = sendTransition([{ name: 'f', sizeBytes: 300 }], Object.freeze(state), next);
          effects.forEach(perform);
        }
        assert.equal(ends, 1);
      }),
    );
  });

  test('stopped in any state: cancelled to the other side, and ended', () => {
    const fault = err('CARD_UNWRITABLE').fault;
    const [receiving] = receiveTransition(settings, startReceiving()[0], {
      on: 'BytesCame',
      bytes: header('f\x009'),
      nowMs: 0,
    });
    const [, effects] = receiveTransition(settings, receiving, { on: 'Stopped', fault, nowMs: 1 });
    assert.deepEqual(
      effects.map((effect) => effect.do),
      ['discard', 'send', 'wait'],
    );
  });
});

const HUNG_UP = [{ on: 'HungUp' as const, afterMs: 0 }];
