import { withoutGrks } from '@ewon-agent/contracts';
import { AT_SILENCE, type AtContext, readAt } from './at.ts';
import { feed, type LineStream, lastLine, NO_LINES, type StreamLine } from './line-stream.ts';
import { placeOf, readNmea } from './nmea.ts';
import type { ParsedRecord } from './parsed-record.ts';

// Formats that have no end: a receiver or a modem may be on standard input, so records come out while it talks.

/** What is known between two pieces of a stream. */
export type StreamState = { readonly lines: LineStream; readonly at: AtContext };
export const STREAM_BEGUN: StreamState = { lines: NO_LINES, at: AT_SILENCE };
/** Takes the next piece, `undefined` at the end; answers what is known then, and the records of the lines that ended. */
export type StreamParser = (
  state: StreamState,
  piece: string | undefined,
) => readonly [StreamState, readonly ParsedRecord[]];

/** The formats that are read as they come. */
export const STREAM_PARSERS = { nmea: nmeaRecords, at: atRecords } as const satisfies Record<string, StreamParser>;

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

/** `{line, kind, …}`; what a line means may depend on those before it. */
function atRecords(state: StreamState, piece: string | undefined): readonly [StreamState, readonly ParsedRecord[]] {
  const [lines, ended] = linesOf(state.lines, piece);
  const records: ParsedRecord[] = [];
  let at = state.at;
  for (const { line, text, cut } of ended) {
    if (cut) {
      records.push(tooLong(line, text));
      continue;
    }
    const [next, answer] = readAt(at, text);
    at = next;
    if ('reason' in answer) records.push({ line, refused: answer.code, reason: answer.reason });
    else records.push({ line, ...answer, ...(answer.kind === 'text' && { text: withoutGrks(answer.text) }) });
  }
  return [{ lines, at }, records];
}

function linesOf(stream: LineStream, piece: string | undefined): readonly [LineStream, readonly StreamLine[]] {
  return piece === undefined ? [NO_LINES, lastLine(stream)] : feed(stream, piece);
}

function tooLong(line: number, text: string): ParsedRecord {
  return { line, refused: 'TEXT_LINE_TOO_LONG', reason: `more than ${text.length} characters` };
}
