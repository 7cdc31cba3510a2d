import { Readable } from 'node:stream';
import { runEwonBridge } from '../cli/program.ts';

/** What a run of the command said and answered. */
export type Said = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** Runs the command in this process, with standard input in pieces as they are given. */
export function bridgeHere(argv: readonly string[], ...stdin: readonly (string | Uint8Array)[]): Promise<Said> {
  return bridgeWith({}, argv, ...stdin);
}

/** Runs the command with an environment, such as EWON_PASSWORD. */
export async function bridgeWith(
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
  ...stdin: readonly (string | Uint8Array)[]
): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const status = await runEwonBridge(argv, {
    env,
    terminal: 'no',
    stdin: Readable.from(stdin.map((piece) => Buffer.from(piece))),
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
  });
  return { status, ...said };
}

/** The lines that a run printed, as values. */
export function recordsOf({ stdout }: Said): readonly unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
