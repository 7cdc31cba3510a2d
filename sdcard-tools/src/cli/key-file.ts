import type { Readable } from 'node:stream';
import { err, type Grk, parseGrk, type Result } from '@ewon-agent/contracts';
import { readAtMost, readFileAtMost } from '../adapters/read-at-most.ts';
import { errnoOf } from '../volume/errno.ts';

/** A key is 36 characters; more than this is another file. */
const KEY_FILE_MAX_BYTES = 1024;

/**
 * Reads a key from a file that holds nothing else but white space, or from standard input for `-`.
 * Codes: TARGET_MISSING, TARGET_REFUSED, T2M_KEY_FORM. No fault repeats what was read.
 */
export async function readKeyFile(path: string, stdin: Readable): Promise<Result<Grk>> {
  try {
    const bytes = await (path === '-'
      ? readAtMost(stdin, KEY_FILE_MAX_BYTES)
      : readFileAtMost(path, KEY_FILE_MAX_BYTES));
    return bytes === undefined
      ? err('T2M_KEY_FORM', `the key file is longer than ${KEY_FILE_MAX_BYTES} bytes`)
      : parseGrk(new TextDecoder().decode(bytes).trim());
  } catch (error) {
    const errno = errnoOf(error);
    return err(errno === 'ENOENT' ? 'TARGET_MISSING' : 'TARGET_REFUSED', `the key file: ${errno}`, error);
  }
}
