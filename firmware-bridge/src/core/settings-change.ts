import { err, ok, type Result } from '@ewon-agent/contracts';
import { type SettingsFile, setComcfg, settingValue } from './comcfg.ts';
import { comcfgKey } from './comcfg-keys.ts';
import { type ConfigFile, setConfig, writeConfig } from './config-txt.ts';
import { isEncrypted } from './secrets.ts';
import { sameKey } from './setting-line.ts';

// What is written to change settings of an Ewon, and whether they stand there afterwards. Of comcfg.txt only the changed lines are sent, which an Ewon
// merges into what it has (ewon-facts §1.3); of config.txt nothing says so, hence all of it.

/** A setting as a person names it: `WANCnx` is one of comcfg.txt, `System.Identification` one of config.txt. */
export type SettingName = { readonly section?: string; readonly key: string };
export type Wish = { readonly name: SettingName; readonly value: string };
/** One setting that differs from what is asked; `before` is missing where the Ewon has no such line. */
export type Change = { readonly name: SettingName; readonly before?: string; readonly after: string };
/** What to send, and for what; nothing to send where there are no changes. */
export type ChangePlan = { readonly changes: readonly Change[]; readonly bytes: Uint8Array };
/** What became of a change. */
export type Outcome = 'changed' | 'encrypted' | 'not taken';

/** Reads the name of a setting. Codes: SETTING_BAD. */
export function parseSettingName(text: string): Result<SettingName> {
  const [, section, key] = /^(?:([A-Za-z]\w{0,63})\.)?([A-Za-z]\w{0,63})$/.exec(text) ?? [];
  if (key === undefined) return err('SETTING_BAD', 'a setting is named KEY or SECTION.KEY');
  return ok(section === undefined ? { key } : { section, key });
}

/** Writes the name of a setting. */
export function settingLabel({ section, key }: SettingName): string {
  return section === undefined ? key : `${section}.${key}`;
}

/**
 * Plans changes of comcfg.txt. A key that stands nowhere, neither on the Ewon nor in what HMS documents, is refused: the Ewon would drop it without a word.
 * Codes: SETTING_BAD, EWON_KEY_UNKNOWN.
 */
export function planComcfg(file: SettingsFile, wishes: readonly Wish[]): Result<ChangePlan> {
  const changes: Change[] = [];
  for (const { name, value } of wishes) {
    if (CARD_ONLY.some((key) => sameKey(key, name.key)))
      return err('SETTING_BAD', `${name.key} is taken from a card only`);
    const before = settingValue(file, name.key);
    if (before === undefined && !comcfgKey(name.key)) return err('EWON_KEY_UNKNOWN', name.key);
    const set = setComcfg(file, name.key, value);
    if (!set.ok) return set;
    if (before !== value)
      changes.push({ name: spelled(file, name), ...(before !== undefined && { before }), after: value });
  }
  const text = changes.map(({ name, after }) => `${name.key}:${after}\r\n`).join('');
  // one byte a character unless the Ewon's own file is UTF-8
  const bytes = file.text.encoding === 'utf-8' ? new TextEncoder().encode(text) : latin1(text);
  return ok({ changes, bytes });
}

/**
 * Plans changes of config.txt: all of it, with nothing but the values changed.
 * Codes: SETTING_BAD (also where there is no such section), EWON_KEY_UNKNOWN.
 */
export function planConfig(file: ConfigFile, wishes: readonly Wish[]): Result<ChangePlan> {
  const changes: Change[] = [];
  let changed = file;
  for (const { name, value } of wishes) {
    const { section = '', key } = name;
    const before = configValue(file, name);
    if (before === undefined) return err('EWON_KEY_UNKNOWN', settingLabel(name));
    const set = setConfig(changed, { section, key }, value);
    if (!set.ok) return set;
    changed = set.value;
    if (before !== value) changes.push({ name, before, after: value });
  }
  return ok({ changes, bytes: changes.length > 0 ? writeConfig(changed) : new Uint8Array() });
}

/** The value of a setting of config.txt. */
export function configValue(file: ConfigFile, { section, key }: SettingName): string | undefined {
  return file.sections
    .filter(({ name }) => name === section)
    .flatMap(({ settings }) => settings)
    .findLast((setting) => sameKey(setting.key, key))?.value;
}

/** Judges what stands there after the writing. A password comes back encrypted, so that it changed is all that can be told; where it did not, it was that one before, or was dropped. */
export function outcomeOf({ before, after }: Change, now: string | undefined): Outcome {
  if (now === after) return 'changed';
  if (isEncrypted(now) && now !== before) return 'encrypted';
  return 'not taken';
}

/** Names the keys of a comcfg.txt that was sent and does not stand there now. Values that either side holds encrypted cannot be compared. */
export function keysNotTaken(sent: SettingsFile, now: SettingsFile): readonly string[] {
  const keys = sent.settings.map(({ key }) => key).filter((key, i, all) => all.findIndex((k) => sameKey(k, key)) === i);
  return keys.filter((key) => {
    const [asked, is] = [settingValue(sent, key), settingValue(now, key)];
    return asked !== is && !isEncrypted(asked) && !isEncrypted(is);
  });
}

/** Tells whether a setting counts only after a restart of the Ewon (SSH-0050). */
export function needsRestart({ section, key }: SettingName): boolean {
  return section === undefined && AT_BOOT.some((known) => sameKey(known, key));
}

const CARD_ONLY = ['T2MKey', 'T2MNote'];
const AT_BOOT = ['EthIP', 'EthMask', 'EthGW', 'IpsHttpP1', 'IpsHttpP2', 'SDConfigEnable', 'USBConfigEnable'];

/** The key as the Ewon spells it, else as HMS does. */
function spelled({ settings }: SettingsFile, { key }: SettingName): SettingName {
  const there = settings.findLast((setting) => sameKey(setting.key, key));
  return { key: there?.key ?? comcfgKey(key)?.key ?? key };
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}
