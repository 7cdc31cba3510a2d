import { CODES, type Code, describeFault, err, printable } from '@ewon-agent/contracts';
import { type DriveNames, namesByDrivelist } from '../adapters/drive-names-drivelist.ts';
import { readMachine } from '../adapters/machine-sysfs.ts';
import { type DriveVerdict, judgeDrives } from '../core/drive-verdict.ts';
import { EXIT, type ExitStatus } from '../core/exit-status.ts';
import { type Form, json, sayFault } from './answer.ts';
import type { Io } from './io.ts';

/** `sdcard list`: every drive of this machine, whether it can take a card, and if not why. */
export async function listDrives(io: Io, form: Form): Promise<ExitStatus> {
  return sayDrives(io, form, judgeDrives(await readMachine()), await namesByDrivelist());
}

/**
 * Says what was found of the drives.
 * @returns 0 when one can take a card, 3 when none can (DRIVE_NONE)
 */
export function sayDrives(
  io: Io,
  form: Form,
  verdicts: readonly DriveVerdict[],
  names: DriveNames | undefined,
): ExitStatus {
  const drives = verdicts.map(({ disk, verdict }) => {
    const path = `/dev/${disk.name.replaceAll('!', '/')}`; // as cciss!c0d0
    const fault = verdict.ok ? undefined : verdict.fault;
    const outcome: Code = fault ? fault.code : 'DRIVE_USABLE';
    return {
      ...{ path, sizeBytes: disk.sizeBytes, description: names?.get(path) || disk.description },
      ...{ outcome, ...(fault && { detail: fault.detail, next: CODES[fault.code].next }) },
    };
  });
  const usable = drives.some(({ outcome }) => outcome === 'DRIVE_USABLE');
  if (form === 'json') {
    const outcome: Code = usable ? 'DRIVE_USABLE' : 'DRIVE_NONE';
    const namedBy = names ? 'drivelist' : 'sysfs';
    io.stdout(json({ outcome, drives, namedBy, ...(!usable && { next: CODES.DRIVE_NONE.next }) }));
    return usable ? EXIT.usable : EXIT.refused;
  }
  io.stdout(table(drives));
  return usable ? EXIT.usable : sayFault(io, form, err('DRIVE_NONE').fault);
}

type Line = { readonly path: string; readonly sizeBytes: number; readonly description: string } & {
  readonly outcome: Code;
  readonly detail?: string;
};

function table(drives: readonly Line[]): string {
  const rows = drives.map(({ path, sizeBytes, description, outcome, detail }) => [
    printable(path),
    sizeText(sizeBytes),
    printable(description, 40) || '-',
    // the next step is said once, by DRIVE_NONE or by the command that is refused
    describeFault({ code: outcome, ...(detail && { detail }) }).replace(` ${CODES[outcome].next}`, ''),
  ]);
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`).join('');
}

/** Drives are sold by powers of 1000. */
function sizeText(sizeBytes: number): string {
  if (sizeBytes >= 1e9) return `${(sizeBytes / 1e9).toFixed(1)} GB`;
  return sizeBytes === 0 ? '-' : `${Math.max(Math.round(sizeBytes / 1e6), 1)} MB`;
}
