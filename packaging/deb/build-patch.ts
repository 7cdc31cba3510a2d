import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { bundleAgent } from '../bundle-agent.ts';
import { aboutVersion } from './about-version.ts';
import { agentVersion } from './build-deb.ts';
import { type Arch, CPUS } from './node-runtime.ts';

export type PatchOptions = {
  readonly arch: Arch;
  /** Version of the agent unless told. */
  readonly version?: string;
  /** Where the patch goes. */
  readonly outdir: string;
  /** Seconds since 1970 that every file is said to be of, so that the same sources make the same patch. */
  readonly epochS: number;
};

/** What the board holds in memory while it unpacks, as a power of 2; it takes no more (agent/src/adapters/version-files.ts). */
const WINDOW_LOG = 23;

/**
 * Builds the patch that brings an installed agent to this version, for "account aspu add --kind agent": the agent without Node, as a
 * ustar of plain files packed with zstd.
 * @returns path of the `.tar.zst`
 */
export async function buildPatch({ arch, version = agentVersion(), outdir, epochS }: PatchOptions): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'patch-'));
  try {
    await bundleAgent(dir, CPUS[arch], version);
    writeFileSync(join(dir, 'about.json'), aboutVersion(version, arch));
    const names = readdirSync(dir).sort();
    const owner = ['--numeric-owner', '--owner=0', '--group=0', '--mode=u=rw,go=r', `--mtime=@${epochS}`];
    const tar = execFileSync('tar', ['--format=ustar', ...owner, '-cf', '-', '-C', dir, ...names], {
      maxBuffer: 2 ** 28,
    });
    const params = { [constants.ZSTD_c_compressionLevel]: 19, [constants.ZSTD_c_windowLog]: WINDOW_LOG };
    const patch = join(outdir, `ewon-agent_${version}_${arch}.tar.zst`);
    writeFileSync(patch, zstdCompressSync(tar, { params }));
    return patch;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
