import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@ewon-agent/contracts';
import { readIfThere } from '../adapters/durable-file.ts';
import { KEPT_FILES, type VersionPlaces } from '../adapters/version-places.ts';
import { ABOUT_FILE, type About, readAbout } from '../core/version-orders.ts';
import { readVersions, type Versions } from '../core/version-state.ts';

/** What the switch needs of the machine. */
export type SwitchParts = {
  readonly places: VersionPlaces;
  readonly nowMs: () => number;
  /** Seconds since the board started. */
  readonly uptimeS: () => number;
  /** Of the Node that this runs on, which is the one that versions run on. */
  readonly node: string;
  /** Has the agent started again; does not wait for it. */
  readonly restartAgent: () => void;
  readonly say: (what: string, which: string) => void;
};

/** Codes: PATCH_SAVED_DAMAGED. */
export function loadVersions({ versionsDir }: VersionPlaces): Result<Versions> {
  return readVersions(readIfThere(join(versionsDir, KEPT_FILES.state)));
}

/** @throws where the package is damaged */
export function packagedAbout({ packageDir }: VersionPlaces): About {
  const read = readAbout(readFileSync(join(packageDir, ABOUT_FILE)));
  if (!read.ok) throw new Error(`${join(packageDir, ABOUT_FILE)}: ${read.fault.detail}`);
  return read.value;
}
