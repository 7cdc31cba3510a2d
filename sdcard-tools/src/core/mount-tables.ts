/** A line of a mount table. */
export type Mount = {
  /** `major:minor` of the device; `0:N` where the file system has a number of its own. */
  readonly number: string;
  readonly at: string;
  /** The device as it was named when it was mounted, `/dev/sda2`, or any word. */
  readonly source: string;
};

/** Reads /proc/PID/mountinfo; a line of another form is left out. Source: proc_pid_mountinfo(5) of man-pages 6. */
export function readMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [left = '', right] = line.split(' - ');
    const [, , number, , at] = left.split(' ');
    const [, source = ''] = right?.split(' ') ?? [];
    return right === undefined || number === undefined || at === undefined
      ? []
      : [{ number, at: unescaped(at), source: unescaped(source) }];
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
