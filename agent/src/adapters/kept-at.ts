import { err, ok, type Result } from '@ewon-agent/contracts';

/** Keeps something at a path. Codes: STATE_UNWRITABLE. */
export function keptAt(path: string, keep: () => void): Result<void> {
  try {
    keep();
    return ok(undefined);
  } catch (cause) {
    return err('STATE_UNWRITABLE', path, cause);
  }
}
