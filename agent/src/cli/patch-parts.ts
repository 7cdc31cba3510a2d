import { existsSync, readFileSync } from 'node:fs';
import {
  type ClockPort,
  type FirmwarePort,
  type PatchInstallerPort,
  type PatchRepositoryPort,
  printable,
} from '@ewon-agent/contracts';
import type { ProxyOf } from '../adapters/account-way.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { PatchTarget } from '../shell/patch.ts';

// Loaded when there are patches: the repository, the installers, and what says that the machine is at work.

type Busy = NonNullable<AgentConfig['patch']['busy']>;

/** Says what is at work, in words; undefined when nothing is. What cannot be read counts as at work. */
export async function whatIsBusy({ file, input, tag }: Busy, firmware: FirmwarePort): Promise<string | undefined> {
  if (file !== undefined && existsSync(file)) return `there is a file ${file}`;
  if (input !== undefined) {
    const value = firstOf(input);
    if (value !== '0') return value === undefined ? `${input} cannot be read` : `${input} is ${printable(value)}`;
  }
  if (tag === undefined) return undefined;
  const tags = await firmware.tags?.();
  const found = tags?.ok ? tags.value.find((one) => one.tag === tag) : undefined;
  if (!found) return `tag ${tag} cannot be read`;
  return Number(found.value) === 0 ? undefined : `tag ${tag} is ${printable(String(found.value), 20)}`;
}

function firstOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim().slice(0, 1);
  } catch {
    return undefined; // not there: told as such
  }
}

/** The repository of an account, and the tree on a medium where one is named. */
export async function openRepository(
  _config: AgentConfig,
  _target: PatchTarget,
  _parts: { readonly clock: ClockPort; readonly proxyOf: ProxyOf },
): Promise<PatchRepositoryPort> {
  throw new Error('not yet');
}

/** Removes what was downloaded of all but these. */
export async function keepDownloads(_stateDir: string, _sha256s: readonly string[]): Promise<void> {}

/** What can be installed on this board. */
export async function openInstallers(_config: AgentConfig): Promise<readonly PatchInstallerPort[]> {
  return [];
}
