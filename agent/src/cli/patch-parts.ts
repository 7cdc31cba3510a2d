import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ClockPort,
  type Code,
  type Fault,
  type FirmwarePort,
  type PatchInstallerPort,
  type PatchRepositoryPort,
  printable,
} from '@ewon-agent/contracts';
import type { ProxyOf } from '../adapters/account-way.ts';
import { youngGarbageCollector } from '../adapters/collect-garbage.ts';
import { directoryTufSource } from '../adapters/tuf-directory.ts';
import { httpTufSource } from '../adapters/tuf-http.ts';
import { createTufRepository, trustedMetadata } from '../adapters/tuf-repository.ts';
import type { TufSource } from '../adapters/tuf-source.ts';
import type { AgentConfig } from '../config/schema.ts';
import type { PatchTarget } from '../shell/patch.ts';
import { AGENT_VERSION } from '../version.ts';
import { patchDir, sentPatches } from './places.ts';

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

type RepositoryParts = {
  readonly clock: ClockPort;
  readonly proxyOf: ProxyOf;
  readonly report: (fault: Fault) => void;
};

/** The repository of an account, the tree on a medium where one is named, and one that was sent over a console. What is trusted ends with the link. */
export async function openRepository(
  { stateDir, patch }: AgentConfig,
  target: PatchTarget,
  { clock, proxyOf, report }: RepositoryParts,
): Promise<PatchRepositoryPort> {
  const { root, rateBytesPerSecond, directory } = patch;
  const trusts = join(patchDir(stateDir), 'trust');
  mkdirSync(trusts, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(trusts))
    if (name !== target.deviceId) rmSync(join(trusts, name), { recursive: true, force: true });
  const over = (source: TufSource) =>
    createTufRepository({
      ...{ dir: join(trusts, target.deviceId), downloads: downloadsIn(stateDir), source, clock, tell: report },
      collectGarbage: youngGarbageCollector(),
      anchor: () =>
        (root === undefined ? target.patchRoot && { sha256: target.patchRoot } : { file: root }) || undefined,
      ...(rateBytesPerSecond !== undefined && { rateBytesPerSecond }),
    });
  const base = new URL(REPOSITORY_PATH, target.url).href;
  const account = over(httpTufSource({ base, ca: target.ca, clock, proxyOf }));
  const sent = over(directoryTufSource(sentPatches(stateDir)));
  const medium = directory === undefined ? sent : eitherRepository(over(directoryTufSource(directory)), sent);
  return eitherRepository(account, medium);
}

/** Where an account serves its repository. */
const REPOSITORY_PATH = '/aspu/';

/** No medium is there; or one that was written before the account was seen last, which is no attack, and is not taken. */
const NOTHING_NEW: ReadonlySet<Code> = new Set<Code>(['TUF_UNREACHABLE', 'TUF_NO_ROOT', 'TUF_ROLLBACK']);

/** The second one counts while the first cannot be reached; a patch comes from the one that was read last. */
export function eitherRepository(first: PatchRepositoryPort, second: PatchRepositoryPort): PatchRepositoryPort {
  let read = first;
  return {
    async refresh(signal) {
      const done = await first.refresh(signal);
      read = first;
      if (done.ok || done.fault.code !== 'TUF_UNREACHABLE') return done;
      const there = await second.refresh(signal);
      // without a medium it is the way that is told about
      if (!there.ok && NOTHING_NEW.has(there.fault.code)) return done;
      read = second;
      return there;
    },
    download: (patch, watch) => read.download(patch, watch),
    keepOnly: (sha256s) => first.keepOnly(sha256s),
  };
}

/** Removes what was downloaded of all but these. */
export async function keepDownloads(stateDir: string, sha256s: readonly string[]): Promise<void> {
  const dir = downloadsIn(stateDir);
  const kept = new Set(sha256s.flatMap((sha256) => [sha256, `${sha256}.part`]));
  for (const name of existsSync(dir) ? readdirSync(dir) : [])
    if (!kept.has(name)) rmSync(join(dir, name), { force: true });
}

function downloadsIn(stateDir: string): string {
  return join(patchDir(stateDir), 'downloads');
}

/** What can be installed on this board. */
export async function openInstallers(
  { firmware, stateDir }: AgentConfig,
  clock: ClockPort,
): Promise<readonly PatchInstallerPort[]> {
  const [{ createFirmwareInstaller }, { createAgentInstaller }, { versionPlaces }] = await Promise.all([
    import('../adapters/firmware-installer.ts'),
    import('../adapters/agent-installer.ts'),
    import('../adapters/version-places.ts'),
  ]);
  const dir = patchDir(stateDir);
  const own = createAgentInstaller({
    ...{ places: versionPlaces(), noteFile: join(dir, 'version.json'), version: AGENT_VERSION, clock },
    ...{ arch: ARCHITECTURES[process.arch] ?? process.arch, metadata: () => trustedFiles(stateDir) },
  });
  return 'url' in firmware ? [createFirmwareInstaller({ ...firmware, dir: join(dir, 'firmware') }), own] : [own];
}

/** Processors in Debian's words. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** What is trusted of the repository of the account that this Ewon is linked to: there is one at most. */
function trustedFiles(stateDir: string): Readonly<Record<string, string>> {
  const trusts = join(patchDir(stateDir), 'trust');
  const [dir] = existsSync(trusts) ? readdirSync(trusts) : [];
  return dir === undefined ? {} : trustedMetadata(join(trusts, dir));
}
