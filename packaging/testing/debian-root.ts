import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';

const CACHE = join(import.meta.dirname, '../../out/debian-root');

/** Essential packages and what ewon-agent depends on; no systemd and no udev that could answer. */
const PACKAGES = ['libstdc++6', 'passwd', 'systemd-standalone-sysusers'];

/** What a command printed, standard error among it, and its exit status. */
export type Ran = { readonly status: number; readonly output: string };

/** A small real Debian in a directory, to install packages in. */
export type DebianRoot = {
  /** Puts a file of the host into /tmp; answers its path inside. */
  put(file: string): string;
  /** Runs shell commands as root inside, until the first that fails. What they leave running is ended with them. */
  run(script: string): Promise<Ran>;
  remove(): void;
};

/**
 * Unpacks a Debian 12, which is fetched once and kept in `out/`. Needs `mmdebstrap`, and either root or the right to
 * make user namespaces.
 */
export function unpackDebian(): DebianRoot {
  const base = fetchDebian();
  mkdirSync(CACHE, { recursive: true });
  const root = mkdtempSync(join(CACHE, 'root-'));
  asRoot('tar', ['-xf', base, '-C', root, '--exclude=./dev/*']);
  return {
    put(file) {
      const inside = `/tmp/${basename(file)}`;
      asRoot('cp', [file, join(root, inside)]);
      return inside;
    },
    run(script) {
      const args = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-euc', ENTER, 'enter', root, script];
      const [program, all] = withRights('unshare', args);
      return new Promise((resolve) => {
        execFile(program, all, { env: ENVIRONMENT, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
          resolve({ status: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
        });
      });
    },
    remove: () => asRoot('rm', ['-rf', root]),
  };
}

const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
const ENTER = `mount --rbind /dev "$1/dev"
  mount -t proc proc "$1/proc"
  exec chroot "$1" /bin/sh -euc "exec 2>&1; $2"`;

function fetchDebian(): string {
  const args = [
    '--quiet',
    '--variant=essential',
    '--hook-directory=/usr/share/mmdebstrap/hooks/merged-usr', // a Debian 12 has /bin in /usr
    `--include=${PACKAGES.join()}`,
    '--aptopt=APT::Install-Recommends "false"',
    '--dpkgopt=force-unsafe-io',
    'bookworm',
  ];
  const key = createHash('sha256').update(args.join('\n')).digest('hex').slice(0, 16);
  const base = join(CACHE, `base-${key}.tar`);
  if (!existsSync(base)) {
    mkdirSync(CACHE, { recursive: true });
    const fetching = join(CACHE, `base-${key}.${process.pid}.tar`);
    execFileSync('mmdebstrap', [...args, fetching], { stdio: 'pipe' }); // what it says is in the error, if there is one
    renameSync(fetching, base);
  }
  return base;
}

/** Whoever is not root is root of a user namespace. */
function withRights(program: string, args: readonly string[]): [program: string, args: readonly string[]] {
  return process.getuid?.() === 0 ? [program, args] : ['mmdebstrap', ['--unshare-helper', program, ...args]];
}

function asRoot(program: string, args: readonly string[]): void {
  const [helper, all] = withRights(program, args);
  execFileSync(helper, all, { stdio: 'pipe' });
}
