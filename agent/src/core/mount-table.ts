import type { Mount } from '@ewon-agent/sdcard-tools/core/mount-tables';

/** What is mounted exactly at a directory: of several, what lies on top. */
export function mountAt(mounts: readonly Mount[], dir: string): Mount | undefined {
  return mounts.findLast(({ at }) => at === dir);
}

/**
 * Names a mount and what is behind it.
 * @param plug names the plug of its device: the number of a mount is given again to the next one
 */
export function mountName({ id, number, root }: Mount, plug: string): string {
  return [id, number, plug, root].join('.');
}

/** The options without which a medium from elsewhere is not read. What else is wished for is not needed: no link is followed. */
export function missingOptions({ options }: Mount): readonly string[] {
  return ['nosuid', 'nodev', 'noexec'].filter((option) => !options.has(option));
}
