/** A line of the mount table. */
export type Mount = {
  /** Another one after each mount. */
  readonly id: number;
  /** `major:minor`; of file systems that span disks it is none of theirs. */
  readonly device: string;
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
    const [id, , device, , point, options] = words;
    const [type, source, superOptions] = words.slice(dash + 1);
    if (dash < 0 || !device || !point || !options || !type || source === undefined) return [];
    return {
      id: Number(id),
      device,
      point: unescaped(point),
      options: new Set([...options.split(','), ...(superOptions ?? '').split(',')]),
      type,
      source: unescaped(source),
    };
  });
}

/** Blank, tab, line feed and backslash are written as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
