import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Result } from '@ewon-agent/contracts';
import { type AuditEntry, auditLine, readAudit } from '../core/console/audit.ts';
import { readIfThere } from './durable-file.ts';
import { keptAt } from './kept-at.ts';

/** Two files of this size: some 2,000 entries, the oldest fall out. */
export const AUDIT_MAX_BYTES = 128 * 1024;

/**
 * Keeps what was done at consoles, in a file and the one before it. Several processes may append: each line is written at once.
 * Codes: STATE_UNWRITABLE.
 */
export function createAuditFile(path: string, maxBytes = AUDIT_MAX_BYTES) {
  const before = `${path}.1`;
  return {
    append(entry: AuditEntry): Result<void> {
      return keptAt(path, () => {
        const size = lstatSync(path, { throwIfNoEntry: false })?.size;
        if (size !== undefined && size >= maxBytes) renameSync(path, before);
        const fd = size === undefined || size >= maxBytes ? made(path) : openSync(path, APPENDING);
        try {
          writeSync(fd, `${auditLine(entry)}\n`);
          // a script gives hundreds in a second, and each flush wears the flash; the kernel writes them within half a minute
          if (entry.did !== 'command') fsyncSync(fd);
        } finally {
          closeSync(fd);
        }
      });
    },
    /** Oldest first. */
    read: (): readonly AuditEntry[] => readAudit((readIfThere(before) ?? '') + (readIfThere(path) ?? '')),
  };
}

/** Root writes here too, in a directory that is another's: it must not be led to another file, nor wait for a reader of a FIFO. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A new file belongs to whom the directory belongs to. Another process may have made it a moment ago. */
function made(path: string): number {
  try {
    const fd = openSync(path, APPENDING | constants.O_CREAT | constants.O_EXCL, 0o600);
    const { uid, gid } = statSync(dirname(path));
    if (fstatSync(fd).uid !== uid) fchownSync(fd, uid, gid);
    return fd;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    return openSync(path, APPENDING);
  }
}
