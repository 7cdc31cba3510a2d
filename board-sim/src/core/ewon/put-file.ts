import type { Millis } from '@ewon-agent/contracts';
import { writeComcfg } from './comcfg-write.ts';
import { writeConfig } from './config-write.ts';
import { EVENT_IDS, transition, withEvent } from './ewon-machine.ts';
import { type EwonState, freeBytes } from './ewon-state.ts';
import { withFactorySettings } from './factory-reset.ts';
import { FIRMWARE_FILES, firmwareVerdict } from './firmware-rules.ts';
import { interrupterOf } from './java-program.ts';
import { latin1Text } from './latin1.ts';
import { filesInTar } from './tar.ts';

/** What became of a file that was put: the Ewon after it, and why it was refused. */
export type PutOutcome = { readonly state: EwonState; readonly refused?: string };

/** Files that only a user with all rights sees (RG-001 v1.5 §7.1); for others everything is read-only. */
export const CONFIGURATION_FILES: ReadonlySet<string> = new Set([
  '/program.bas',
  '/config.txt',
  '/backup.tar',
  ...FIRMWARE_FILES,
]);

/** Tells whether a file of that path may be put at all; what it says may still be refused. */
export function mayPut(path: string): boolean {
  const name = path.toLowerCase();
  return path.startsWith('/usr/') || TAKES[name] !== undefined || FIRMWARE_FILES.has(name);
}

/** Takes a file that was put, and does what the Ewon does with a file of that name. */
export function putFile(state: EwonState, path: string, bytes: Uint8Array, atMs: Millis): PutOutcome {
  const name = path.toLowerCase();
  if (path.startsWith('/usr/')) return { state: { ...state, userFiles: new Map(state.userFiles).set(path, bytes) } };
  if (FIRMWARE_FILES.has(name)) return firmwarePut(state, name, bytes, atMs);
  return TAKES[name]?.(state, bytes, atMs) ?? { state, refused: 'Permission denied' };
}

/** Deletes a file below /usr. @returns undefined when there is none */
export function withoutFile(state: EwonState, path: string): EwonState | undefined {
  const userFiles = new Map(state.userFiles);
  return userFiles.delete(path) ? { ...state, userFiles } : undefined;
}

/** How much a file of that path may have: the room on the disk, and what the one that it replaces takes. */
export function roomFor(state: EwonState, path: string): number {
  return freeBytes(state) + (state.userFiles.get(path)?.length ?? 0);
}

const TAKES: Readonly<Record<string, (state: EwonState, bytes: Uint8Array, atMs: Millis) => PutOutcome>> = {
  '/comcfg.txt': (state, bytes, atMs) => ({ state: writeComcfg(state, latin1Text(bytes), atMs) }),
  '/config.txt': (state, bytes, atMs) => ({ state: writeConfig(state, latin1Text(bytes), atMs) }),
  '/program.bas': (state, bytes) => ({ state: { ...state, program: latin1Text(bytes) } }),
  // runs once and is gone (RG-001 v1.5 §7.1); the simulated Ewon has no BASIC
  '/remote.bas': (state, bytes) => ({
    state,
    ...(bytes.length > 3000 && { refused: 'remote.bas is longer than 3000 bytes' }),
  }),
  '/backup.tar': restored,
};

/** A backup may be partial, and the Ewon is erased first all the same (AUG-0062-00 §5). */
function restored(state: EwonState, bytes: Uint8Array, atMs: Millis): PutOutcome {
  const files = filesInTar(bytes);
  if (!files) {
    const text = 'bkz-backup.tar is corrupt';
    return {
      state: withEvent(state, { atMs, text, origin: 'backup', id: EVENT_IDS.backupBad }),
      refused: 'backup.tar is corrupt',
    };
  }
  let after = withFactorySettings(state, 2);
  for (const [name, content] of files) after = TAKES[`/${name.toLowerCase()}`]?.(after, content, atMs).state ?? after;
  const text = 'bkz-Successfully load file (backup.tar)';
  return { state: withEvent(after, { atMs, text, origin: 'backup', id: EVENT_IDS.restored }) };
}

/**
 * Firmware that it takes makes it reboot by itself. What it declines it has taken all the same: the transfer succeeds, and
 * nothing but an event and the missing reboot tell of it (flexy-cumulocity-connector, downloadFirmwareFile). A Java program that
 * watches, or is started again, interrupts the installation: the Ewon reboots with what it had.
 */
function firmwarePut(state: EwonState, path: string, bytes: Uint8Array, atMs: Millis): PutOutcome {
  const verdict = firmwareVerdict(state.device, path, bytes);
  if ('declined' in verdict) {
    const text = `fwr-Firmware declined: ${verdict.declined}`;
    return { state: withEvent(state, { atMs, text, origin: 'fwr', id: EVENT_IDS.firmwareDeclined }) };
  }
  const { installs: version, erases } = verdict;
  const text = `fwr-Firmware ${version} taken`;
  const taken = withEvent(state, { atMs, text, origin: 'fwr', id: EVENT_IDS.firmwareTaken });
  const interrupted = interrupterOf(state.javaRuns);
  if (interrupted) return { state: transition(taken, { on: 'rebootAsked', atMs, reason: interrupted }) };
  const pending: EwonState = { ...taken, pendingFirmware: { version, erases } };
  return { state: transition(pending, { on: 'rebootAsked', atMs, reason: 'Firmware upgrade' }) };
}
