import { existsSync } from 'node:fs';
import { type ClockPort, type FirmwarePort, SECOND_MS } from '@ewon-agent/contracts';
import type { ProxyOf } from '../adapters/account-way.ts';
import { readIfThere, writeDurably } from '../adapters/durable-file.ts';
import { keptAt } from '../adapters/kept-at.ts';
import { inodeOf, watchDirectories } from '../adapters/watch-directories.ts';
import type { AgentConfig } from '../config/schema.ts';
import { SWITCH_NAMES } from '../core/policy-status.ts';
import type { PatchSources } from '../shell/patch.ts';
import { AGENT_VERSION } from '../version.ts';
import { patchPath } from './places.ts';

type Parts = { readonly clock: ClockPort; readonly firmware: FirmwarePort; readonly proxyOf: ProxyOf };

/** A directory of switches that comes later, or that cannot be watched, is looked at this often. */
const SWITCH_ROUND_MS = 10 * SECOND_MS;

/** Makes what patches are brought and installed with on a real board. What that takes is loaded when there are patches. */
export function openPatch(config: AgentConfig, parts: Parts): PatchSources {
  const { patch, stateDir, board } = config;
  const path = patchPath(stateDir);
  const open = () => import('./patch-parts.ts');
  return {
    rules: { agentVersion: AGENT_VERSION, everyMs: patch.everyMs, asksBusy: patch.busy !== undefined },
    isUsed: existsSync(path),
    isRootPinned: patch.root !== undefined,
    metered: patch.metered,
    repository: async (target, report) => (await open()).openRepository(config, target, { ...parts, report }),
    keepOnly: async (sha256s) => (await open()).keepDownloads(stateDir, sha256s),
    installers: async () => (await open()).openInstallers(config, parts.clock),
    busy: async () => (await open()).whatIsBusy(patch.busy ?? {}, parts.firmware),
    watchSwitch(wake) {
      const { switchDir } = board;
      const matters = (name: string) => name === SWITCH_NAMES.remoteManagement.file;
      const watched = [{ dir: switchDir, matters, version: () => inodeOf(switchDir) }];
      return watchDirectories(watched, { clock: parts.clock, everyMs: SWITCH_ROUND_MS, wake });
    },
    load: () => readIfThere(path),
    save: (text) => keptAt(path, () => writeDurably(path, text)),
  };
}
