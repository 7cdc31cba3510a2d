import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { err, type Fault, KIB, MINUTE_MS, ok, type Result } from '@ewon-agent/contracts';
import { awaitRestart, beginRestart } from '../adapters/ewon-restart.ts';
import { parseComcfg, type SettingsFile } from '../core/comcfg.ts';
import type { Restart } from '../core/restart.ts';
import { keysNotTaken } from '../core/settings-change.ts';
import { placeOfUpload, type UploadPlace } from '../core/upload-place.ts';
import { type Ewon, type Known, readSettings, whoIsThere } from './ewon.ts';
import { EXIT, type ExitStatus, type Form, type Io, json, sayFault } from './io.ts';
import { progressOn } from './progress.ts';
import { RESTART_MAX_MS } from './reboot.ts';

/** Firmware is 20 to 40 MiB. */
const UPLOAD_MAX_BYTES = 128 * 1024 * KIB;
/** The Ewon checks a firmware file before it answers. */
const CHECK_MS = 2 * MINUTE_MS;

export type UploadRequest = {
  readonly ewon: Ewon;
  readonly path: string;
  /** Leaves to the Ewon what the name of a firmware file speaks against. */
  readonly doubts: 'refuse' | 'leave to the Ewon';
  /** backup.tar erases the Ewon first. */
  readonly erasing: 'refuse' | 'allow';
};

/** `ewon-bridge upload`: sends a file; of firmware it waits for the restart and looks what runs then. */
export async function upload(io: Io, form: Form, request: UploadRequest): Promise<ExitStatus> {
  const { ewon, path } = request;
  const size = await sizeOf(path);
  if (!size.ok) return sayFault(io, form, size.fault);
  const known = await whoIsThere(ewon);
  if (!known.ok) return sayFault(io, form, known.fault);
  const place = placeOfUpload(basename(path), { ...request, ewon: known.value.identity });
  if (!place.ok) return sayFault(io, form, place.fault);
  const settings = place.value.name === 'comcfg.txt' ? await settingsIn(path) : undefined;
  if (settings && !settings.ok) return sayFault(io, form, settings.fault);
  const begun = await beginRestart(ewon.web, ewon.stepMs);
  const sent = await send(io, form, { ...request, sizeBytes: size.value, place: place.value });
  if (!sent.ok) return sayFault(io, form, sent.fault);
  if (place.value.kind === 'firmware') return firmwareTaken(io, form, { ewon, known: known.value, begun });
  const taken = settings && (await settingsTaken(ewon, settings.value));
  if (taken && !taken.ok) return sayFault(io, form, taken.fault);
  const { serial } = known.value.identity;
  if (form === 'json') io.stdout(json({ serial, file: place.value.name, sizeBytes: size.value }));
  else io.stdout(`${serial} has ${place.value.name}, ${size.value} bytes.\n`);
  return EXIT.allRead;
}

async function sizeOf(path: string): Promise<Result<number>> {
  try {
    const { size } = await stat(path);
    if (size > 0 && size <= UPLOAD_MAX_BYTES) return ok(size);
    return err('LOCAL_FILE_BAD', `${path} has ${size} bytes; 1 to ${UPLOAD_MAX_BYTES / KIB / 1024} MiB can be sent`);
  } catch (cause) {
    return err('LOCAL_FILE_BAD', path, cause);
  }
}

async function settingsIn(path: string): Promise<Result<SettingsFile>> {
  try {
    return parseComcfg(await readFile(path));
  } catch (cause) {
    return err('LOCAL_FILE_BAD', path, cause);
  }
}

/** Reads the settings again; that the Ewon has the file does not tell that it took each line. */
async function settingsTaken(ewon: Ewon, sent: SettingsFile): Promise<Result<void>> {
  const now = await readSettings(ewon, 'comcfg.txt');
  if (!now.ok) return err(now.fault.code, `sent, but not read again: ${now.fault.detail}`, now.fault.cause);
  const there = parseComcfg(now.value);
  if (!there.ok) return there;
  const keys = keysNotTaken(sent, there.value);
  return keys.length === 0 ? ok(undefined) : err('EWON_NOT_TAKEN', keys.join(', '));
}

type Sending = UploadRequest & { readonly sizeBytes: number; readonly place: UploadPlace };

async function send(io: Io, form: Form, { ewon, path, place, sizeBytes }: Sending): Promise<Result<void>> {
  const progress = progressOn(io, form, place.name, sizeBytes);
  let sentBytes = 0;
  const onBytes = (bytes: number) => {
    sentBytes = bytes;
    progress.onBytes(bytes);
  };
  const limits = { wholeMs: 15 * MINUTE_MS, stepMs: Math.max(ewon.stepMs, CHECK_MS), onBytes };
  const written = await ewon.files.write(place.name, createReadStream(path), limits);
  progress.end();
  // an Ewon that restarts for its new firmware may hang up before it has said that it took all of it
  const gone = !written.ok && place.kind === 'firmware' && sentBytes >= sizeBytes && isSilence(written.fault);
  return gone ? ok(undefined) : written;
}

function isSilence({ code }: Fault): boolean {
  return code === 'EWON_UNREACHABLE' || code === 'EWON_TIMED_OUT';
}

type Taken = { readonly ewon: Ewon; readonly known: Known; readonly begun: Restart };

/** An Ewon restarts by itself with a firmware that it takes; one that stays has declined it (ewon-facts §4). */
async function firmwareTaken(io: Io, form: Form, { ewon, known, begun }: Taken): Promise<ExitStatus> {
  if (form === 'text') io.stderr('sent; waiting until the Ewon answers with it\n');
  const { web, stepMs } = ewon;
  const back = await awaitRestart(web, begun, { stepMs, beginsMs: CHECK_MS, wholeMs: RESTART_MAX_MS });
  if (!back.ok) return sayFault(io, form, back.fault);
  const [before, after] = [known.identity.firmware, back.value.firmware];
  if (before === after) return sayFault(io, form, err('EWON_DECLINED', `the firmware is still ${after}`).fault);
  if (form === 'json') io.stdout(json({ serial: back.value.serial, before, firmware: after }));
  else io.stdout(`${back.value.serial} runs ${after} now; it was ${before}.\n`);
  return EXIT.allRead;
}
