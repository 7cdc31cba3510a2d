import { type Shown, shownValue } from '../core/secrets.ts';
import { type Change, needsRestart, type Outcome, settingLabel } from '../core/settings-change.ts';
import { type Form, type Io, json, lines } from './io.ts';

/** A change and what became of it. */
export type Told = { readonly change: Change; readonly outcome: Outcome | 'would change' };

/** Says what became of changes, and whether some count only after a restart; values that are secret are not shown. */
export function tell(io: Io, form: Form, done: readonly Told[]): void {
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
