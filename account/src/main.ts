import { runAccount } from './cli/program.ts';

/** Runs the `account` command as this process; called by `bin/account.js`. */
export async function main(): Promise<void> {
  process.exitCode = await runAccount(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    untilSignal: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      }),
  });
}
