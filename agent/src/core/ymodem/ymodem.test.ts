import { err } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { codesOf, dice, lossyLine, playYmodem, type TestFile } from '../../testing/ymodem-world.ts';

const settings = { bytesMax: 400_000, filesMax: 1 };
const many = { bytesMax: 400_000, filesMax: 9 };

function file(name: string, sizeBytes: number, fill?: number): TestFile {
  const content = Uint8Array.from({ length: sizeBytes }, (_, n) => fill ?? (n * 7 + (n >> 8)) & 0xff);
  return { name, sizeBytes, modifiedSeconds: 1_000_000_000, content };
}
const same = (a: Uint8Array | undefined, b: Uint8Array | undefined) =>
  a !== undefined && b !== undefined && Buffer.from(a).equals(b);

suite('YMODEM from one end to the other', (test) => {
  for (const size of [0, 1, 127, 128, 129, 896, 897, 1023, 1024, 1025, 300_000])
    test(`${size} bytes arrive as they are`, () => {
      const sent = file('a card.txt', size);
      const played = playYmodem({ files: [sent], settings });
      assert.deepEqual(codesOf(played), ['ok', 'ok']);
      assert.deepEqual(played.whole.length, 1);
      assert.ok(same(played.whole[0]?.content, sent.content));
      assert.deepEqual(played.whole[0]?.file, { name: 'a card.txt', sizeBytes: size, modifiedSeconds: 1_000_000_000 });
      assert.equal(played.spilledBytes, 0);
    });

  for (const fill of [0x18, 0x04, 0x1a, 0x08, 0x06, 0x15, 0x43, 0x01, 0x02])
    test(`a file of nothing but 0x${fill.toString(16)} arrives as it is`, () => {
      const played = playYmodem({ files: [file('x', 2500, fill)], settings });
      assert.deepEqual(codesOf(played), ['ok', 'ok']);
      assert.ok(same(played.whole[0]?.content, file('x', 2500, fill).content));
    });

  test('several files are one batch, and none is an empty one', () => {
    const files = [file('one', 300), file('two', 0), file('three', 5000)];
    const played = playYmodem({ files, settings: many });
    assert.deepEqual(codesOf(played), ['ok', 'ok']);
    assert.deepEqual(
      played.whole.map(({ file: { name } }) => name),
      ['one', 'two', 'three'],
    );
    assert.deepEqual(codesOf(playYmodem({ files: [], settings })), ['ok', 'ok']);
  });

  test('a second file that nobody asked for is refused, and the first stays', () => {
    const played = playYmodem({ files: [file('one', 300), file('two', 10)], settings });
    assert.deepEqual(codesOf(played), ['YMODEM_CANCELLED', 'ok']);
    assert.deepEqual(
      played.whole.map(({ file: { name } }) => name),
      ['one'],
    );
    assert.ok(played.received.ok && played.received.value.isMoreRefused);
  });

  test('a file that is too large is refused before any of it came', () => {
    const played = playYmodem({ files: [file('x', 1001)], settings: { bytesMax: 1000, filesMax: 1 } });
    assert.deepEqual(codesOf(played), ['YMODEM_CANCELLED', 'YMODEM_TOO_LARGE']);
    assert.ok(played.sentBytes < 150);
  });

  test('the letters that ask for a CRC are lost: the transfer goes on with checksums', () => {
    const played = playYmodem({
      files: [file('x', 2000)],
      settings,
      toSender: (bytes) => bytes.filter((byte) => byte !== 0x43),
    });
    assert.deepEqual(codesOf(played), ['ok', 'ok']);
    assert.ok(same(played.whole[0]?.content, file('x', 2000).content));
  });

  for (const side of ['toSender', 'toReceiver'] as const)
    test(`nothing gets through ${side}: it ends with a code within two minutes`, () => {
      const played = playYmodem({ files: [file('x', 2000)], settings, [side]: () => new Uint8Array(0) });
      assert.ok(
        codesOf(played).every((code) => /^YMODEM_(NOT_STARTED|CANCELLED|SILENT|ERRORS)$/.test(code)),
        String(codesOf(played)),
      );
      assert.ok(played.tookMs < 130_000, String(played.tookMs));
    });

  for (const chance of [0.0001, 0.0005, 0.002, 0.02])
    test(`a line that damages one byte in ${1 / chance}: whole or a code`, () => {
      const ends = new Map<string, number>();
      for (let seed = 1; seed <= 150; seed++) {
        const throwDice = dice(seed);
        const line = lossyLine(throwDice, chance);
        // without a pattern: CRC-16 overlooks one damage in 65,536, and more where shifted bytes look alike
        const content = Uint8Array.from({ length: Math.floor(throwDice() * 9000) }, () => throwDice() * 256);
        const sent = { name: 'a b.bin', sizeBytes: content.length, content };
        const played = playYmodem({ files: [sent], settings, toSender: line, toReceiver: line });
        for (const { content } of played.whole) assert.ok(same(content, sent.content), `seed ${seed}: not the same`);
        const [sentCode, receivedCode] = codesOf(played);
        if (receivedCode === 'ok') assert.equal(played.whole.length, 1, `seed ${seed}`);
        if (sentCode === 'ok') assert.equal(played.whole.length, 1, `seed ${seed}: the sender believes it arrived`);
        const key = codesOf(played).join(' ');
        ends.set(key, (ends.get(key) ?? 0) + 1);
      }
      if (process.env['SHOW']) console.log(chance, ends);
      if (chance <= 0.0005) assert.ok((ends.get('ok ok') ?? 0) >= 140, String([...ends]));
    });

  test('cancelled by either side after anything that happens: both end, and no half file is whole', () => {
    const sent = file('x', 3000);
    for (const side of ['sender', 'receiver'] as const)
      for (let when = 1; when < 40; when++) {
        const played = playYmodem({
          files: [sent],
          settings,
          after(count, post, nowMs) {
            if (count === when) post[side]({ on: 'Stopped', fault: err('YMODEM_CANCELLED', 'here').fault, nowMs });
          },
        });
        for (const { content } of played.whole) assert.ok(same(content, sent.content), `${side} ${when}`);
        for (const code of codesOf(played))
          assert.ok(['ok', 'YMODEM_CANCELLED'].includes(code), `${side} ${when}: ${code}`);
        assert.ok(played.tookMs < 20_000, `${side} ${when}: ${played.tookMs} ms`);
        assert.equal(played.spilledBytes, 0, `${side} ${when}`);
      }
  });

  test('a receiver that leaves without a word after the last file has all of it', () => {
    const silent = (bytes: Uint8Array) =>
      bytes.length === 1 && bytes[0] === 0x06 && ++acks > 4 ? new Uint8Array(0) : bytes;
    let acks = 0;
    const played = playYmodem({ files: [file('x', 3000)], settings, toSender: silent });
    assert.equal(codesOf(played)[0], 'ok');
    assert.equal(played.whole.length, 1);
    assert.ok(played.tookMs < 20_000, String(played.tookMs));
  });

  test('hung up after any byte: no half file is whole', () => {
    const sent = file('x', 1300);
    const all = playYmodem({ files: [sent], settings }).sentBytes;
    for (let bytes = 0; bytes < all; bytes++) {
      const played = playYmodem({ files: [sent], settings, hangUpAfterBytes: bytes });
      for (const { content } of played.whole) assert.ok(same(content, sent.content), `after ${bytes}`);
      if (played.received.ok) assert.equal(played.whole.length, 1, `after ${bytes}`);
      assert.equal(played.sent.ok && played.whole.length === 0, false, `after ${bytes}`);
    }
  });
});
