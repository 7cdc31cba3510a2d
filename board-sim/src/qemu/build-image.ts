import { globSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeFault } from '@ewon-agent/contracts';
import { packedKernel } from '../core/kernel-image.ts';
import { kept, keyOf } from './kept.ts';
import { runTool } from './run-tool.ts';

export type BuildOptions = {
  /** The agent's Debian package, installed by dpkg; a board without agent otherwise. */
  readonly debPath?: string | undefined;
  /** Where images and what they are made of are kept; {@link BOARD_DIR} unless told. */
  readonly outDir?: string;
  /** Tells what is being done, for a person who waits. */
  readonly tell?: (step: string) => void;
};

/** What a board boots from. None of these files is ever written. */
export type BoardImage = {
  /** Two images with the same key are the same. */
  readonly key: string;
  /** ELF, booted by PVH: no boot loader, and the kernel does not unpack itself in emulation (6 s a boot). */
  readonly kernel: string;
  readonly initramfs: string;
  /** ext4, read-only: Debian with systemd, udev and the agent. */
  readonly root: string;
  /** ext4, what /var/lib/ewon-agent is like after the package was installed; each board writes a copy of its own. */
  readonly data: string;
  readonly outDir: string;
};

/** The programs that a board is built and run with, by their names in Debian; tests name them in `needs`. */
export const BOARD_PROGRAMS = ['qemu-system-x86_64', 'mmdebstrap', 'zstd', 'xz', 'setpriv', 'mkfs.ext4'] as const;

/** `out/board` of the repository. */
export const BOARD_DIR = fileURLToPath(new URL('../../../out/board', import.meta.url));
const PACKAGE_DIR = fileURLToPath(new URL('../../../out/package', import.meta.url));
const GUEST_DIR = fileURLToPath(new URL('guest', import.meta.url));

/** Debian packages of the board's root, beside the essential ones. What the agent's package depends on must be among them. */
export const ROOT_PACKAGES: readonly string[] = [
  'systemd',
  'systemd-sysv',
  'udev',
  'dbus',
  'kmod',
  'iproute2',
  'adduser',
  'ca-certificates',
  'libstdc++6',
  'busybox-static', // the initramfs
  'cpio', // the initramfs
];
/** Images that stay when a new one is made: those of the branches somebody is working on. */
const KEPT_IMAGES = 3;

/**
 * Builds what a board boots from, or answers what has been built of the same inputs before. Needs the Debian packages
 * mmdebstrap, e2fsprogs and xz-utils, and the network when the root is built for the first time (about a minute).
 */
export async function buildBoardImage(options: BuildOptions = {}): Promise<BoardImage> {
  const { debPath, outDir = BOARD_DIR, tell = () => {} } = options;
  const base = await buildBase(outDir, tell);
  const key = await keyOf([GUEST_DIR, ...(debPath ? [debPath] : [])], base);
  const dir = join(outDir, 'images', key);
  const image: BoardImage = {
    key,
    kernel: join(dir, 'vmlinux'),
    initramfs: join(dir, 'initramfs'),
    root: join(dir, 'root.img'),
    data: join(dir, 'data.img'),
    outDir,
  };
  await kept(dir, KEPT_IMAGES, async (making) => {
    tell(`building the root of the board${debPath ? ` with ${debPath}` : ''}`);
    const kernel = await runTool('tar', ['-xOf', base, './boot/vmlinuz']);
    const packed = packedKernel(kernel);
    if (!packed.ok) throw new Error(describeFault(packed.fault));
    await writeFile(join(making, 'vmlinux'), await runTool('xz', ['-dc'], packed.value));
    await writeFile(join(making, 'initramfs'), await runTool('tar', ['-xOf', base, './boot/initramfs']));
    const script = join(GUEST_DIR, 'install-root.sh');
    const files = [base, join(making, 'root.img'), join(making, 'data.img'), ...(debPath ? [debPath] : [])];
    await runTool(...asRoot(script, files));
  });
  return image;
}

/** The package that `make package` built last; undefined when there is none. */
export async function newestPackage(): Promise<string | undefined> {
  const packages = globSync('*_amd64.deb', { cwd: PACKAGE_DIR }).map((name) => join(PACKAGE_DIR, name));
  const dated = await Promise.all(packages.map(async (path) => ({ path, builtMs: (await stat(path)).mtimeMs })));
  return dated.toSorted((a, b) => b.builtMs - a.builtMs).at(0)?.path;
}

/** The root without the agent, as a tar archive. */
async function buildBase(outDir: string, tell: (step: string) => void): Promise<string> {
  const hook = join(GUEST_DIR, 'base-hook.sh');
  const parts = ['base-hook.sh', 'initramfs-init', 'modules', 'modules-initramfs'].map((name) => join(GUEST_DIR, name));
  const dir = join(outDir, 'base', await keyOf(parts, ROOT_PACKAGES.join()));
  await kept(dir, 1, async (making) => {
    tell('fetching Debian for the board (once)');
    await runTool('mmdebstrap', [
      '--quiet',
      '--variant=minbase',
      '--hook-directory=/usr/share/mmdebstrap/hooks/merged-usr', // without it Debian 12 brings all of Perl
      `--include=${ROOT_PACKAGES.join()}`,
      '--aptopt=APT::Install-Recommends "false"',
      '--dpkgopt=force-unsafe-io',
      `--customize-hook=${hook}`,
      'bookworm',
      join(making, 'base.tar'),
    ]);
  });
  return join(dir, 'base.tar');
}

/** Whoever is not root is root of a user namespace. */
function asRoot(program: string, args: readonly string[]): [string, readonly string[]] {
  return process.getuid?.() === 0 ? [program, args] : ['mmdebstrap', ['--unshare-helper', program, ...args]];
}
