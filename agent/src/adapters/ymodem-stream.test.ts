import { PassThrough } from 'node:stream';
import { err, ok } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { testClock } from '../testing/test-clock.ts';
import { type ByteLine, receiveYmodem, sendYmodem, type YmodemSink, type YmodemSource } from './ymodem-stream.ts';

/** Two lines that are the two ends of one. */
function cable(): readonly [ByteLine, ByteLine] {
  const [there, back] = [new PassThrough(), new PassThrough()];
  return [
    { input: back, output: there },
    { input: there, output: back },
  ];
}

function source(name: string, sizeBytes: number): YmodemSource {
  const bytes = new Uint8Array(sizeBytes).fill(7);
  return { name, sizeBytes, read: async (from, length) => ok(bytes.subarray(from, from + length)) };
}

function sinkThat(fails?: 'open' | 'write' | 'close') {
  const done: string[] = [];
  const step = (what: string) => async () => {
    done.push(what);
    return what === fails ? err('CARD_UNWRITABLE', what) : ok(undefined);
  };
  const sink: YmodemSink = {
    open: step('open'),
    write: step('write'),
    close: step('close'),
    discard: async () => void done.push('discard'),
  };
  return { sink, done };
}

const settings = { bytesMax: 10_000, filesMax: 1 };

suite('YMODEM over streams', (test) => {
  /** Lets time pass until all have answered. */
  const untilAll = async <T extends readonly Promise<unknown>[]>(pass: (ms: number) => void, ...all: T) => {
    let isOver = false;
    const settled = Promise.all(all).finally(() => {
      isOver = true;
    });
    await eventually(
      () => {
        pass(500);
        return isOver;
      },
      { what: 'both ends' },
    );
    return settled;
  };

  for (const fails of ['open', 'write', 'close'] as const)
    test(`a sink whose ${fails} fails: its fault here, cancelled there, and what was begun is discarded`, async () => {
      const { clock, pass } = testClock();
      const [left, right] = cable();
      const { sink, done } = sinkThat(fails);
      const [received, sent] = await untilAll(
        pass,
        receiveYmodem({ line: left, clock, settings, sink }),
        sendYmodem({ line: right, clock, files: [source('f', 200)] }),
      );
      assertFault(received, 'CARD_UNWRITABLE');
      assertFault(sent, 'YMODEM_CANCELLED');
      assert.equal(done.at(-1), 'discard');
    });

  test('a source that fails: its fault here, cancelled there', async () => {
    const { clock, pass } = testClock();
    const [left, right] = cable();
    const { sink, done } = sinkThat();
    const broken: YmodemSource = { ...source('f', 2000), read: async () => err('CARD_GONE') };
    const [received, sent] = await untilAll(
      pass,
      receiveYmodem({ line: left, clock, settings, sink }),
      sendYmodem({ line: right, clock, files: [broken] }),
    );
    assertFault(received, 'YMODEM_CANCELLED');
    assertFault(sent, 'CARD_GONE');
    assert.deepEqual(done, ['open', 'discard']);
  });

  test('hung up before or while it waits: ended at once, and nothing listens any more', async () => {
    const { clock } = testClock();
    for (const isBefore of [true, false]) {
      const [{ input, output }] = cable();
      if (isBefore) input.destroy();
      const received = receiveYmodem({ line: { input, output }, clock, settings, sink: sinkThat().sink });
      if (!isBefore) input.destroy();
      assertFault(await received, 'YMODEM_SILENT');
      assert.deepEqual(
        [input.listenerCount('data'), output.listenerCount('close')],
        [0, new PassThrough().listenerCount('close')],
      );
    }
  });

  test('aborted before it begins: cancelled, and the line is left to the next', async () => {
    const { clock, pass } = testClock();
    const [left, right] = cable();
    const { sink } = sinkThat();
    const [received] = await untilAll(
      pass,
      receiveYmodem({ line: left, clock, settings, sink, signal: AbortSignal.abort() }),
    );
    assertFault(received, 'YMODEM_CANCELLED');
    right.output.write('show status');
    assert.equal(String((await left.input.iterator().next()).value), 'show status');
  });

  test('one transfer after another on the same line', async () => {
    const { clock, pass } = testClock();
    const [left, right] = cable();
    for (const sizeBytes of [10, 3000]) {
      const { sink, done } = sinkThat();
      const [received, sent] = await untilAll(
        pass,
        receiveYmodem({ line: left, clock, settings, sink }),
        sendYmodem({ line: right, clock, files: [source('f', sizeBytes)] }),
      );
      assert.equal(assertOk(received).files[0]?.sizeBytes, sizeBytes);
      assertOk(sent);
      assert.equal(done.at(-1), 'close');
    }
  });
});
