import type { Fault } from './result.ts';

/**
 * Says what was wrong with a command line, from what commander throws instead of ending the process. Undefined for help that
 * was asked for, which is no fault. Throws anything else that it is given.
 * Codes: USAGE.
 */
export function wrongUseOf(error: unknown): Fault | undefined {
  if (!(error instanceof Error && 'code' in error && 'exitCode' in error)) throw error;
  const { code, exitCode, message } = error;
  if (typeof code !== 'string' || !code.startsWith('commander.')) throw error;
  if (exitCode === 0) return undefined;
  return { code: 'USAGE', detail: code === 'commander.help' ? 'no command' : message.replace(/^error: /, '') };
}
