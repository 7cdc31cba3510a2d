import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { err, grkIdOf, ok, type Result } from '@ewon-agent/contracts';
import { readCsv } from '../adapters/rows-csv-parse.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../core/exit-status.ts';
import { planExport, planSignedExport } from '../core/export-plan.ts';
import { type FleetRow, type RowFault, readFleet } from '../core/fleet.ts';
import { parseSize } from '../core/image-size.ts';
import { errnoOf } from '../volume/errno.ts';
import { type IfThere, isFree, makeFilledImage } from '../volume/make-image.ts';
import { type Form, sayFault } from './answer.ts';
import type { Io } from './io.ts';
import { readKeyFile } from './key-file.ts';
import { type KeySource, type Taken, takeKey } from './key-source.ts';
import { progressOn } from './progress.ts';
import { type MadeImage, sayFleet } from './say-fleet.ts';

export type FleetRequest = {
  /** The list, and the directory that the images go to; it is made where it is missing. */
  readonly csv: string;
  readonly out: string;
  readonly size: string;
  /** Undefined: each row names its key file. */
  readonly source: KeySource | undefined;
  readonly ifThere: IfThere;
};

/**
 * `sdcard make-image --csv`: makes one card image for each row of a list. All rows are judged first, with their key files and places: when
 * one of them cannot become a card, nothing is made. What fails later ends the work, and the image that failed is not there.
 */
export async function makeFleet(io: Io, request: FleetRequest, form: Form): Promise<ExitStatus> {
  const sizeBytes = parseSize(request.size);
  if (!sizeBytes.ok) return sayFault(io, form, sizeBytes.fault);
  const listed = await readCsv(request.csv);
  const fleet = listed.ok ? readFleet(listed.value, defaultsOf(request.source)) : listed;
  if (!fleet.ok) return sayFault(io, form, fleet.fault);
  const keys = await keysOf(io, request, fleet.value.rows);
  if (!keys.ok) return sayFault(io, form, keys.fault);
  const faults = [...fleet.value.faults, ...keys.value.faults].sort((a, b) => a.line - b.line);
  if (faults.length > 0) {
    sayFleet(io, form, { outcome: 'FLEET_REFUSED', out: request.out, made: [], faults });
    return EXIT.refused;
  }
  const ready = await makeDirectory(request.out);
  if (!ready.ok) return sayFault(io, form, ready.fault);
  const progress = progressOn(io, form, 'making images');
  const made: MadeImage[] = [];
  for (const { row, take } of keys.value.jobs) {
    const image = await makeOne(join(request.out, row.file), {
      sizeBytes: sizeBytes.value,
      ifThere: request.ifThere,
      row,
      take,
    });
    if (!image.ok) {
      const failed = [{ line: row.line, fault: image.fault }];
      sayFleet(io, form, { outcome: 'FLEET_INCOMPLETE', out: request.out, made, faults: failed });
      return exitStatusOf(image.fault.code);
    }
    made.push(image.value);
    progress({ done: made.length, total: keys.value.jobs.length });
  }
  sayFleet(io, form, { outcome: 'FLEET_MADE', out: request.out, made, faults: [] });
  return EXIT.usable;
}

function defaultsOf(source: KeySource | undefined) {
  const none = { receipt: false, wipe: false };
  if (source === undefined) return { from: 'rows', wishes: none } as const;
  return source.from === 'account'
    ? ({ from: 'account', wishes: source.wishes } as const)
    : ({ from: 'keyFile', wishes: none } as const);
}

/** A row, and how its key is had when its turn comes. */
type Job = { readonly row: FleetRow; readonly take: () => Promise<Result<Taken>> };
type Jobs = { readonly jobs: readonly Job[]; readonly faults: readonly RowFault[] };

/** Reads all key files, and looks whether each image may be made: what is wrong there is known before the first image. */
async function keysOf(io: Io, request: FleetRequest, rows: readonly FleetRow[]): Promise<Result<Jobs>> {
  const { source } = request;
  const common = source?.from === 'file' ? await readKeyFile(source.keyFile, io.stdin) : undefined;
  if (common?.ok === false) return common;
  const jobs: Job[] = [];
  const faults: RowFault[] = [];
  for (const row of rows) {
    const { line, note } = row;
    const free = await isFree(join(request.out, row.file), request.ifThere);
    const own =
      row.keyFile === undefined ? common : await readKeyFile(resolve(dirname(request.csv), row.keyFile), io.stdin);
    const fault = !free.ok ? free.fault : own?.ok === false ? own.fault : undefined;
    if (fault) faults.push({ line, fault });
    else if (own?.ok) jobs.push({ row, take: async () => ok({ grk: own.value, note }) });
    else if (source?.from === 'account')
      jobs.push({ row, take: () => takeKey(quietly(io), sourceOf(source, row), note) });
    else throw new Error('this is a bug: a row without a key was taken for sound');
  }
  return ok({ jobs, faults });
}

function sourceOf(source: Extract<KeySource, { from: 'account' }>, { keyId, wishes }: FleetRow): KeySource {
  return { ...source, wishes, ...(keyId !== undefined && { keyId }) };
}

/** A thousand cards are not told one by one. */
function quietly(io: Io): Io {
  return { ...io, stderr: () => {} };
}

type One = Job & { readonly sizeBytes: number; readonly ifThere: IfThere };

async function makeOne(path: string, { row, take, sizeBytes, ifThere }: One): Promise<Result<MadeImage>> {
  const taken = await take();
  if (!taken.ok) return taken;
  const blank = ok({ otherFiles: [] });
  const signed = 'manifest' in taken.value ? taken.value : undefined;
  const plan = signed ? planSignedExport(blank, signed, 'refuse') : planExport(blank, taken.value, 'refuse');
  if (!plan.ok) return plan;
  const made = await makeFilledImage(path, sizeBytes, plan.value.files, ifThere);
  if (!made.ok) return made;
  const { line, file, note } = row;
  return ok({ line, file, grkId: grkIdOf(taken.value.grk), note, signed: signed ? signed.manifest.accountUrl : null });
}

async function makeDirectory(path: string): Promise<Result<void>> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 }); // what lies there registers devices
    return ok(undefined);
  } catch (error) {
    return err('TARGET_REFUSED', `${path}: ${errnoOf(error)}`, error);
  }
}
