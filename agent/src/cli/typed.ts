import type { ReadStream, WriteStream } from 'node:tty';

/** What is longer is no key, name or password. */
const TYPED_MAX_CHARACTERS = 1024;
const [ETX, BS, DEL] = ['\x03', '\b', '\x7f'];

export type Typing = {
  readonly stdin: NodeJS.ReadStream | ReadStream;
  readonly stderr: NodeJS.WriteStream | WriteStream;
};

/**
 * Asks who is at the terminal for values, one line each; where nobody is, they are the lines of standard input. What is secret is
 * not echoed. Labels go to standard error, so that they are in nobody's output.
 * @returns undefined when it was given up (^C, or no more came)
 */
export async function typedLines(
  { stdin, stderr }: Typing,
  prompts: readonly { readonly label: string; readonly isSecret?: true }[],
): Promise<readonly string[] | undefined> {
  const isTerminal = stdin.isTTY === true;
  const given: string[] = [];
  let rest = '';
  const bytes = stdin.setEncoding('utf8')[Symbol.asyncIterator]();
  if (isTerminal) stdin.setRawMode(true);
  try {
    for (const { label, isSecret } of prompts) {
      if (isTerminal) stderr.write(`${label}: `);
      let line = '';
      for (;;) {
        const [before, end, after] = splitAtEnd(rest);
        rest = after;
        if (isTerminal && before.includes(ETX)) return undefined;
        line = edited(line, before).slice(0, TYPED_MAX_CHARACTERS);
        if (isTerminal && !isSecret && before !== '') stderr.write(before.replaceAll(/[\b\x7f]/g, '\b \b'));
        if (end) break;
        const next = await bytes.next();
        if (next.done && line === '') return undefined;
        if (next.done) break;
        rest = String(next.value);
      }
      if (isTerminal) stderr.write('\r\n');
      given.push(line);
    }
    return given;
  } finally {
    if (isTerminal) stdin.setRawMode(false);
    stdin.destroy();
  }
}

function splitAtEnd(text: string): readonly [string, boolean, string] {
  const [, before = '', end = '', after = ''] = /^([^\r\n]*)(\r\n|\r|\n)?([\s\S]*)$/.exec(text) ?? [];
  return [before, end !== '', after];
}

function edited(line: string, more: string): string {
  let now = line;
  for (const character of more) now = character === BS || character === DEL ? now.slice(0, -1) : now + character;
  return now;
}
