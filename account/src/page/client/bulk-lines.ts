import type { BulkLine } from '../../http/list-views.ts';
import type { Answer, Api } from './api.ts';
import { TEXTS } from './texts.ts';
import { worded } from './worded.ts';

// An order on many is answered line by line, as each is done.

/**
 * Sends an order on many and tells each line of the answer as it comes.
 * @param signal aborted, it ends the order after the one at hand; what was told before is done
 * @returns a problem when the order was refused as a whole, or the answer broke off
 */
export async function sendBulk(
  { ask }: Pick<Api, 'ask'>,
  path: string,
  order: object,
  onLine: (line: BulkLine) => void,
  signal?: AbortSignal,
): Promise<Answer<undefined>> {
  const answer = await ask(path, { method: 'POST', body: order }, signal);
  if (signal?.aborted) return DONE;
  if (!answer.ok) return answer;
  try {
    if (answer.value.body) {
      for await (const line of jsonLines<BulkLine>(answer.value.body))
        onLine(line.ok ? line : { ...line, problem: await worded(line.problem) });
    }
    return DONE;
  } catch {
    // stopped by a person, or nobody is there any more
    return signal?.aborted ? DONE : { ok: false, status: 0, problem: { ...TEXTS.problem.unreachable, detail: '' } };
  }
}

const DONE = { ok: true, value: undefined } as const;

/**
 * Reads a stream of one JSON value per line, however it comes in pieces.
 * @throws when a line is no JSON, or the stream breaks off
 */
export async function* jsonLines<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T> {
  // not for await: Safari cannot do that with a stream
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
  if (rest !== '') yield JSON.parse(rest);
}
