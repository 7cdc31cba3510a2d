import { spawnSync } from 'node:child_process';
import { uptime } from 'node:os';
import { parseArgs } from 'node:util';
import { versionPlaces } from '../adapters/version-places.ts';
import type { SwitchParts } from './switch-parts.ts';
import { chooseVersion } from './switch-start.ts';

// The entry of the one program of the package that changes which version of the agent runs; as root, by systemd:
//   main.mjs start     before each start of the agent
//   main.mjs orders    when the agent ordered something, and now and then during a trial
// By hand, for a test: --below DIR for all paths, --restart PROGRAM for what starts the agent again, --uptime S.
// Exit status: 0 done or refused (the verdict says which), 1 the machine failed, 2 wrong use.

const RESTART = ['/usr/bin/systemctl', '--no-block', 'try-restart', 'ewon-agent.service'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { below: { type: 'string' }, restart: { type: 'string' }, uptime: { type: 'string' } },
});
const [program = '', ...args] = values.restart === undefined ? RESTART : [values.restart];
const parts: SwitchParts = {
  places: versionPlaces(values.below),
  nowMs: () => Date.now(),
  uptimeS: () => (values.uptime === undefined ? Math.floor(uptime()) : Number(values.uptime)),
  node: process.versions.node,
  restartAgent: () => void spawnSync(program, args, { stdio: 'ignore' }),
  say: (what, which) => process.stderr.write(`${what}: ${which}\n`),
};

process.umask(0o022); // the agent's user reads what it is started from
try {
  if (positionals[0] === 'start') chooseVersion(parts);
  else if (positionals[0] === 'orders')
    await (await import('./switch-orders.ts')).carryOut(parts); // TUF is for orders alone
  else {
    process.stderr.write('usage: main.mjs start|orders\n');
    process.exitCode = 2;
  }
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : 'failed'}\n`);
  process.exitCode = 1;
}
