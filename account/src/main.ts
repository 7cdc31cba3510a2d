import { terminalSecret } from './adapters/terminal-secret.ts';
import { runAccount } from './cli/program.ts';

/** Runs the `account` command as this process; called by `bin/account.js`. */
export async function main(): Promise<void> {
  // keys, log and database are this user's alone, whatever the shell says; what is made for others (mosquitto-files) is not
  if (process.argv[2] === 'serve') process.umask(0o077);
  const askSecret = terminalSecret(process.stdin, process.stderr);
  process.exitCode = await runAccount(process.argv.slice(2), {
    stdin: process.stdin,
    ...(askSecret && { askSecret }),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    untilSignal: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      }),
  });
}
