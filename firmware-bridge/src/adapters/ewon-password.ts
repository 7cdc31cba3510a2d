import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '@ewon-agent/contracts';

/** Where the password of an Ewon comes from; it is read anew at each use, so that a changed file needs no restart. */
export type PasswordSource = { readonly file: string } | { readonly given: string };

/**
 * Reads the password: a file of one line, or what was given.
 * Codes: EWON_PASSWORD_UNREADABLE (no such file, more than a line). The fault names the file and never what is in it.
 */
export async function readPassword(source: PasswordSource): Promise<Result<string>> {
  const read = 'file' in source ? await lineOf(source.file) : ok(source.given);
  if (!read.ok || !/[\0-\x1f\x7f]/.test(read.value)) return read;
  return err('EWON_PASSWORD_UNREADABLE', `${'file' in source ? source.file : 'the password'}: control characters`);
}

async function lineOf(path: string): Promise<Result<string>> {
  try {
    return ok((await readFile(path, 'utf8')).replace(/\r?\n$/, ''));
  } catch (cause) {
    return err('EWON_PASSWORD_UNREADABLE', path, cause);
  }
}
