import { describeFault } from '@ewon-agent/contracts';
import { FILE_PARSERS, isRefused, type ParsedRecord } from '../core/parsed-record.ts';
import { STREAM_BEGUN, STREAM_PARSERS } from '../core/stream-record.ts';
import { TEXT_MAX_BYTES } from '../core/text-file.ts';
import { EXIT, type ExitStatus, type Io, json } from './io.ts';

type FileFormat = keyof typeof FILE_PARSERS;
type StreamFormat = keyof typeof STREAM_PARSERS;
/** What `ewon-bridge parse` reads. */
export type Format = FileFormat | StreamFormat;
export const FORMATS: readonly string[] = Object.keys({ ...FILE_PARSERS, ...STREAM_PARSERS });

/**
 * `ewon-bridge parse FORMAT`: prints standard input as JSON, one record a line, with a reason for each line that is refused.
 * @returns 3 when a line or the whole input was refused
 */
export function parse(io: Io, format: Format): Promise<ExitStatus> {
  return isStream(format) ? parseStream(io, format) : parseFile(io, format);
}

function isStream(format: Format): format is StreamFormat {
  return Object.hasOwn(STREAM_PARSERS, format);
}

async function parseFile(io: Io, format: FileFormat): Promise<ExitStatus> {
  const records = FILE_PARSERS[format](await readAtMost(io.stdin, TEXT_MAX_BYTES + 1));
  if (records.ok) return print(io, records.value);
  io.stderr(`${describeFault(records.fault)}\n`);
  return EXIT.refused;
}

async function parseStream(io: Io, format: StreamFormat): Promise<ExitStatus> {
  const read = STREAM_PARSERS[format];
  let status: ExitStatus = EXIT.allRead;
  let state = STREAM_BEGUN;
  let records: readonly ParsedRecord[] = [];
  for await (const piece of io.stdin) {
    [state, records] = read(state, Buffer.from(bytesOf(piece)).toString('latin1'));
    if (print(io, records) !== EXIT.allRead) status = EXIT.refused;
  }
  [, records] = read(state, undefined);
  return print(io, records) === EXIT.allRead ? status : EXIT.refused;
}

function print(io: Io, records: readonly ParsedRecord[]): ExitStatus {
  if (records.length > 0) io.stdout(records.map(json).join(''));
  return records.some(isRefused) ? EXIT.refused : EXIT.allRead;
}

/** Reads to the end, or so much that it is too long, which who reads the bytes says. */
async function readAtMost(stream: AsyncIterable<unknown>, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of stream) {
    const bytes = bytesOf(piece);
    pieces.push(bytes);
    sizeBytes += bytes.length;
    if (sizeBytes >= maxBytes) break;
  }
  return new Uint8Array(Buffer.concat(pieces));
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  throw new Error('this is a bug: the stream is not one of bytes');
}
