import { err, ok, type Result } from '@ewon-agent/contracts';
import { parseComcfg, settingValue } from '../core/comcfg.ts';
import { parseConfig } from '../core/config-txt.ts';
import {
  type ChangePlan,
  configValue,
  type Outcome,
  outcomeOf,
  planComcfg,
  planConfig,
  type SettingName,
  settingLabel,
  type Wish,
} from '../core/settings-change.ts';
import { type Ewon, readSettings, settingsMs, whoIsThere } from './ewon.ts';
import { EXIT, type ExitStatus, type Form, type Io, sayFault } from './io.ts';
import { type Told, tell } from './set-told.ts';
import { readWishes, type WishTexts } from './set-wishes.ts';

export type SetRequest = WishTexts & { readonly ewon: Ewon; readonly mode: 'write' | 'dry run' };

/**
 * `ewon-bridge set`: changes settings, reads them again and says what became of each. Nothing is written when any wish is refused. Of two files
 * comcfg.txt is written first.
 */
export async function set(io: Io, form: Form, { ewon, mode, ...asked }: SetRequest): Promise<ExitStatus> {
  const wishes = await readWishes(asked);
  if (!wishes.ok) return sayFault(io, form, wishes.fault);
  const known = await whoIsThere(ewon);
  if (!known.ok) return sayFault(io, form, known.fault);
  const plans: (readonly [SettingsName, ChangePlan])[] = [];
  for (const file of ['comcfg.txt', 'config.txt'] as const) {
    const here = wishes.value.filter(({ name }) => (name.section === undefined) === (file === 'comcfg.txt'));
    if (here.length === 0) continue;
    const now = await settingsOf(ewon, file);
    const plan = now.ok ? now.value.plan(here) : now;
    if (!plan.ok) return sayFault(io, form, plan.fault);
    if (plan.value.changes.length > 0) plans.push([file, plan.value]);
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

async function write(ewon: Ewon, file: SettingsName, plan: ChangePlan): Promise<Result<readonly Outcome[]>> {
  const written = await ewon.files.write(file, piecesOf(plan.bytes), { wholeMs: settingsMs(ewon.stepMs) });
  if (!written.ok) return written;
  const now = await settingsOf(ewon, file);
  if (!now.ok) return err(now.fault.code, `written, but not read again: ${now.fault.detail}`, now.fault.cause);
  return ok(plan.changes.map((change) => outcomeOf(change, now.value.valueOf(change.name))));
}

/** A file as it stands on the Ewon. */
type Settings = {
  plan(wishes: readonly Wish[]): Result<ChangePlan>;
  valueOf(name: SettingName): string | undefined;
};

async function settingsOf(ewon: Ewon, file: SettingsName): Promise<Result<Settings>> {
  const bytes = await readSettings(ewon, file);
  if (!bytes.ok) return bytes;
  if (file === 'config.txt') {
    const config = parseConfig(bytes.value);
    if (!config.ok) return config;
    return ok({
      plan: (wishes) => planConfig(config.value, wishes),
      valueOf: (name) => configValue(config.value, name),
    });
  }
  const comcfg = parseComcfg(bytes.value);
  if (!comcfg.ok) return comcfg;
  return ok({
    plan: (wishes) => planComcfg(comcfg.value, wishes),
    valueOf: ({ key }) => settingValue(comcfg.value, key),
  });
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
