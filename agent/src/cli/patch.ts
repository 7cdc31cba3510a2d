import { isCode, printable, type Result } from '@ewon-agent/contracts';
import { askControl, type DeferOrder, type PatchOrder } from '../adapters/control-socket.ts';
import { readIfThere } from '../adapters/durable-file.ts';
import type { AgentConfig } from '../config/schema.ts';
import { initialPatch } from '../core/patch.ts';
import { PATCH_EXIT, PATCH_EXIT_OFF, type PatchStatus, patchStatusOf } from '../core/patch-report.ts';
import { readSavedPatch } from '../core/patch-saved.ts';
import { AGENT_VERSION } from '../version.ts';
import { controlPath, patchPath } from './places.ts';
import { readPolicyStatus } from './policy.ts';

/** `running`: an agent tells this. Else it is what was saved last. */
export type KnownPatch = { readonly running: boolean } & PatchStatus;

/**
 * Asks the running agent; where none runs, tells what it saved last. Reads no repository.
 * Codes: AGENT_NOT_RUNNING (nothing was ever saved), AGENT_NOT_YOURS, AGENT_RUNNING_ALREADY (it does not answer), STATE_DAMAGED,
 * STATE_UNWRITABLE, PATCH_SAVED_DAMAGED.
 */
export async function readPatch(config: AgentConfig): Promise<Result<KnownPatch>> {
  const asked = await askControl(controlPath(config.stateDir), 'patch');
  if (asked.ok && asked.value !== null) return { ok: true, value: { running: true, ...(asked.value as PatchStatus) } };
  if (!asked.ok && asked.fault.code === 'AGENT_NOT_YOURS') return asked;
  const policy = await readPolicyStatus(config);
  if (!policy.ok) return policy;
  const saved = readSavedPatch(readIfThere(patchPath(config.stateDir)));
  if (!saved.ok) return saved;
  const rules = { agentVersion: AGENT_VERSION, everyMs: config.patch.everyMs, asksBusy: false };
  const { remoteManagement } = policy.value.decisions;
  const status = patchStatusOf(
    initialPatch(saved.value, 0),
    { wallMs: Date.now(), steadyMs: 0 },
    rules,
    remoteManagement,
  );
  return { ok: true, value: { running: asked.ok, ...status } };
}

/** Orders something of the running agent. Codes: AGENT_NOT_RUNNING, AGENT_NOT_YOURS, and what the agent answers. */
export async function orderPatch(config: AgentConfig, order: PatchOrder | DeferOrder): Promise<Result<unknown>> {
  const asked = await askControl(controlPath(config.stateDir), order);
  return asked.ok ? (asked.value as Result<unknown>) : asked;
}

/** As docs/patches.md lists them. */
export function patchExit({ state, remoteManagement }: PatchStatus): number {
  return !remoteManagement.on && state !== 'installing' ? PATCH_EXIT_OFF : PATCH_EXIT[state];
}

const STATES: Readonly<Record<PatchStatus['state'], string>> = {
  idle: 'nothing to do',
  downloading: 'downloading',
  waiting: 'waiting',
  installing: 'installing: do not switch off',
  installed: 'installed',
  failed: 'failed',
};

/** Words it for a terminal of 80 columns. */
export function patchText(known: KnownPatch): string {
  const { state, reason, detail, patch, received, agent, firmware, repository, remoteManagement, running } = known;
  const why = reason === undefined ? '' : `: ${reason}${detail === undefined ? '' : ` (${detail})`}`;
  const lines = [
    ['Patches', remoteManagement.on ? `${STATES[state]}${why}` : `off: ${remoteManagement.why}`],
    ['Agent', running ? '' : 'NOT RUNNING (last saved state)'],
    ['Patch', patch ? `${patch.version} of ${patch.kind}, ${patch.path}` : ''],
    ['Received', state === 'downloading' && received !== undefined ? `${received} bytes` : ''],
    ['Runs', `agent ${agent}${firmware === undefined ? '' : `, firmware ${firmware}`}`],
    ['Repository', repository ? `read ${repository.refreshedAt}, holds until ${repository.expiresAt}` : 'not read yet'],
    ['Next look', known.nextLookAt ?? ''],
    ['Last', known.last ? `${known.last.version} ${known.last.ended} ${known.last.at}` : ''],
  ];
  const shown = lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${`${name}`.padEnd(13)}${printable(`${value}`, 200)}`);
  return [...shown, ...known.offered.map(offeredText)].join('\n');
}

function offeredText({ path, version, severity, cves, reason }: PatchStatus['offered'][number]): string {
  const why = isCode(reason) ? reason : 'comes next';
  return `  ${version.padEnd(9)} ${severity.padEnd(8)} ${printable(path, 40)}  ${why}${cves.length > 0 ? `\n            ${cves.join(' ')}` : ''}`;
}
