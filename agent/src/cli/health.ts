import { statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import type { AgentConfig } from '../config/schema.ts';
import { type HealthRow, healthRows, type OwnHealth } from '../core/console/health.ts';
import type { AgentStatus } from '../core/status.ts';
import { controlPath } from './places.ts';

/** What the running agent answers to the order `health`. */
export type HealthAnswer = {
  readonly status: AgentStatus;
  readonly own: OwnHealth;
  readonly wan: { readonly cause: string } | null;
};

/** Judges how this Ewon is. Codes: AGENT_NOT_RUNNING, AGENT_NOT_YOURS, STATE_UNWRITABLE (the directory cannot be looked at). */
export async function readHealth({ stateDir }: AgentConfig): Promise<Result<readonly HealthRow[]>> {
  const asked = await askControl(controlPath(stateDir), 'health');
  if (!asked.ok) return asked;
  const { status, own, wan } = asked.value as HealthAnswer;
  try {
    const { bavail, blocks, bsize } = await statfs(stateDir);
    const disk = { freeBytes: bavail * bsize, allBytes: blocks * bsize };
    const memory = { freeBytes: freemem(), allBytes: totalmem() };
    return ok(healthRows({ status, own, wan: wan ?? undefined, disk, memory, nowMs: Date.now() }));
  } catch (cause) {
    return err('STATE_UNWRITABLE', stateDir, cause);
  }
}
