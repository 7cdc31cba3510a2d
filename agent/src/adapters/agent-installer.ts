import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClockPort,
  CODES,
  type Code,
  err,
  jsonReader,
  MINUTE_MS,
  ok,
  type Patch,
  type PatchInstallerPort,
  type Result,
  SECOND_MS,
  toUtf8,
} from '@ewon-agent/contracts';
import { type InstallOrder, ORDER_FILES, readVerdict, VERDICT_FILE } from '../core/version-orders.ts';
import { type Outcome, outcomeOf } from '../core/version-outcome.ts';
import { putOrder, versionsOfRoot } from './agent-orders.ts';
import { readIfThere, writeDurably } from './durable-file.ts';
import type { VersionPlaces } from './version-places.ts';
import { inodeOf, watchDirectories } from './watch-directories.ts';

export type AgentInstallerOptions = {
  readonly places: VersionPlaces;
  /** A file of the agent: which order is under way. */
  readonly noteFile: string;
  /** What runs. */
  readonly version: string;
  /** Processor in Debian's words. */
  readonly arch: string;
  /** The files of the repository that are trusted, by name; all roots since the first, as `2.root.json`, as far as they are known. */
  readonly metadata: () => Readonly<Record<string, string>>;
  readonly clock: ClockPort;
};

type Note = { readonly id: string; readonly sha256: string };

/** A unit that is not masked takes an order within seconds, on a board that is busy as well. */
const TAKEN_MS = MINUTE_MS;
/** Longer than systemd lets the unit work. */
const ANSWERED_MS = 4 * MINUTE_MS;
/** What no watch tells is seen then. */
const ROUND_MS = SECOND_MS;

/**
 * Installs the agent itself. It may not write what it runs: it puts the patch and an order where a unit of root looks, which verifies
 * again, and starts this agent again (docs/decisions/0041-agent-versions.md).
 *
 * Codes beside those of the port: PATCH_NOT_SUPPORTED (nobody takes orders), PATCH_NOT_BLESSED, PATCH_ARCHIVE_BAD, and those of TUF_.
 */
export function createAgentInstaller(options: AgentInstallerOptions): PatchInstallerPort {
  const { places, noteFile, version, arch } = options;
  const forget = () => rmSync(noteFile, { force: true });

  async function install(
    patch: Patch,
    file: string,
    told: (step: string) => void,
  ): ReturnType<PatchInstallerPort['install']> {
    const noted = readNote(readIfThere(noteFile));
    const wanted = { version: patch.custom.version };
    if (noted?.sha256 === patch.sha256) {
      const went = await settled(options, { ...wanted, id: noted.id }, told);
      if (went.at === 'waiting') return ok({ restart: true });
      if (went.at !== 'unknown') forget();
      if (went.at === 'blessed') return ok({ version });
      if (went.at === 'ended') return { ok: false, fault: went.fault };
    }
    if (version === patch.custom.version) return ok({ version });
    if (!existsSync(places.ordersDir)) return err('PATCH_NOT_SUPPORTED', `there is no ${places.ordersDir}`);
    const id = randomBytes(16).toString('hex');
    writeDurably(noteFile, JSON.stringify({ id, sha256: patch.sha256 } satisfies Note));
    told('hands the new version to the unit of root');
    const target = join(places.ordersDir, ORDER_FILES.target);
    rmSync(target, { force: true });
    await copyFile(file, target);
    await chmod(target, 0o640); // the agent's umask keeps its group out
    putOrder(places, ORDER_FILES.install, {
      id,
      path: patch.path,
      metadata: options.metadata(),
    } satisfies InstallOrder);
    const answer = await verdictOn(id, options);
    if (answer.ok) return ok({ restart: true });
    forget();
    for (const name of [ORDER_FILES.install, ORDER_FILES.target]) rmSync(join(places.ordersDir, name), { force: true });
    return answer;
  }

  return {
    kind: 'agent',
    present: async () => ok({ version, productCode: arch }),
    async install(patch, file, told) {
      try {
        return await install(patch, file, told);
      } catch (cause) {
        forget();
        const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
        return err(why === 'ENOSPC' ? 'PATCH_NO_ROOM' : 'PATCH_FAILED', why, cause);
      }
    },
  };
}

/** How an order went. While this is the version on trial, that is known only when it was online; else it ends with this process. */
async function settled(
  { places, version, clock }: AgentInstallerOptions,
  order: { readonly id: string; readonly version: string },
  told: (step: string) => void,
): Promise<Outcome> {
  const look = (): Outcome => {
    const versions = versionsOfRoot(places);
    return versions.ok ? outcomeOf(versions.value, order, version) : { at: 'unknown' };
  };
  const first = look();
  if (first.at !== 'running') return first;
  told('proves itself');
  return until(places.versionsDir, clock, () => {
    const now = look();
    return now.at === 'running' ? undefined : now;
  });
}

async function verdictOn(id: string, { places, clock }: AgentInstallerOptions): Promise<Result<void>> {
  const beganMs = clock.monotonic();
  const order = join(places.ordersDir, ORDER_FILES.install);
  return until(places.runDir, clock, (): Result<void> | undefined => {
    const text = readIfThere(join(places.runDir, VERDICT_FILE));
    const verdict = text === undefined ? undefined : readVerdict(toUtf8(text));
    if (verdict?.ok && verdict.value.id === id) {
      const { code, detail } = verdict.value;
      return code === undefined ? ok(undefined) : err(codeOf(code), detail);
    }
    const passedMs = clock.monotonic() - beganMs;
    if (passedMs > TAKEN_MS && existsSync(order))
      return err('PATCH_NOT_SUPPORTED', 'nobody takes the order; see "systemctl status ewon-agent-switch.path"');
    return passedMs > ANSWERED_MS ? err('PATCH_FAILED', 'see "journalctl -u ewon-agent-switch"') : undefined;
  });
}

/** Resolves with the first answer that there is, as soon as something changes in a directory. */
function until<T>(dir: string, clock: ClockPort, probe: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = () => {
      try {
        const answer = probe();
        if (answer === undefined) return;
        watching.stop();
        resolve(answer);
      } catch (cause) {
        watching.stop();
        reject(cause);
      }
    };
    const watched = [{ dir, matters: () => true, version: () => inodeOf(dir) }];
    const watching = watchDirectories(watched, { clock, everyMs: ROUND_MS, wake: look });
    look();
  });
}

/** Root runs the packaged switch, which may be newer than this agent. */
function codeOf(code: string): Code {
  return Object.hasOwn(CODES, code) ? (code as Code) : 'PATCH_FAILED';
}

const readSaved = jsonReader<Note>({
  type: 'object',
  required: ['id', 'sha256'],
  properties: { id: { type: 'string', pattern: '^[0-9a-f]{32}$' }, sha256: { type: 'string' } },
});

/** One that is damaged is none: the order is put again. */
function readNote(text: string | undefined): Note | undefined {
  const read = text === undefined ? undefined : readSaved(toUtf8(text));
  return read?.ok ? read.value : undefined;
}
