import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { isSecretKey } from '../core/secrets.ts';
import { parseSettingName, settingLabel, type Wish } from '../core/settings-change.ts';

/** What a person asked for: `KEY=VALUE`, and `KEY=FILE` for what must not stand on a command line. */
export type WishTexts = { readonly wishes: readonly string[]; readonly fromFiles: readonly string[] };

/** Reads the wishes. Codes: USAGE (a form, a secret as an argument, a key twice, nothing at all), SETTING_BAD, LOCAL_FILE_BAD. */
export async function readWishes({ wishes, fromFiles }: WishTexts): Promise<Result<readonly Wish[]>> {
  const all: Wish[] = [];
  for (const [text, from] of [
    ...wishes.map((w) => [w, 'here'] as const),
    ...fromFiles.map((f) => [f, 'file'] as const),
  ]) {
    const at = text.indexOf('=');
    if (at === -1)
      return err('USAGE', from === 'here' ? 'a setting is given as KEY=VALUE' : '--value-file takes KEY=FILE');
    const name = parseSettingName(text.slice(0, at));
    if (!name.ok) return name;
    const rest = text.slice(at + 1);
    if (from === 'here' && isSecretKey(name.value.key))
      return err('USAGE', `${settingLabel(name.value)} is a secret and everybody can see arguments; use --value-file`);
    const value = from === 'file' ? await lineOf(rest) : ok(rest);
    if (!value.ok) return value;
    if (all.some((other) => settingLabel(other.name).toLowerCase() === settingLabel(name.value).toLowerCase()))
      return err('USAGE', `${settingLabel(name.value)} is given twice`);
    all.push({ name: name.value, value: value.value });
  }
  return all.length > 0 ? ok(all) : err('USAGE', 'nothing to set: give KEY=VALUE');
}

async function lineOf(path: string): Promise<Result<string>> {
  try {
    return ok((await readFile(path, 'utf8')).replace(/\r?\n$/, ''));
  } catch (cause) {
    return err('LOCAL_FILE_BAD', path, cause);
  }
}
