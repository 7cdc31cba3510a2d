import type { Readable } from 'node:stream';

/**
 * Tells each line of a stream, without its end. What is longer than `maxCharacters` is told in pieces, so that memory
 * stays flat; the last line is told also when it has no end.
 */
export function readLines(stream: Readable, maxCharacters: number, tell: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tell(line.replace(/\r$/, ''));
    while (rest.length > maxCharacters) {
      tell(rest.slice(0, maxCharacters));
      rest = rest.slice(maxCharacters);
    }
  });
  stream.on('end', () => {
    if (rest) tell(rest);
    rest = '';
  });
}
