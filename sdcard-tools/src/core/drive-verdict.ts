import { err, MEDIUM_MAX_BYTES, ok, type Result } from '@ewon-agent/contracts';

// Which drives may hold a card, decided from plain facts of the machine. Everything is told by device numbers (`8:16`), so that no name,
// link or device node made by hand leads around the verdict, and no option of a command changes it.

/** A block device as the kernel shows it: a disk, a partition, or something that stands on others (LVM, RAID, encryption, loop). */
export type BlockNode = {
  /** The kernel's name, `sdb1`. */
  readonly name: string;
  /** `major:minor` */
  readonly number: string;
  /** The disk that this is a partition of. */
  readonly disk?: string;
  /** Names of what stands on it, such as `dm-0`. */
  readonly holders: readonly string[];
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  /** How it comes and goes: `fixed` is built in; `loop` is an image file in use as a drive. */
  readonly attached: 'fixed' | 'removable' | 'loop' | 'optical' | 'virtual';
  /** Makes and model, or the image file; empty when nobody knows. */
  readonly description: string;
  /** The file that a loop device shows: the device that carries it, and which file it is there. */
  readonly image?: { readonly on: string; readonly inode: string };
  /** What udev found on it, such as `vfat` or `LVM2_member`; absent when it was not looked at. */
  readonly content?: string;
};

/** What a block device is in use for. */
export type DriveUse =
  | { readonly as: 'mount'; readonly number: string; readonly at: string }
  | { readonly as: 'swap'; readonly number: string }
  | { readonly as: 'member'; readonly number: string; readonly of: string };

/** The block devices of a machine and what they are in use for. */
export type Machine = { readonly nodes: readonly BlockNode[]; readonly uses: readonly DriveUse[] };

/** What becomes of a drive as the place of a card: its disk, and whether it may be one. */
export type DriveVerdict = { readonly disk: BlockNode; readonly verdict: Result<void> };

/**
 * Decides whether a card may be written to a block device. A partition has the verdict of its whole disk.
 * Codes: DRIVE_UNKNOWN, DRIVE_SYSTEM, DRIVE_IN_USE, DRIVE_NOT_REMOVABLE, DRIVE_NO_MEDIUM, CARD_MEDIUM_TOO_LARGE, DRIVE_READ_ONLY.
 */
export function judgeDrive(machine: Machine, number: string): Result<BlockNode> {
  const node = machine.nodes.find((n) => n.number === number);
  const disk = node?.disk === undefined ? node : machine.nodes.find((n) => n.name === node.disk);
  if (!disk) return err('DRIVE_UNKNOWN', number);
  const verdict = judgeDisk(machine, disk);
  return verdict.ok ? ok(disk) : verdict;
}

/** Lists the disks of a machine with their verdicts, in order of their names. What only stands on others is no drive. */
export function judgeDrives(machine: Machine): readonly DriveVerdict[] {
  return machine.nodes
    .filter((node) => node.disk === undefined && node.attached !== 'virtual')
    .filter((node) => node.attached !== 'loop' || node.sizeBytes > 0) // most machines have eight that nobody uses
    .map((disk) => ({ disk, verdict: judgeDisk(machine, disk) }))
    .sort((a, b) => (a.disk.name < b.disk.name ? -1 : 1));
}

/** The reason that weighs most comes first: a system drive is called that even if it is too large as well. */
function judgeDisk(machine: Machine, disk: BlockNode): Result<void> {
  const family = familyOf(machine, disk);
  const uses = machine.uses.filter((use) => family.some((node) => node.number === use.number));
  const [system] = uses.map((use) => systemUse(use, disk)).filter((what) => what !== undefined);
  if (system !== undefined) return err('DRIVE_SYSTEM', system);
  const stacked = family.find((node) => isStacked(node, disk));
  if (stacked) return err('DRIVE_SYSTEM', `${stacked.name} stands on it`);
  const member = family.find((node) => MEMBER.test(node.content ?? ''));
  if (member) return err('DRIVE_SYSTEM', `${member.name} is a ${member.content}`);
  const [use] = uses;
  if (use?.as === 'mount') return err('DRIVE_IN_USE', `mounted at ${use.at}`);
  if (disk.attached === 'optical') return err('DRIVE_NOT_REMOVABLE', 'a drive for CD or DVD');
  if (disk.attached === 'fixed' || disk.attached === 'virtual') return err('DRIVE_NOT_REMOVABLE', disk.name);
  if (disk.sizeBytes === 0) return err('DRIVE_NO_MEDIUM', disk.name);
  if (disk.sizeBytes > MEDIUM_MAX_BYTES) return err('CARD_MEDIUM_TOO_LARGE', `${disk.sizeBytes} bytes`);
  return disk.readOnly ? err('DRIVE_READ_ONLY', disk.name) : ok(undefined);
}

/** Decides whether a file may be written to: not while it is in use as a drive. Codes: DRIVE_IN_USE. */
export function judgeImage({ nodes }: Machine, image: NonNullable<BlockNode['image']>): Result<void> {
  const loop = nodes.find((node) => node.image?.on === image.on && node.image.inode === image.inode);
  return loop ? err('DRIVE_IN_USE', `as ${loop.name}`) : ok(undefined);
}

/** A disk, its partitions, whatever stands on one of them, and so on upwards. */
function familyOf({ nodes }: Machine, disk: BlockNode): readonly BlockNode[] {
  const family = new Set([disk]);
  for (const member of family) {
    for (const node of nodes) {
      const above = node.disk === member.name || node.image?.on === member.number;
      if (above || member.holders.includes(node.name)) family.add(node);
    }
  }
  return [...family];
}

function systemUse(use: DriveUse, disk: BlockNode): string | undefined {
  if (use.as === 'swap') return 'it carries swap';
  if (use.as === 'member') return `it is part of ${use.of}`;
  if (SYSTEM_PATH.test(use.at)) return `it carries ${use.at}`;
  // whatever is mounted from a drive that nobody can pull belongs to the machine
  return disk.attached === 'fixed' ? `it is built in and carries ${use.at}` : undefined;
}

function isStacked(node: BlockNode, disk: BlockNode): boolean {
  return node !== disk && node.disk === undefined && node.attached === 'virtual';
}

/** Where a system lives, on whatever drive (Filesystem Hierarchy Standard 3.0 §3, without /media, /mnt, /run and /tmp). */
const SYSTEM_PATH = /^\/(?:(?:bin|boot|dev|efi|etc|home|lib[^/]*|nix|opt|root|sbin|srv|sysroot|usr|var)(?:\/|$)|$)/;

/** Parts of something larger, as libblkid names them; also when it is not running. */
const MEMBER = /_member$|^crypto_LUKS$|^bcache$|^swap$|^swsuspend$|^drbd$|^ceph_bluestore$|^VMFS/;
