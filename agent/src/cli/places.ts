import { join } from 'node:path';

/** The agent's memory. */
export function storePath(stateDir: string): string {
  return join(stateDir, 'state.db');
}

/** What is to be sent. */
export function outboxPath(stateDir: string): string {
  return join(stateDir, 'outbox.db');
}

/** How the way to the account stood. */
export function wanPath(stateDir: string): string {
  return join(stateDir, 'wan.json');
}

/** Where a running agent listens for its own command line. */
export function controlPath(stateDir: string): string {
  return join(stateDir, 'control.sock');
}

/** Where the package puts the configuration. */
export const DEFAULT_CONFIG = '/etc/ewon-agent/config.json';
