import { Readable } from 'node:stream';
import { runSdcard } from '../cli/program.ts';

/** What a run of the command said and answered. */
export type Said = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** Runs the command in this process, in a moment; sdcard-process.ts runs it as one of its own. */
export async function sdcardHere(argv: readonly string[], terminal: 'yes' | 'no' = 'no'): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const status = await runSdcard(argv, {
    stdin: Readable.from([]),
    terminal,
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
  });
  return { status, ...said };
}
