import { once } from 'node:events';
import type { Socket } from 'node:net';

/** Sends all bytes and ends. @returns whether they went out */
export async function sendBytes(data: Socket, bytes: Uint8Array): Promise<boolean> {
  if (data.destroyed) return false;
  const closed = once(data, 'close');
  data.resume(); // the end of the other side is only seen by a reader
  data.end(bytes);
  await closed;
  return !data.errored;
}

/**
 * Receives until the other side ends.
 * @param swallow how long a piece takes to be written; the next one waits for it
 * @returns the bytes, or why there are none
 */
export async function receiveBytes(
  data: Socket,
  maxBytes: number,
  swallow: () => Promise<void> | undefined,
): Promise<Uint8Array | 'tooLong' | 'broken'> {
  if (data.destroyed) return 'broken';
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  let whole = false;
  data.once('end', () => {
    whole = true;
  });
  data.on('data', (piece: Buffer) => {
    sizeBytes += piece.length;
    if (sizeBytes > maxBytes) data.destroy();
    else pieces.push(piece);
    const writing = swallow();
    if (!writing) return;
    data.pause();
    void writing.then(() => data.resume());
  });
  data.resume();
  await once(data, 'close');
  if (sizeBytes > maxBytes) return 'tooLong';
  return whole && !data.errored ? Buffer.concat(pieces) : 'broken';
}
