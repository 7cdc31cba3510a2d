import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks for a secret on the terminal, without showing what is typed. Undefined where standard input is none. */
export function terminalSecret(
  input: NodeJS.ReadStream,
  output: NodeJS.WritableStream,
): ((question: string) => Promise<string>) | undefined {
  if (!input.isTTY) return undefined;
  return async (question) => {
    output.write(question);
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input, output: nowhere, terminal: true });
    try {
      return await lines.question('');
    } finally {
      lines.close();
      output.write('\n');
    }
  };
}
