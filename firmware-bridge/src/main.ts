import { runEwonBridge } from './cli/program.ts';

/** Runs the `ewon-bridge` command as this process; called by `bin/ewon-bridge.js`. */
export async function main(): Promise<void> {
  // who reads us may have had enough, as `| head` has; that is no failure
  process.stdout.on('error', () => process.exit(0));
  process.exitCode = await runEwonBridge(process.argv.slice(2), {
    stdin: process.stdin,
    env: process.env,
    terminal: process.stderr.isTTY ? 'yes' : 'no',
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  });
}
