import type { Mount } from './mount-table.ts';

/** A disk, a partition, or what is made of them. */
export type BlockNode = {
  readonly name: string;
  /** `major:minor` */
  readonly device: string;
  /** The disk of a partition; the disks and partitions of a RAID, an LVM volume or an encrypted disk. */
  readonly on: readonly string[];
};

/** Where people and desktops mount what they plug in. What is mounted anywhere else belongs to the system. */
const FOR_GUESTS = /^\/(media|mnt|run\/media)\//;

/**
 * Finds the disks that the running system needs, each with why: something of it is mounted outside the places for guests, or is swap.
 * @param swaps names of block devices, such as `vda2`
 */
export function systemDisks(
  nodes: readonly BlockNode[],
  mounts: readonly Mount[],
  swaps: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const claim = (name: string, why: string, depth: number) => {
    if (!found.has(name)) found.set(name, why);
    // deeper than any RAID on LVM on encryption on partitions, and an end where a table leads in circles
    if (depth < 8) for (const below of nodes.find((node) => node.name === name)?.on ?? []) claim(below, why, depth + 1);
  };
  for (const { device, source, point } of mounts) {
    if (FOR_GUESTS.test(point)) continue;
    const node = nodes.find((one) => one.device === device || `/dev/${one.name}` === source);
    if (node) claim(node.name, `mounted at ${point}`, 0);
  }
  for (const swap of swaps) claim(swap, 'swap', 0);
  return found;
}
