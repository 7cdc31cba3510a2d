import { join } from 'node:path';

/** Where versions of the agent are, and where agent and root meet. */
export type VersionPlaces = {
  /** Versions and what is kept of them; root's, and readable. */
  readonly versionsDir: string;
  /** What is started now, and verdicts; root's, readable, gone with a start of the board. */
  readonly runDir: string;
  /** Orders; written by the agent, emptied by root. */
  readonly ordersDir: string;
  /** The packaged version. */
  readonly packageDir: string;
  /** The root of the repository, put there by a person. */
  readonly rootFile: string;
};

/** The places of the package; below another directory for a test. */
export function versionPlaces(below = '/'): VersionPlaces {
  const runDir = join(below, 'run/ewon-agent-versions');
  return {
    versionsDir: join(below, 'var/lib/ewon-agent-versions'),
    runDir,
    ordersDir: join(runDir, 'orders'),
    packageDir: join(below, 'usr/lib/ewon-agent'),
    rootFile: join(below, 'etc/ewon-agent/aspu-root.json'),
  };
}

/** Files beside each other in {@link VersionPlaces.versionsDir}. */
export const KEPT_FILES = { state: 'state.json', tuf: 'tuf.json' } as const;
/** Files in {@link VersionPlaces.runDir}: the slot to start, for the launcher; and what is known of a version on trial. */
export const RUN_FILES = { start: 'start', trial: 'trial.json' } as const;
