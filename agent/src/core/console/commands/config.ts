import { CONFIRM_MINUTES } from '../../settings/settings.ts';
import {
  isSettingName,
  SETTING_KEYS,
  type SettingKey,
  settingHelp,
  settingOf,
  settingRange,
} from '../../settings/settings-keys.ts';
import type { Mode, Place, Value, Word } from '../tree.ts';
import { numberFrom } from './terminal.ts';

// The configuration, as network people know it: a candidate is edited and committed, and goes back where it does no good.

export type ConfigOrderName =
  | 'configure'
  | 'config exit'
  | 'config set'
  | 'config no'
  | 'config show'
  | 'config changes'
  | 'config commits'
  | 'config sources'
  | 'config validate'
  | 'config commit'
  | 'config rollback'
  | 'config discard';

/** A command after which the mode is another one. */
function leading(what: ConfigOrderName, mode: Mode): Place {
  // biome-ignore lint/suspicious/noThenProperty: the name that a command has for what follows it; nobody awaits a command
  return { run: { do: 'ask', what, then: mode } };
}

const RUN_CONFIGURE = leading('configure', 'config');

/** The way into the configuration. */
export const CONFIGURE_WORDS: readonly Word[] = [
  {
    ...{ word: 'configure', help: 'Change the configuration', needs: 'privileged', role: 'administrator' },
    ...RUN_CONFIGURE,
    to: [{ word: 'terminal', help: 'The same', ...RUN_CONFIGURE }],
  },
];

/** A value of a key: a choice of words where there are some, else a text that is checked as it is typed. */
function settingPlace(key: SettingKey): Place {
  const { form, path, isNamed } = key;
  const set = (...more: readonly string[]) => ({ do: 'ask', what: 'config set', given: [path, ...more] }) as const;
  if (form.enum && !isNamed)
    return {
      to: form.enum.map((one) => {
        const isUsual = one === form.default ? 'The default. ' : '';
        return { word: String(one), help: cut(`${isUsual}${form.description}`), run: set(String(one)) };
      }),
    };
  const value: Value = {
    ...{ label: settingRange(key), help: helpOf(key), run: set() },
    isValid: (text) => settingOf(key, text) !== undefined,
  };
  return { value };
}

function helpOf(key: SettingKey): string {
  const { default: usual } = key.form;
  return `${key.form.description ?? ''}${usual === undefined ? '' : ` [default ${JSON.stringify(usual)}]`}`;
}

/** So much fits beside the longest path in a row of 80 columns; all of it is said where the value is typed. */
const CUT = 48;

function cut(text: string): string {
  return text.length <= CUT ? text : `${text.slice(0, CUT - 3).replace(/[ ,.:;]*[^ ]*$/, '')}...`;
}

function named(next: Place): Place {
  return { value: { label: 'name', help: 'Name of an interface, as eth0', isValid: isSettingName, ...next } };
}

const ADMINISTRATOR = 'administrator';
const sections = [
  ...new Set(
    SETTING_KEYS.flatMap(({ path }) =>
      path
        .split('.')
        .slice(0, -1)
        .map((_, i, all) => all.slice(0, i + 1).join('.')),
    ),
  ),
];

/** What can be typed while the configuration is being changed. */
export const CONFIG_WORDS: readonly Word[] = [
  {
    ...{ word: 'commit', help: 'Have the candidate run; confirms what waits for it', role: ADMINISTRATOR },
    run: { do: 'ask', what: 'config commit' },
    to: [
      {
        ...{ word: 'confirmed', help: 'Goes back by itself, unless "commit" comes again in time' },
        run: { do: 'ask', what: 'config commit', given: [`${CONFIRM_MINUTES.usual}`] },
        value: {
          ...numberFrom(CONFIRM_MINUTES.min, CONFIRM_MINUTES.max, 'Minutes'),
          run: { do: 'ask', what: 'config commit' },
        },
      },
    ],
  },
  {
    ...{ word: 'discard', help: 'Throw the candidate away', role: ADMINISTRATOR },
    run: { do: 'ask', what: 'config discard' },
  },
  {
    ...{ word: 'exit', help: 'Back to privileged mode; the candidate is kept' },
    ...leading('config exit', 'privileged'),
  },
  { word: 'help', help: 'How to use the console', run: { do: 'help' } },
  {
    ...{ word: 'no', help: 'Back to what the file says, or to the default', role: ADMINISTRATOR },
    to: [
      ...sections.map((path) => ({
        ...{ word: path, help: 'All of that section' },
        run: { do: 'ask', what: 'config no', given: [path] } as const,
      })),
      ...SETTING_KEYS.map((key) => ({
        ...{ word: key.path, help: cut(settingHelp(key)) },
        ...(key.isNamed
          ? named({ run: { do: 'ask', what: 'config no', given: [key.path] } })
          : { run: { do: 'ask', what: 'config no', given: [key.path] } as const }),
      })),
    ].sort((a, b) => (a.word < b.word ? -1 : 1)),
  },
  {
    ...{ word: 'rollback', help: 'Load what ran before into the candidate', role: ADMINISTRATOR },
    run: { do: 'ask', what: 'config rollback', given: ['1'] },
    value: { ...numberFrom(0, 10, 'As "show commits" counts'), run: { do: 'ask', what: 'config rollback' } },
  },
  {
    ...{ word: 'set', help: 'Set a value of the candidate', role: ADMINISTRATOR },
    to: SETTING_KEYS.map((key) => ({
      ...{ word: key.path, help: cut(settingHelp(key)) },
      ...(key.isNamed ? named(settingPlace(key)) : settingPlace(key)),
    })).sort((a, b) => (a.word < b.word ? -1 : 1)),
  },
  {
    ...{ word: 'show', help: 'The candidate' },
    run: { do: 'ask', what: 'config show' },
    to: [
      { word: 'changes', help: 'What differs from what runs', run: { do: 'ask', what: 'config changes' } },
      { word: 'commits', help: 'What ran before, when and by whom', run: { do: 'ask', what: 'config commits' } },
      { word: 'sources', help: 'Which value comes from where', run: { do: 'ask', what: 'config sources' } },
    ],
  },
  {
    ...{ word: 'validate', help: 'Say whether the candidate could run', role: ADMINISTRATOR },
    run: { do: 'ask', what: 'config validate' },
  },
];
