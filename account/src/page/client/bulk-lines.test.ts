import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Answer } from './api.ts';
import { jsonLines, sendBulk } from './bulk-lines.ts';
import { PROBLEM } from './testing/rows.ts';

const LINES = [
  { id: 'a', name: 'Pümpe' },
  { id: 'b', problem: { code: 'NAME_TAKEN' } },
];
const BYTES = new TextEncoder().encode(LINES.map((line) => `${JSON.stringify(line)}\n`).join(''));

/** A stream of these pieces, which breaks off after them where that is asked for. */
function streamOf(pieces: readonly Uint8Array[], end: 'close' | 'break' = 'close'): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else if (end === 'close') controller.close();
      else controller.error(new Error('gone'));
    },
  });
}

const answering = (body: ReadableStream<Uint8Array>) => ({
  ask: async (): Promise<Answer<Response>> => ({ ok: true, value: new Response(body) }),
});

suite('lines of an order on many', (test) => {
  test('are read wherever the stream is split, within a letter too, and without a last line end', async () => {
    for (let at = 0; at <= BYTES.length; at++) {
      const read: unknown[] = [];
      for await (const line of jsonLines(streamOf([BYTES.slice(0, at), BYTES.slice(at)]))) read.push(line);
      assert.deepEqual(read, LINES, `split at ${at}`);
    }
    const read: unknown[] = [];
    for await (const line of jsonLines(streamOf([BYTES.slice(0, -1)]))) read.push(line);
    assert.deepEqual(read, LINES);
  });

  test('are told as they come; an answer that breaks off is a problem, and what was told stays told', async () => {
    const told: string[] = [];
    const whole = await sendBulk(answering(streamOf([BYTES])), 'x', {}, ({ id }) => told.push(id));
    assert.deepEqual([whole.ok, told], [true, ['a', 'b']]);
    told.length = 0;
    const broken = await sendBulk(answering(streamOf([BYTES.slice(0, 30)], 'break')), 'x', {}, ({ id }) =>
      told.push(id),
    );
    assert.equal(broken.ok ? '' : broken.problem.code, 'ACCOUNT_UNREACHABLE');
    assert.deepEqual(told, ['a']);
  });

  test('a refusal of the whole order is handed on; who stopped it meets no problem', async () => {
    const refused = { ok: false, status: 400, problem: PROBLEM } as const;
    assert.deepEqual(await sendBulk({ ask: async () => refused }, 'x', {}, () => {}), refused);
    const stopping = AbortSignal.abort();
    const stopped = await sendBulk(answering(streamOf([], 'break')), 'x', {}, () => {}, stopping);
    assert.equal(stopped.ok, true);
  });
});
