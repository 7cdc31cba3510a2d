import { hostname, release, totalmem, uptime } from 'node:os';
import { COMMAND_RESULT_MAX_BYTES, KIB } from '@ewon-agent/contracts';
import type { AgentConfig } from '../config/schema.ts';
import { boundedBundle } from '../core/bounded-bundle.ts';
import { AGENT_VERSION } from '../version.ts';
import { readStatus } from './status.ts';

/** Collects what support needs to see, as JSON. Keys, passwords and the GRK are not in it: what is collected never holds them. */
export async function diagnose(config: AgentConfig): Promise<object> {
  const status = await readStatus(config);
  const told = status.ok ? status.value : { fault: { code: status.fault.code, detail: status.fault.detail } };
  return diagnosis(config, told);
}

/** What goes over the wire as the result of the command `diag`, less the words around it. */
const DIAG_MAX_BYTES = COMMAND_RESULT_MAX_BYTES - KIB;

/** The same with a status that is known, as the running agent answers the command `diag`: at most 63 KiB, cut with a mark. */
export function diagnosis(config: AgentConfig, status: object): object {
  const bundle = {
    v: 1,
    at: new Date().toISOString(),
    agent: AGENT_VERSION,
    node: process.version,
    board: {
      hostname: hostname(),
      kernel: release(),
      arch: process.arch,
      memoryBytes: totalmem(),
      uptimeS: Math.round(uptime()),
    },
    config,
    status,
  };
  return boundedBundle(bundle, DIAG_MAX_BYTES);
}
