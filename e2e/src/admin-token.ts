import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads the token by which the command line is let in to the server of a state directory. */
export function readAdminToken(stateDir: string): string {
  return readFileSync(join(stateDir, 'admin-token'), 'utf8').trim();
}
