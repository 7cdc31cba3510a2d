/** A line of the mount table. */
export type Mount = {
  /** Another one after each mount. */
  readonly id: number;
  /** `major:minor`; of file systems that span disks it is none of theirs. */
  readonly device: string;
  /** The directory of the file system that is mounted: not `/` where it is a part of one. */
  readonly root: string;
  readonly point: string;
  /** Of the mount and of the file system: `ro`, `nosuid` and so on. */
  readonly options: ReadonlySet<string>;
  readonly type: string;
  readonly source: string;
};

/**
 * Reads `/proc/self/mountinfo`, in the order of mounting: of two at one point, the later one lies on top. A line of another form is left out.
 * Source: Linux Documentation/filesystems/proc.rst §3.5.
 */
export function readMountTable(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const words = line.split(' ');
    const dash = words.indexOf('-', 6); // optional fields stand between the sixth and the dash
    const [id, , device, root, point, options] = words;
    const [type, source, superOptions] = words.slice(dash + 1);
    if (dash < 0 || !device || !root || !point || !options || !type || source === undefined) return [];
    return {
      id: Number(id),
      device,
      root: unescaped(root),
      point: unescaped(point),
      options: new Set([...options.split(','), ...(superOptions ?? '').split(',')]),
      type,
      source: unescaped(source),
    };
  });
}

/** What is mounted exactly at a directory: of several, what lies on top. */
export function mountAt(mounts: readonly Mount[], dir: string): Mount | undefined {
  return mounts.findLast(({ point }) => point === dir);
}

/**
 * Names a mount and what is behind it.
 * @param plug names the plug of its device: the number of a mount is given again to the next one
 */
export function mountName({ id, device, root }: Mount, plug: string): string {
  return [id, device, plug, root].join('.');
}

/** The options without which a medium from elsewhere is not read; see docs/decisions. What else is wished for is not needed: no link is followed. */
export function missingOptions({ options }: Mount): readonly string[] {
  return ['nosuid', 'nodev', 'noexec'].filter((option) => !options.has(option));
}

/** Blank, tab, line feed and backslash are written as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
