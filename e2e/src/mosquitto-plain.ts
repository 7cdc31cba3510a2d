import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { findProgram } from '@ewon-agent/contracts/suites/debian';

/** A Mosquitto without any rights, for this machine alone. */
export type PlainMosquitto = {
  /** SIGTERM, or SIGKILL: it writes its database before it ends, or not. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

/**
 * Starts one on a port of 127.0.0.1 and resolves when it runs.
 * @param file where its configuration is written
 * @param lines further lines of mosquitto.conf; without `log_type information` or more nobody is told that it runs
 */
export async function startPlainMosquitto(
  file: string,
  port: number,
  lines: readonly string[],
): Promise<PlainMosquitto> {
  const program = findProgram('mosquitto');
  if (!program) throw new Error('mosquitto is not installed: name it in "needs"');
  const own = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'user root', 'log_dest stderr'];
  writeFileSync(file, `${[...own, ...lines].join('\n')}\n`);
  const child = spawn(program, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const running = new Promise<true>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (/ running$/.test(line)) resolve(true);
    });
  });
  if (!(await Promise.race([running, exited.then(() => false)])))
    throw new Error(`mosquitto did not start with ${file}`);
  return {
    async stop(signal) {
      child.kill(signal);
      await exited;
    },
  };
}
