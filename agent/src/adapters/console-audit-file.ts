import { closeSync, constants, fsyncSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import type { Result } from '@ewon-agent/contracts';
import { type AuditEntry, auditLine, readAudit } from '../core/console/audit.ts';
import { ownAsDirectory } from './console-users-file.ts';
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
        const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        if (size >= maxBytes) renameSync(path, before);
        const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
        try {
          if (size === 0) ownAsDirectory(path);
          writeSync(fd, `${auditLine(entry)}\n`);
          // a command follows another within a second; what came before the power cut is in the log of the file system soon
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
