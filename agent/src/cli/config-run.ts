import { type Code, err, type Fault, type Millis, ok, type Result, timestampOf } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import { changeSettings } from '../adapters/settings-file.ts';
import { readSettings } from '../adapters/settings-read.ts';
import { readLayers } from '../config/read-config.ts';
import type { AgentConfig } from '../config/schema.ts';
import {
  cameUp,
  confirmLeftMs,
  NO_SETTINGS,
  type SavedSettings,
  started,
  takenBack,
} from '../core/settings/settings.ts';
import { fitOf } from './config-fit.ts';
import { controlPath } from './places.ts';

// What is set at the console, as a start of the agent and a running one see it.

/** What an agent starts with. `told`: what is to be told of it first. */
export type StartConfig = { readonly config: AgentConfig; readonly told: readonly Pick<Fault, 'code' | 'detail'>[] };

/**
 * Reads the configuration for a start. A commit on trial has this start counted before it is tried; one that an agent could not start with is
 * taken back at once. What is damaged is set aside.
 * Codes: CONFIG_INVALID (the file).
 */
export async function configForStart(path: string): Promise<Result<StartConfig>> {
  const read = readLayers(path);
  if (!read.ok) return read;
  const { stateDir, saved, fault } = read.value;
  const told: Pick<Fault, 'code' | 'detail'>[] = fault ? [fault] : [];
  if (!saved) {
    changeSettings(stateDir, () => ok({ saved: NO_SETTINGS, value: undefined })); // sets it aside
    return ok({ config: read.value.config, told });
  }
  const { trial, wentBack } = saved;
  if (!trial) return ok({ config: read.value.config, told });
  // a second agent is refused further on; it is no try of the first
  if ((await askControl(controlPath(stateDir), 'status')).ok) return ok({ config: read.value.config, told });
  const fits = fault ? err('SETTINGS_UNFIT', fault.detail) : fitOf(read.value.config, process.env);
  const at = timestampOf(Date.now());
  const isLate = confirmLeftMs(saved, Date.now()) === 0;
  const counted = change(stateDir, (now) => {
    if (isLate) return takenBack(now, at, 'SETTINGS_UNCONFIRMED');
    return fits.ok ? started(now, at) : takenBack(now, at, fits.fault.code);
  });
  // where it cannot be counted it is not tried either: nobody would end it
  if (!counted.ok) return ok({ config: read.value.config, told: [...told, counted.fault] });
  const again = readLayers(path);
  if (!again.ok) return again;
  const gone = counted.value.wentBack;
  const news = gone && gone.at !== wentBack?.at ? [wentBackFact(counted.value)] : [];
  return ok({ config: again.value.config, told: [...(again.value.fault ? [again.value.fault] : []), ...news] });
}

/** The agent could not be started. @returns whether something was taken back, so that it is worth another try */
export function startFailed({ stateDir }: AgentConfig, code: Code): boolean {
  const done = changeSettings(stateDir, (saved) =>
    ok({ saved: takenBack(saved, timestampOf(Date.now()), code), value: saved.trial !== undefined }),
  );
  return done.ok && done.value;
}

/** What runs was started with, or has taken, what is set. @returns what is saved then */
export function settingsCameUp(stateDir: string): Result<SavedSettings> {
  return change(stateDir, cameUp);
}

/** The time to confirm is over. @returns whether something was taken back */
export function settingsTimedOut(stateDir: string, n: number): Result<SavedSettings | undefined> {
  return changeSettings(stateDir, (saved) => {
    const isOver = saved.trial?.until === 'confirmed' && saved.commits[0]?.n === n;
    const next = isOver ? takenBack(saved, timestampOf(Date.now()), 'SETTINGS_UNCONFIRMED') : saved;
    return ok({ saved: next, value: isOver ? next : undefined });
  });
}

/** The commit that waits to be confirmed, and how long for. */
export function waitingCommit(saved: SavedSettings): { readonly n: number; readonly leftMs: Millis } | undefined {
  const leftMs = confirmLeftMs(saved, Date.now());
  return leftMs === undefined ? undefined : { n: saved.commits[0]?.n ?? 0, leftMs };
}

/** The commit that was just given; undefined where none was: one was taken back. */
export function committedFact(stateDir: string): string | undefined {
  const read = readSettings(stateDir);
  if (!read.ok || !read.value.trial) return undefined;
  const [newest] = read.value.commits;
  return newest && `commit ${newest.n}, by ${newest.by}`;
}

export function wentBackFact({ wentBack }: SavedSettings): Pick<Fault, 'code' | 'detail'> {
  const { from = 0, to = 0, why = '' } = wentBack ?? {};
  return { code: 'SETTINGS_WENT_BACK', detail: `commit ${from} to ${to === 0 ? 'the file alone' : to}: ${why}` };
}

/** What a running agent takes without a new start is left out of the comparison. */
export function needsRestart(runs: AgentConfig, wanted: AgentConfig): boolean {
  const rest = ({ log: _, GeolocEnable: __, RemoteManagementEnable: ___, ...others }: AgentConfig) =>
    JSON.stringify(others);
  return rest(runs) !== rest(wanted);
}

function change(stateDir: string, step: (saved: SavedSettings) => SavedSettings): Result<SavedSettings> {
  return changeSettings(stateDir, (saved) => {
    const next = step(saved);
    return ok({ saved: next, value: next });
  });
}
