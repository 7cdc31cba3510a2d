import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';

// Which Debian 12 package brings a program (or file) that tests run, and what it is needed for. Tests name them in
// `needs`; scripts/debian.ts lists and installs what is missing.

export const DEBIAN_PROGRAMS = {
  mosquitto: brought('mosquitto', 'the account with Mosquitto as its broker'),
  'mosquitto_dynamic_security.so': brought('mosquitto', 'per-device rights in Mosquitto'),
  tinyproxy: brought('tinyproxy', 'the proxy of a site, with a password'),
  postgres: brought('postgresql-15', 'the account on PostgreSQL'),
  initdb: brought('postgresql-15', 'the account on PostgreSQL'),
  chromium: brought('chromium', 'the account page in a browser'),
  'mkfs.vfat': brought('dosfstools', 'card images that are not made by us'),
  'fsck.vfat': brought('dosfstools', 'card images made by us, judged by another'),
  mcopy: brought('mtools', 'files on card images without mounting'),
  mdir: brought('mtools', 'files on card images without mounting'),
  mtype: brought('mtools', 'files on card images without mounting'),
  mmd: brought('mtools', 'files on card images without mounting'),
  mdel: brought('mtools', 'files on card images without mounting'),
  sfdisk: brought('fdisk', 'card images with a partition table'),
  sgdisk: brought('gdisk', 'card images with a GPT'),
  losetup: brought('mount', 'card images as real block devices'),
  umount: brought('mount', 'drives that are in use'),
  swapon: brought('mount', 'drives that belong to the system'),
  swapoff: brought('mount', 'drives that belong to the system'),
  partx: brought('util-linux', 'partitions of real block devices'),
  mkswap: brought('util-linux', 'drives that belong to the system'),
  'mkfs.exfat': brought('exfatprogs', 'cards as they are sold, from 64 GB on'),
  'fsck.exfat': brought('exfatprogs', 'what a test put on an exFAT image, judged by another'),
  fls: brought('sleuthkit', 'exFAT images read by another, without mounting'),
  icat: brought('sleuthkit', 'exFAT images read by another, without mounting'),
  'mkfs.ext4': brought('e2fsprogs', 'cards that are refused'),
  e2fsck: brought('e2fsprogs', 'what a power cut left on the disk of a board'),
  debugfs: brought('e2fsprogs', 'what a power cut left on the disk of a board'),
  'mkfs.ntfs': brought('ntfs-3g', 'cards that are refused'),
  socat: brought('socat', 'pairs of pseudo terminals'),
  stty: brought('coreutils', 'settings of a terminal'),
  expect: brought('expect', 'a person at a terminal program'),
  picocom: brought('picocom', 'the console by a terminal program'),
  minicom: brought('minicom', 'the console by a terminal program'),
  screen: brought('screen', 'the console by a terminal program'),
  strace: brought('strace', 'a kill or an error at the n-th system call'),
  'libfaketimeMT.so.1': brought('libfaketime', 'boards whose clock jumps'),
  'systemd-notify': brought('systemd', 'notices to the service manager'),
  perl: brought('perl-base', 'notices to the service manager, taken by another'),
  'systemd-analyze': brought('systemd', 'the units of the package, judged by another'),
  'dpkg-deb': brought('dpkg', 'the Debian package'),
  readelf: brought('binutils', 'the Node of the package, judged by another'),
  lintian: brought('lintian', 'the Debian package, judged by another'),
  script: brought('bsdutils', 'a command that runs on a terminal'),
  unshare: brought('util-linux', 'a network or mounts of its own'),
  mount: brought('mount', 'cards that are mounted'),
  'qemu-system-x86_64': brought('qemu-system-x86', 'the board with a real kernel'),
  mmdebstrap: brought('mmdebstrap', 'a Debian of its own: the root of the board, and one to install the package in'),
  zstd: brought('zstd', 'the saved state of the board with a real kernel'),
  xz: brought('xz-utils', 'the kernel of the board with a real kernel'),
  setpriv: brought('util-linux', 'machines that end with the test that started them'),
  ip: brought('iproute2', 'links that fail, in a network of its own'),
  nft: brought('nftables', 'losses, silent routers and captive portals, in a network of its own'),
  ss: brought('iproute2', 'what an idle agent puts on the wire'),
  gpsdecode: brought('gpsd-clients', 'sentences of GNSS receivers, judged by another'),
  gpsd: brought('gpsd', 'a receiver behind the gpsd of a board'),
  curl: brought('curl', 'the FTP server of the simulated Ewon, asked by another'),
  rauc: brought('rauc', 'patches, beside another that verifies and installs them'),
  mksquashfs: brought('squashfs-tools', 'bundles of RAUC'),
  unsquashfs: brought('squashfs-tools', 'bundles of RAUC'),
  rz: brought('lrzsz', 'files received by YMODEM, by another'),
  sz: brought('lrzsz', 'files sent by YMODEM, by another'),
  'dbus-daemon': brought('dbus-daemon', 'the service of RAUC'),
} as const satisfies Record<string, Brought>;

/** Debian keeps the programs of a PostgreSQL server out of PATH, by version. */
const POSTGRESQL = '/usr/lib/postgresql/15/bin';

type Brought = { readonly package: string; readonly neededFor: string };

/** A program or plugin that a test may name in `needs`; a new one is added to {@link DEBIAN_PROGRAMS}. */
export type DebianProgram = keyof typeof DEBIAN_PROGRAMS;

/**
 * Looks a program up on PATH, then in the sbin folders (not on every user's PATH), plugins in the library folders.
 * @returns its path, or undefined when it is not installed
 */
export function findProgram(name: DebianProgram): string | undefined {
  const plugin = /\.so(\.\d+)?$/.test(name);
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  const folders = plugin ? libraryFolders() : [...path, '/usr/sbin', '/sbin', '/usr/bin', '/bin', POSTGRESQL];
  return folders
    .map((folder) => join(folder, name))
    .find((file) => isThere(file, plugin ? constants.R_OK : constants.X_OK));
}

function libraryFolders(): readonly string[] {
  // Debian keeps plugins in a folder per architecture: /usr/lib/x86_64-linux-gnu, /usr/lib/aarch64-linux-gnu
  const folders = readdirSync('/usr/lib').filter((folder) => /-linux-gnu/.test(folder));
  return folders.flatMap((folder) => [join('/usr/lib', folder), join('/usr/lib', folder, 'faketime')]);
}

function isThere(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false; // not there and not ours to run are the same to a test: it cannot be used
  }
}

function brought(debianPackage: string, neededFor: string): Brought {
  return { package: debianPackage, neededFor };
}
