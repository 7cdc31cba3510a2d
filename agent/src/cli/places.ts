import { join } from 'node:path';

/** The agent's memory. */
export function storePath(stateDir: string): string {
  return join(stateDir, 'state.db');
}

/** What is to be sent. */
export function outboxPath(stateDir: string): string {
  return join(stateDir, 'outbox.db');
}

/** Where a running agent listens for its own command line. */
export function controlPath(stateDir: string): string {
  return join(stateDir, 'control.sock');
}

/** Where the package puts the configuration. */
export const DEFAULT_CONFIG = '/etc/ewon-agent/config.json';
