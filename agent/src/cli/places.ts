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

/** What the account was told of the location; there only while it may know one. */
export function locationPath(stateDir: string): string {
  return join(stateDir, 'location.json');
}

/** What is known about patches. */
export function patchPath(stateDir: string): string {
  return join(stateDir, 'patch.json');
}

/** Where what is trusted of their repository, and what was downloaded, is kept. */
export function patchDir(stateDir: string): string {
  return join(stateDir, 'patch');
}

/** Where a repository of patches is kept that was sent over a console. */
export function sentPatches(stateDir: string): string {
  return join(patchDir(stateDir), 'sent');
}

/** Where a running agent listens for its own command line. */
export function controlPath(stateDir: string): string {
  return join(stateDir, 'control.sock');
}

/** Who may log in at the serial console. */
export function consoleUsersPath(stateDir: string): string {
  return join(stateDir, 'console-users.json');
}

/** How many logins failed there. */
export function consoleFailuresPath(stateDir: string): string {
  return join(stateDir, 'console-failures.json');
}

/** What was done at consoles. */
export function consoleAuditPath(stateDir: string): string {
  return join(stateDir, 'console-audit.jsonl');
}

/** Where the package puts the configuration. */
export const DEFAULT_CONFIG = '/etc/ewon-agent/config.json';
