// Lines out of a stream that comes in pieces and may be noise: a receiver or a modem on a serial line.

/** A line of a stream, counted from 1 over those that are not empty; `cut` when it was longer than it may be. */
export type StreamLine = { readonly line: number; readonly text: string; readonly cut: boolean };
/** What of a stream has no end yet. */
export type LineStream = { readonly rest: string; readonly cut: boolean; readonly lines: number };

export const NO_LINES: LineStream = { rest: '', cut: false, lines: 0 };
/** NMEA allows 82 characters, receivers write up to about 120; the longest answer of a modem is a list of networks. */
export const STREAM_LINE_MAX_CHARACTERS = 1024;

/**
 * Takes a piece of one character a byte. A line ends with CR, LF or both; empty ones are left out.
 * @param maxCharacters of a line; what is longer is cut
 */
export function feed(
  stream: LineStream,
  piece: string,
  maxCharacters = STREAM_LINE_MAX_CHARACTERS,
): readonly [LineStream, readonly StreamLine[]] {
  let { rest, cut, lines } = stream;
  const found: StreamLine[] = [];
  const pieces = piece.split(/[\r\n]/);
  for (const [i, part] of pieces.entries()) {
    cut ||= rest.length + part.length > maxCharacters;
    rest += part.slice(0, maxCharacters - rest.length);
    if (i === pieces.length - 1) break;
    if (rest !== '') {
      lines += 1;
      found.push({ line: lines, text: rest, cut });
    }
    rest = '';
    cut = false;
  }
  return [{ rest, cut, lines }, found];
}

/** The last line, when a stream ended without an end of line. */
export function lastLine({ rest, cut, lines }: LineStream): readonly StreamLine[] {
  return rest === '' ? [] : [{ line: lines + 1, text: rest, cut }];
}
