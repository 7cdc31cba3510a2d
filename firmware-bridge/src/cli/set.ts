import { readFile } from 'node:fs/promises';
import { err, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { parseComcfg, settingValue } from '../core/comcfg.ts';
import { parseConfig } from '../core/config-txt.ts';
import { isSecretKey, type Shown, shownValue } from '../core/secrets.ts';
import {
  type Change,
  type ChangePlan,
  configValue,
  needsRestart,
  type Outcome,
  outcomeOf,
  parseSettingName,
  planComcfg,
  planConfig,
  type SettingName,
  settingLabel,
  type Wish,
} from '../core/settings-change.ts';
import { type Ewon, readSettings, whoIsThere } from './ewon.ts';
import { EXIT, type ExitStatus, type Form, type Io, json, lines, sayFault } from './io.ts';

export type SetRequest = {
  readonly ewon: Ewon;
  /** `KEY=VALUE` */
  readonly wishes: readonly string[];
  /** `KEY=FILE`, for what must not stand on a command line. */
  readonly fromFiles: readonly string[];
  readonly mode: 'write' | 'dry run';
};

/**
 * `ewon-bridge set`: changes settings, reads them again and says what became of each. Nothing is written when any wish is refused. Of two files
 * comcfg.txt is written first.
 */
export async function set(io: Io, form: Form, { ewon, mode, ...asked }: SetRequest): Promise<ExitStatus> {
  const wishes = await wishesOf(asked);
  if (!wishes.ok) return sayFault(io, form, wishes.fault);
  const known = await whoIsThere(ewon);
  if (!known.ok) return sayFault(io, form, known.fault);
  const plans: (readonly [SettingsName, ChangePlan])[] = [];
  for (const file of ['comcfg.txt', 'config.txt'] as const) {
    const here = wishes.value.filter(({ name }) => (name.section === undefined) === (file === 'comcfg.txt'));
    const plan = here.length > 0 ? await planOf(ewon, file, here) : undefined;
    if (plan && !plan.ok) return sayFault(io, form, plan.fault);
    if (plan && plan.value.changes.length > 0) plans.push([file, plan.value]);
  }
  const done: Told[] = [];
  for (const [file, plan] of plans) {
    const outcomes =
      mode === 'write' ? await write(ewon, file, plan) : ok(plan.changes.map(() => 'would change' as const));
    if (!outcomes.ok) {
      if (done.length > 0) tell(io, form, done);
      return sayFault(io, form, outcomes.fault);
    }
    done.push(...plan.changes.map((change, i) => ({ change, outcome: outcomes.value[i] ?? 'not taken' })));
  }
  tell(io, form, done);
  const failed = done.filter(({ outcome }) => outcome === 'not taken').map(({ change }) => settingLabel(change.name));
  if (failed.length === 0) return EXIT.allRead;
  return form === 'json' ? EXIT.refused : sayFault(io, form, err('EWON_NOT_TAKEN', failed.join(', ')).fault);
}

type SettingsName = 'comcfg.txt' | 'config.txt';
type Told = { readonly change: Change; readonly outcome: Outcome | 'would change' };

async function wishesOf({
  wishes,
  fromFiles,
}: Pick<SetRequest, 'wishes' | 'fromFiles'>): Promise<Result<readonly Wish[]>> {
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

async function planOf(ewon: Ewon, file: SettingsName, wishes: readonly Wish[]): Promise<Result<ChangePlan>> {
  const bytes = await readSettings(ewon, file);
  if (!bytes.ok) return bytes;
  if (file === 'config.txt') {
    const config = parseConfig(bytes.value);
    return config.ok ? planConfig(config.value, wishes) : config;
  }
  const comcfg = parseComcfg(bytes.value);
  return comcfg.ok ? planComcfg(comcfg.value, wishes) : comcfg;
}

async function write(ewon: Ewon, file: SettingsName, plan: ChangePlan): Promise<Result<readonly Outcome[]>> {
  const wholeMs = 4 * ewon.stepMs + 20 * SECOND_MS;
  const written = await ewon.files.write(file, piecesOf(plan.bytes), { wholeMs });
  if (!written.ok) return written;
  const now = await valuesOf(ewon, file);
  if (!now.ok) return err(now.fault.code, `written, but not read again: ${now.fault.detail}`, now.fault.cause);
  return ok(plan.changes.map((change) => outcomeOf(change, now.value(change.name))));
}

/** What stands there now, by name. */
async function valuesOf(ewon: Ewon, file: SettingsName): Promise<Result<(name: SettingName) => string | undefined>> {
  const bytes = await readSettings(ewon, file);
  if (!bytes.ok) return bytes;
  if (file === 'config.txt') {
    const config = parseConfig(bytes.value);
    return config.ok ? ok((name) => configValue(config.value, name)) : config;
  }
  const comcfg = parseComcfg(bytes.value);
  return comcfg.ok ? ok(({ key }) => settingValue(comcfg.value, key)) : comcfg;
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function tell(io: Io, form: Form, done: readonly Told[]): void {
  const atBoot = done.some(({ change, outcome }) => outcome !== 'not taken' && needsRestart(change.name));
  if (form === 'json') {
    const changes = done.map(({ change: { name, before, after }, outcome }) => ({
      key: settingLabel(name),
      ...(before !== undefined && { before: shownValue(name.key, before) }),
      after: shownValue(name.key, after),
      outcome,
    }));
    io.stdout(json({ changes, restartNeeded: atBoot }));
    return;
  }
  if (done.length === 0) io.stdout('nothing to change: every value stands there already\n');
  io.stdout(lines(done.map(({ change, outcome }) => [settingLabel(change.name), sentence(change, outcome)] as const)));
  if (atBoot) io.stdout('Some of it counts only after a restart: "ewon-bridge reboot".\n');
}

function sentence({ name, before, after }: Change, outcome: Told['outcome']): string {
  const was = before === undefined ? '(not there)' : words(shownValue(name.key, before));
  const note = {
    changed: '',
    encrypted: '  (kept encrypted by the Ewon, so it cannot be compared)',
    'would change': '  (dry run)',
  };
  return `${was} -> ${words(shownValue(name.key, after))}${outcome === 'not taken' ? '  (NOT TAKEN)' : note[outcome]}`;
}

function words(shown: Shown): string {
  if ('value' in shown) return shown.value === '' ? '(empty)' : shown.value;
  return 'hidden' in shown ? `(hidden, ${shown.hidden})` : `(key ${shown.grkId})`;
}
