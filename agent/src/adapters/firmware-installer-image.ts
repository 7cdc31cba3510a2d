import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { err, type Patch, type Result } from '@ewon-agent/contracts';
import { beginRestart } from '@ewon-agent/firmware-bridge/adapters/ewon-restart';
import type { InstallEvent } from '../core/firmware-install.ts';
import type { HandingWay } from '../core/firmware-install-saved.ts';
import { awaitFirmware, type InstallEwon, isSilence, removeFile, renameFile } from './firmware-installer-ewon.ts';

/** Where the firmware lies while it is sent: it is none of firmware there, so half of it does no harm. */
export const BESIDE = '/usr/ewonfwr.part';

/** A file that was downloaded, and what it must be. */
export type Image = { readonly file: string; readonly signed: Pick<Patch, 'sha256' | 'length'> };

/** Tells whether the file is still what was signed. */
export async function isAsSigned(image: Image): Promise<boolean> {
  try {
    for await (const _ of piecesOf(image));
    return true;
  } catch {
    return false; // not there, not to be read, or other bytes: not what was signed in any case
  }
}

/** Sends the firmware to where it does nothing yet, and looks whether all of it is there. */
export async function send({ files, limits }: InstallEwon, image: Image): Promise<InstallEvent> {
  const written = await files.write(BESIDE, piecesOf(image), { wholeMs: limits.fileMs });
  if (!written.ok) return { on: 'failed', fault: written.fault };
  const size = await files.size(BESIDE, { wholeMs: limits.fileMs }); // not every server tells it
  if (!size.ok || size.value === image.signed.length) return { on: 'sent' };
  const { fault } = err('EWON_NOT_TAKEN', `${size.value} of ${image.signed.length} bytes of the firmware are there`);
  return { on: 'failed', fault };
}

type Handing = { readonly way: HandingWay; readonly name: string };

/** Makes it firmware, and waits for the restart that this causes. */
export async function hand(ewon: InstallEwon, image: Image, handing: Handing): Promise<InstallEvent> {
  const begun = await beginRestart(ewon.web, ewon.limits.stepMs);
  const given = handing.way === 'rename' ? await renamed(ewon, handing) : await written(ewon, image, handing);
  // an Ewon that restarts for its new firmware may hang up before it has said that it took it
  if (!given.ok && !isSilence(given.fault)) return { on: 'failed', fault: given.fault };
  const came = await awaitFirmware(ewon, begun);
  return came.on === 'stayed' && !given.ok ? { on: 'failed', fault: given.fault } : came;
}

function renamed(ewon: InstallEwon, { name }: Handing): Promise<Result<void>> {
  return renameFile(ewon, BESIDE, `/${name}`);
}

async function written(ewon: InstallEwon, image: Image, { name }: Handing): Promise<Result<void>> {
  const { files, limits } = ewon;
  const removed = await removeFile(ewon, BESIDE); // it needs the room
  if (!removed.ok) return removed;
  if (!(await isAsSigned(image))) return err('LOCAL_FILE_BAD', `${image.file} is not what was signed any more`);
  const stepMs = Math.max(limits.stepMs, limits.checkMs);
  return files.write(`/${name}`, piecesOf(image), { wholeMs: limits.fileMs, stepMs });
}

/** Breaks off where the bytes are not those that were signed, before the last of them. */
async function* piecesOf({ file, signed }: Image): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  let sizeBytes = 0;
  for await (const piece of createReadStream(file) as AsyncIterable<Uint8Array>) {
    if (held) yield held;
    held = piece;
    sizeBytes += piece.length;
    hash.update(piece);
  }
  if (sizeBytes !== signed.length || hash.digest('hex') !== signed.sha256)
    throw new Error(`${file} is not what was signed any more`);
  if (held) yield held;
}
