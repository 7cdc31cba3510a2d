import {
  type EwonIdentity,
  err,
  type Fault,
  KIB,
  MINUTE_MS,
  type Millis,
  ok,
  type Result,
  SECOND_MS,
} from '@ewon-agent/contracts';
import type { EwonFiles } from '@ewon-agent/firmware-bridge/adapters/ewon-ftp';
import { awaitAnswer, awaitRestart, beginRestart } from '@ewon-agent/firmware-bridge/adapters/ewon-restart';
import type { EwonWeb } from '@ewon-agent/firmware-bridge/adapters/ewon-web';
import type { Restart } from '@ewon-agent/firmware-bridge/core/restart';
import { RESTART_PATH } from '@ewon-agent/firmware-bridge/core/web-requests';
import type { EwonNow, InstallEvent } from '../core/firmware-install.ts';

/** The Ewon as an installation asks it, and how long it waits. */
export type InstallEwon = { readonly web: EwonWeb; readonly files: EwonFiles; readonly limits: InstallLimits };

export type InstallLimits = {
  /** For each step in which nothing moves. */
  readonly stepMs: Millis;
  /** From the last byte of firmware until the Ewon goes away: it checks the file first. */
  readonly checkMs: Millis;
  /** From an order to restart until it goes away; some seconds are usual. */
  readonly beginsMs: Millis;
  /** Until it is back with a new firmware; 2.5 min are usual (AUG-0062-00 §4). */
  readonly firmwareMs: Millis;
  /** Until it is back from a plain restart. */
  readonly restartMs: Millis;
  /** For a whole file; 40 MiB at 32 KiB/s take twenty minutes. */
  readonly fileMs: Millis;
  readonly lookEveryMs: Millis;
};

export const INSTALL_LIMITS: InstallLimits = {
  stepMs: 10 * SECOND_MS,
  checkMs: 2 * MINUTE_MS,
  beginsMs: 30 * SECOND_MS,
  firmwareMs: 10 * MINUTE_MS,
  restartMs: 5 * MINUTE_MS,
  fileMs: 30 * MINUTE_MS,
  lookEveryMs: SECOND_MS,
};

/** Settings are some KiB; what the user keeps in /usr makes backup.tar tens of MiB. */
const FILE_MAX_BYTES = 64 * 1024 * KIB;

/** What matters of who the Ewon is. */
export function ewonNow({ firmware, serial }: EwonIdentity): EwonNow {
  return { version: firmware, productCode: serial.slice(-2), serial };
}

/** Reads a file of the Ewon. Codes: those of EwonFiles. */
export function readFile({ files, limits }: InstallEwon, name: string): Promise<Result<Uint8Array>> {
  return files.read(name, { maxBytes: FILE_MAX_BYTES, wholeMs: limits.fileMs });
}

/** Reads a file that not every Ewon has; undefined where it does not show it. */
export async function readIfShown(ewon: InstallEwon, name: string): Promise<Result<Uint8Array | undefined>> {
  const read = await readFile(ewon, name);
  return read.ok || !isNotShown(read.fault) ? read : ok(undefined);
}

export async function writeFile(
  { files, limits }: InstallEwon,
  name: string,
  bytes: Uint8Array,
): Promise<Result<void>> {
  return files.write(name, onePiece(bytes), { wholeMs: limits.fileMs });
}

/** Deletes a file, where there is one. */
export async function removeFile({ files, limits }: InstallEwon, name: string): Promise<Result<void>> {
  const removed = await files.remove(name, { wholeMs: limits.fileMs });
  return removed.ok || !isNotShown(removed.fault) ? removed : ok(undefined);
}

export function renameFile({ files, limits }: InstallEwon, name: string, to: string): Promise<Result<void>> {
  return files.rename(name, to, { wholeMs: limits.fileMs, stepMs: limits.checkMs });
}

/** Restarts the Ewon and waits until it is back. Codes: EWON_TIMED_OUT (it is not), EWON_DECLINED, those of EwonWeb. */
export async function restart(ewon: InstallEwon): Promise<Result<EwonIdentity>> {
  const { web, limits } = ewon;
  const begun = await beginRestart(web, limits.stepMs);
  const asked = await web.ask({ path: RESTART_PATH, maxBytes: FILE_MAX_BYTES, timeoutMs: limits.stepMs });
  // one that restarts at once does not answer any more
  if (!asked.ok && !isSilence(asked.fault)) return asked;
  return awaitRestart(web, begun, { ...limits, wholeMs: limits.restartMs });
}

/** Waits for the restart that a firmware causes. */
export async function awaitFirmware({ web, limits }: InstallEwon, begun: Restart): Promise<InstallEvent> {
  const back = await awaitRestart(web, begun, { ...limits, beginsMs: limits.checkMs, wholeMs: limits.firmwareMs });
  if (back.ok) return { on: 'back', now: ewonNow(back.value) };
  const { code, detail } = back.fault;
  return code === 'EWON_TIMED_OUT' ? { on: 'gone', detail } : { on: 'stayed', detail };
}

/** Waits for a restart that somebody may have caused, of which nothing is known. */
export async function awaitPending(ewon: InstallEwon, why: 'order' | 'firmware'): Promise<InstallEvent> {
  const { web, limits } = ewon;
  const begun = await beginRestart(web, limits.stepMs);
  const checkMs = why === 'firmware' ? limits.checkMs : limits.beginsMs;
  return awaitFirmware({ ...ewon, limits: { ...limits, checkMs } }, begun);
}

/** Waits until it answers, as it may be restarting with a new firmware. */
export async function awaitEwon({ web, limits }: InstallEwon): Promise<InstallEvent> {
  const answer = await awaitAnswer(web, { ...limits, wholeMs: limits.firmwareMs });
  if (!answer.ok) return { on: 'gone', detail: answer.fault.detail };
  return { on: 'answered', now: ewonNow(answer.value.identity), was: answer.value.was };
}

/** Tells whether an answer that is missing may be that of an Ewon which has gone to restart. */
export function isSilence({ code }: Fault): boolean {
  return code === 'EWON_UNREACHABLE' || code === 'EWON_TIMED_OUT';
}

/** A restart from which it is not back is its own thing to happen; all else has failed. */
export function notRestarted({ code, detail, cause }: Fault): InstallEvent {
  return code === 'EWON_TIMED_OUT' ? { on: 'gone', detail } : { on: 'failed', fault: err(code, detail, cause).fault };
}

function isNotShown({ code }: Fault): boolean {
  return code === 'EWON_FILE_MISSING' || code === 'EWON_DECLINED';
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
