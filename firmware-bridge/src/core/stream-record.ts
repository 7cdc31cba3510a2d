import { feed, type LineStream, lastLine, NO_LINES, type StreamLine } from './line-stream.ts';
import { placeOf, readNmea } from './nmea.ts';
import type { ParsedRecord } from './parsed-record.ts';

// Formats that have no end: a receiver or a modem may be on standard input, so records come out while it talks.

/** What is known between two pieces of a stream. */
export type StreamState = { readonly lines: LineStream };
export const STREAM_BEGUN: StreamState = { lines: NO_LINES };
/** Takes the next piece, `undefined` at the end; answers what is known then, and the records of the lines that ended. */
export type StreamParser = (
  state: StreamState,
  piece: string | undefined,
) => readonly [StreamState, readonly ParsedRecord[]];

/** The formats that are read as they come. */
export const STREAM_PARSERS = { nmea: nmeaRecords } as const satisfies Record<string, StreamParser>;

/** `{line, type, talker, …}`; of a sentence that nobody here needs its name. `fix` tells whether its place counts. */
function nmeaRecords(state: StreamState, piece: string | undefined): readonly [StreamState, readonly ParsedRecord[]] {
  const [lines, ended] = linesOf(state.lines, piece);
  const records = ended.map(({ line, text, cut }): ParsedRecord => {
    if (cut) return tooLong(line, text);
    const sentence = readNmea(text);
    if ('reason' in sentence) return { line, refused: sentence.code, reason: sentence.reason };
    return { line, ...sentence, ...('latitude' in sentence && { fix: placeOf(sentence) !== undefined }) };
  });
  return [{ ...state, lines }, records];
}

function linesOf(stream: LineStream, piece: string | undefined): readonly [LineStream, readonly StreamLine[]] {
  return piece === undefined ? [NO_LINES, lastLine(stream)] : feed(stream, piece);
}

function tooLong(line: number, text: string): ParsedRecord {
  return { line, refused: 'TEXT_LINE_TOO_LONG', reason: `more than ${text.length} characters` };
}
