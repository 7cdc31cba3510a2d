import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';

type Streams = { readonly stdin: NodeJS.ReadStream | ReadStream; readonly stderr: NodeJS.WritableStream };

/** Asks for a password twice at a terminal, without an echo; of a pipe its first line counts. Undefined: none came. */
export async function askPassword({ stdin, stderr }: Streams): Promise<readonly [string, string] | undefined> {
  const isTerminal = stdin.isTTY === true;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: isTerminal, historySize: 0 });
  // ^C of a terminal comes as a key, as the terminal is raw
  lines.on('SIGINT', () => lines.close());
  const next = lines[Symbol.asyncIterator]();
  const ask = async (label: string): Promise<string | undefined> => {
    if (isTerminal) stderr.write(label);
    const { value, done } = await next.next();
    if (isTerminal) stderr.write('\n');
    return done === true ? undefined : value;
  };
  try {
    const password = await ask('New password: ');
    const again = isTerminal ? await ask('Again: ') : password;
    return password === undefined || again === undefined ? undefined : [password, again];
  } finally {
    lines.close();
    if (!isTerminal) stdin.destroy();
  }
}
