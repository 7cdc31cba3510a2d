// A line `Key:Value`, the form of comcfg.txt, of estat and of the `:System` section of config.txt.

/** What stands in a line, and where the value does: from `from` up to `to`, blanks around it left out. */
export type SettingLine = {
  readonly key: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
};

/** Reads a line; only the first colon divides. @returns undefined when it is no `Key:Value` */
export function settingOf(text: string): SettingLine | undefined {
  const key = KEY.exec(text);
  if (!key?.[1]) return undefined;
  let from = key[0].length;
  let to = text.length;
  while (from < to && isBlankAt(text, from)) from += 1;
  while (to > from && isBlankAt(text, to - 1)) to -= 1;
  return { key: key[1], value: text.slice(from, to), from, to };
}

/** Puts another value into a line that {@link settingOf} has read; everything else stays. */
export function withValue(text: string, { from, to }: SettingLine, value: string): string {
  return text.slice(0, from) + value + text.slice(to);
}

/** Tells whether a text may be a key. */
export function isKey(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(text);
}

/** Tells whether two keys are the same: the case does not count, HMS itself writes T2MAccSrvAddr and T2mAccSrvAddr. */
export function sameKey(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

const KEY = /^[ \t]{0,64}([A-Za-z][A-Za-z0-9_]{0,63})[ \t]{0,64}:/;

function isBlankAt(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}
