/** A line of a mount table. */
export type Mount = {
  /** Given again to a later mount when this one is gone. */
  readonly id: number;
  /** `major:minor` of the device; `0:N` where the file system has a number of its own. */
  readonly number: string;
  /** The directory of the file system that is mounted: not `/` where it is a part of one. */
  readonly root: string;
  readonly at: string;
  /** Of the mount and of the file system: `ro`, `nosuid` and so on. */
  readonly options: ReadonlySet<string>;
  readonly type: string;
  /** The device as it was named when it was mounted, `/dev/sda2`, or any word. */
  readonly source: string;
};

/**
 * Reads /proc/PID/mountinfo, in the order of mounting; a line of another form is left out.
 * Source: proc_pid_mountinfo(5) of man-pages 6.
 */
export function readMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [left = '', right] = line.split(' - ');
    const [id, , number, root, at, options = ''] = left.split(' ');
    const [type = '', source = '', superOptions = ''] = right?.split(' ') ?? [];
    if (right === undefined || number === undefined || root === undefined || at === undefined) return [];
    return {
      id: Number(id),
      number,
      root: unescaped(root),
      at: unescaped(at),
      options: new Set([...options.split(','), ...superOptions.split(',')]),
      type,
      source: unescaped(source),
    };
  });
}

/** Reads /proc/swaps: the paths of devices and files. Source: proc_swaps(5) of man-pages 6. */
export function readSwaps(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => unescaped(line.split(/\s/)[0] ?? ''))
    .filter((path) => path !== '')
    .map((path) => path.replace(/ \(deleted\)$/, ''));
}

/** The kernel writes blanks and the like as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
