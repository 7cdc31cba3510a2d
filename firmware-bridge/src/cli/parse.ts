import { describeFault } from '@ewon-agent/contracts';
import { FILE_PARSERS, isRefused } from '../core/parsed-record.ts';
import { TEXT_MAX_BYTES } from '../core/text-file.ts';
import { EXIT, type ExitStatus, type Io, json } from './io.ts';

/** What `ewon-bridge parse` reads. */
export const FORMATS = ['comcfg', 'config', 'estat', 'events', 'tags'] as const;
export type Format = (typeof FORMATS)[number];

/**
 * `ewon-bridge parse FORMAT`: prints standard input as JSON, one record a line, with a reason for each line that is refused.
 * @returns 3 when a line or the whole input was refused
 */
export async function parse(io: Io, format: Format): Promise<ExitStatus> {
  const records = FILE_PARSERS[format](await readAtMost(io.stdin, TEXT_MAX_BYTES + 1));
  if (!records.ok) {
    io.stderr(`${describeFault(records.fault)}\n`);
    return EXIT.refused;
  }
  io.stdout(records.value.map(json).join(''));
  return records.value.some(isRefused) ? EXIT.refused : EXIT.allRead;
}

/** Reads to the end, or so much that it is too long, which who reads the bytes says. */
async function readAtMost(stream: AsyncIterable<unknown>, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of stream) {
    if (!(piece instanceof Uint8Array)) throw new Error('this is a bug: the stream is not one of bytes');
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes >= maxBytes) break;
  }
  return new Uint8Array(Buffer.concat(pieces));
}
