import { open, rename, rm } from 'node:fs/promises';
import { err, KIB, MINUTE_MS, ok, type Result } from '@ewon-agent/contracts';
import { type Ewon, whoIsThere } from './ewon.ts';
import { EXIT, type ExitStatus, type Form, type Io, json, sayFault } from './io.ts';
import { progressOn } from './progress.ts';

/** A backup is some KiB; with files of the user in /usr it may be tens of MiB. */
const BACKUP_MAX_BYTES = 64 * 1024 * KIB;

/** `ewon-bridge backup`: reads backup.tar into a file that is whole or not there; only its owner may read it, passwords of the Ewon are in it. */
export async function backup(io: Io, form: Form, ewon: Ewon, path: string): Promise<ExitStatus> {
  const known = await whoIsThere(ewon);
  if (!known.ok) return sayFault(io, form, known.fault);
  const { onBytes, end } = progressOn(io, form, 'backup.tar');
  const limits = { maxBytes: BACKUP_MAX_BYTES, wholeMs: 15 * MINUTE_MS, onBytes };
  const read = await ewon.files.read('backup.tar', limits);
  end();
  const saved = read.ok ? await save(path, read.value) : read;
  if (!saved.ok) return sayFault(io, form, saved.fault);
  const { serial } = known.value.identity;
  if (form === 'json') io.stdout(json({ file: path, sizeBytes: saved.value, serial }));
  else
    io.stdout(`Backup of ${serial} in ${path}, ${saved.value} bytes. It holds passwords: keep it as you keep those.\n`);
  return EXIT.allRead;
}

/** A power cut leaves the file that was there before, or the new one. */
async function save(path: string, bytes: Uint8Array): Promise<Result<number>> {
  const beside = `${path}.part`;
  try {
    const file = await open(beside, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    return ok(bytes.length);
  } catch (cause) {
    await rm(beside, { force: true });
    return err('LOCAL_FILE_BAD', cause instanceof Error ? cause.message : path, cause);
  }
}
