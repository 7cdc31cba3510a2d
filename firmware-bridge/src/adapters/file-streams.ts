import { Readable, Writable } from 'node:stream';
import { err, KIB, type Result } from '@ewon-agent/contracts';

// Streams on our side of a transfer by basic-ftp. What goes wrong there is ours, and is told apart from a connection that breaks.

/** Carries a result of ours through the library. */
export class Refusal extends Error {
  readonly result: Result<never>;
  constructor(result: Result<never>) {
    super('refused');
    this.result = result;
  }
}

/** Takes what is read, up to a limit. Codes: TEXT_TOO_LARGE. */
export function collector(pieces: Buffer[], maxBytes: number): Writable {
  let sizeBytes = 0;
  return new Writable({
    write(piece: Buffer, _, done) {
      pieces.push(piece);
      sizeBytes += piece.length;
      done(sizeBytes <= maxBytes ? null : new Refusal(err('TEXT_TOO_LARGE', `more than ${maxBytes / KIB} KiB`)));
    },
  });
}

/**
 * Gives what is written. It fails only by its own pieces: basic-ftp ends the session when it fails, and it would with the connection of the file too.
 * Codes: LOCAL_FILE_BAD.
 */
export function sourceOf(pieces: AsyncIterable<Uint8Array>): Readable {
  const source = Readable.from(told(pieces));
  const destroy = source._destroy.bind(source);
  source._destroy = (cause, done) => destroy(cause, () => done(cause instanceof Refusal ? cause : null));
  return source;
}

/** Tells pieces that break off from a connection that does, of which the stream tells them too. */
async function* told(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = pieces[Symbol.asyncIterator]();
  try {
    for (let piece = await nextOf(source); !piece.done; piece = await nextOf(source)) yield piece.value;
  } finally {
    await source.return?.();
  }
}

async function nextOf(source: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await source.next();
  } catch (cause) {
    throw new Refusal(err('LOCAL_FILE_BAD', cause instanceof Error ? cause.message : '', cause));
  }
}
