import { runSdcard } from './cli/program.ts';

/** Runs the `sdcard` command as this process; called by `bin/sdcard.js`. */
export async function main(): Promise<void> {
  process.exitCode = await runSdcard(process.argv.slice(2), {
    stdin: process.stdin,
    terminal: process.stderr.isTTY ? 'yes' : 'no',
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  });
}
