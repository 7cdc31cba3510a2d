/** Settings by their key, in the order of the file. */
export type Settings = ReadonlyMap<string, string>;

/** Writes `Key:Value` lines with CRLF. */
export function settingsText(settings: Settings): string {
  return [...settings].map(([key, value]) => `${key}:${value}\r\n`).join('');
}

/** Finds `Key:Value` lines; others are left out. Of a key that stands twice the last line counts. */
export function readSettings(text: string): Settings {
  const settings = new Map<string, string>();
  for (const line of text.replace(/^\xef\xbb\xbf/, '').split(/\r?\n/)) {
    const [, key, value] = /^\s*([A-Za-z][\w]*)\s*:(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) settings.set(key, value.trim());
  }
  return settings;
}

/** The name of a key as the settings have it, whatever the case of its letters. */
export function keyIn(settings: Settings, key: string): string | undefined {
  const asked = key.toLowerCase();
  return settings.has(key) ? key : [...settings.keys()].find((known) => known.toLowerCase() === asked);
}
