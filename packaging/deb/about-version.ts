import type { Arch } from './node-runtime.ts';

/**
 * The oldest packaged Node that this version of the agent runs on. A patch brings no Node: one that needs a newer one than this says so here,
 * and then only reaches boards with a package that has it.
 */
const NODE_NEEDED = '24.21.0';

/** `about.json`, which each version of the agent carries beside its code: what it is, and what it needs. */
export function aboutVersion(version: string, arch: Arch): string {
  return `${JSON.stringify({ version, arch, node: NODE_NEEDED })}\n`;
}
