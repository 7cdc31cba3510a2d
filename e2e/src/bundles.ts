import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const BUNDLER = join(import.meta.dirname, '../../packaging/bundle.ts');

/** Bundles the agent as it is installed. @returns path of its entry */
export function bundledAgent(outdir: string): Promise<string> {
  return bundled([outdir]);
}

/** Bundles another program by the same means. @returns path of its entry */
export function bundledProgram(outdir: string, entry: string): Promise<string> {
  return bundled([outdir, entry]);
}

async function bundled(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BUNDLER, ...args]);
  return stdout.trim();
}
