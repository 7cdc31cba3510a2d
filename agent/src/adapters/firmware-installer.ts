import { err, type Patch, type PatchInstallerPort, type Result } from '@ewon-agent/contracts';
import type { InstallLimits } from './firmware-installer-ewon.ts';
import type { InstallerParts } from './firmware-installer-run.ts';

/** How to reach the Ewon, and where the installer keeps its journal and the backups. */
export type FirmwareInstallerOptions = {
  /** Its web server on the LAN, `http://10.0.0.53`. */
  readonly url: string;
  /** 21 unless told. */
  readonly ftpPort?: number;
  readonly user: string;
  /** A file of one line, read at each use. */
  readonly passwordFile: string;
  /** A directory of its own, which is made. */
  readonly dir: string;
  /** Other than those of an Ewon as it is known: for a test. */
  readonly limits?: Partial<InstallLimits>;
};

/** The installer, and whether one was interrupted: `install` must be called for it then, with any patch, so that the Ewon is left as it was. */
export type FirmwareInstaller = PatchInstallerPort & { unfinished(): Promise<boolean> };

/**
 * Installs an Ewon's firmware through the firmware bridge, whose FTP is loaded when something is installed. Codes of `install`: see
 * docs/firmware-patches.md.
 */
export function createFirmwareInstaller(options: FirmwareInstallerOptions): FirmwareInstaller {
  return firmwareInstallerOver(() => openParts(options));
}

const NO_PATCH: Patch = {
  ...{ path: 'none', length: 0, sha256: '0'.repeat(64) },
  custom: {
    ...{ kind: 'ewon-firmware', version: '0.0s0', productCodes: [], from: [], requires: [], cves: [] },
    ...{ severity: 'low', rebootNeeded: true },
  },
};

/** The same over parts that are given; a test wraps them. */
export function firmwareInstallerOver(open: () => Promise<InstallerParts>): FirmwareInstaller {
  const run = () => import('./firmware-installer-run.ts');
  const install: PatchInstallerPort['install'] = (patch, file, told) =>
    attempt(async () => (await run()).installFirmware(await open(), patch, file, told));
  const unfinished = async () => {
    const journal = (await open()).disk.journal();
    return !journal.ok || journal.value !== undefined;
  };
  return {
    kind: 'ewon-firmware',
    present: () => attempt(async () => (await run()).presentFirmware((await open()).ewon)),
    install,
    unfinished,
    async settle() {
      if (!(await unfinished())) return 'done';
      // whatever another one is for, what was put aside goes back first; and this one is nothing that could be installed
      await install(NO_PATCH, '', () => {});
      return (await unfinished()) ? 'later' : 'done';
    },
  };
}

/** Makes ready to ask; nothing is sent yet. */
export async function openParts(options: FirmwareInstallerOptions): Promise<InstallerParts> {
  const { url, ftpPort = 21, user, passwordFile, dir } = options;
  const [{ createEwonWeb }, { createEwonFtp }, { createInstallDisk }, { INSTALL_LIMITS }] = await Promise.all([
    import('@ewon-agent/firmware-bridge/adapters/ewon-web'),
    import('@ewon-agent/firmware-bridge/adapters/ewon-ftp'),
    import('./firmware-installer-disk.ts'),
    import('./firmware-installer-ewon.ts'),
  ]);
  const password = { file: passwordFile };
  const limits = { ...INSTALL_LIMITS, ...options.limits };
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'); // of IPv6
  const ewon = {
    web: createEwonWeb({ url, user, password }),
    files: createEwonFtp({ host, port: ftpPort, user, password, stepMs: limits.stepMs }),
    limits,
  };
  return { ewon, disk: createInstallDisk(dir) };
}

/** Nothing of it throws: a bug of ours must not end an agent that has other things to do. */
async function attempt<T>(act: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await act();
  } catch (cause) {
    return err('PATCH_FAILED', cause instanceof Error ? cause.message : '', cause);
  }
}
