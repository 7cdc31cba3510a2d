import { ok } from '@ewon-agent/contracts';
import type { ConfigOrderName } from '../../../core/console/commands/config.ts';
import type { ConsoleAnswer } from '../../../core/console/session.ts';
import { settingLine } from '../../../core/settings/settings-keys.ts';
import type { Ask, Asks } from '../asking.ts';

const open = () => import('../../config.ts');

export const CONFIG_ASKS: Asks<ConfigOrderName> = {
  configure: async (config) => {
    const { readCandidate } = await open();
    const read = readCandidate(config);
    if (!read.ok) return read;
    const { candidate, changes, saved, layers } = read.value;
    const { trial, wentBack } = saved;
    return ok({
      lines: [
        ...(layers.fault ? [`Note: ${layers.fault.code}, the configuration file alone holds.`] : []),
        ...(trial?.until === 'confirmed'
          ? [`Commit ${saved.last} goes back by itself, unless "commit" confirms it.`]
          : []),
        ...(wentBack ? [`Commit ${wentBack.from} was taken back at ${wentBack.at}: ${wentBack.why}.`] : []),
        ...(candidate
          ? [
              `Edited by ${candidate.by} since ${candidate.since}, last at ${candidate.at}; not committed:`,
              ...changes.map((line) => `  ${line}`),
            ]
          : []),
      ],
      value: { changes, ...(candidate && { by: candidate.by, since: candidate.since }) },
    });
  },
  'config exit': async (config) => {
    const { readCandidate } = await open();
    const read = readCandidate(config);
    if (!read.ok) return ok({ lines: [], value: {} }); // nothing keeps a person in here
    const { changes } = read.value;
    const lines = changes.length > 0 ? ['Not committed; kept as the candidate ("discard" throws it away):'] : [];
    return ok({ lines: [...lines, ...changes.map((line) => `  ${line}`)], value: { changes } });
  },
  'config set': async (config, given, { person }) => {
    const { setValue } = await open();
    const path = given.slice(0, -1).join('.');
    return silent(setValue(config, person.name, path, given.at(-1) ?? ''));
  },
  'config no': async (config, given, { person }) => {
    const { unsetValue } = await open();
    return silent(unsetValue(config, person.name, given.join('.')));
  },
  'config show': async (config) => {
    const { readCandidate } = await open();
    const read = readCandidate(config);
    if (!read.ok) return read;
    const lines = Object.entries(read.value.settings).map(([path, value]) => settingLine(path, value));
    return ok({ lines: lines.length > 0 ? lines : ['Nothing is set at the console.'], value: read.value.settings });
  },
  'config changes': async (config) => {
    const { readCandidate } = await open();
    const read = readCandidate(config);
    if (!read.ok) return read;
    const { changes } = read.value;
    return ok({ lines: changes.length > 0 ? changes : ['The candidate is what runs.'], value: changes });
  },
  'config commits': async (config) => {
    const { readCandidate } = await open();
    const read = readCandidate(config);
    if (!read.ok) return read;
    const { commits, trial } = read.value.saved;
    const waits = trial?.until === 'confirmed' ? '  waits to be confirmed' : '  not up yet';
    const lines = commits.map(({ n, at, by, settings }, i) => {
      const held = `${Object.keys(settings).length} set`;
      return `${`${i}`.padStart(2)}  commit ${n}  ${at.slice(0, 19)}Z  ${by}  ${held}${i === 0 && trial ? waits : ''}`;
    });
    return ok({ lines: lines.length > 0 ? lines : ['Nothing was committed yet.'], value: commits });
  },
  'config sources': async (config) => {
    const { explainConfig, sourcesText } = await import('../../config-explain.ts');
    const sources = explainConfig(config);
    return sources.ok ? ok({ lines: sourcesText(sources.value).split('\n'), value: sources.value }) : sources;
  },
  'config validate': async (config) => {
    const { validate } = await open();
    const valid = validate(config);
    return valid.ok ? ok({ lines: ['The candidate could run.'], value: { valid: true } }) : valid;
  },
  'config commit': async (config, [minutes], { person }) => {
    const { commit } = await open();
    const done = await commit(config, person.name, minutes === undefined ? undefined : Number(minutes));
    if (!done.ok) return done;
    const { did, n, applied } = done.value;
    if (did === 'confirmed') return ok({ lines: [`Commit ${n} is confirmed.`], value: done.value });
    const goesBack =
      minutes === undefined
        ? []
        : [`It goes back in ${minutes} min, unless "commit" comes again after the agent has come up.`];
    return ok({ lines: [`Commit ${n}. ${APPLIED[applied]}`, ...goesBack], value: done.value });
  },
  'config rollback': async (config, [back], { person }) => {
    const { rollback } = await open();
    const loaded = rollback(config, person.name, Number(back));
    if (!loaded.ok) return loaded;
    return ok({ lines: ['Loaded as the candidate; "show changes", then "commit".'], value: loaded.value });
  },
  'config discard': async (config) => {
    const { discard } = await open();
    return silent(discard(config));
  },
};

const APPLIED = {
  applied: 'It runs.',
  restarting: 'The agent starts again with it.',
  later: 'The agent starts again with it when the patch is installed.',
  needsRestart: 'Restart the agent: nothing here does that by itself.',
  notRunning: 'No agent runs; it holds from its next start on.',
} as const;

function silent(done: { ok: true; value: unknown } | Awaited<ReturnType<Ask>>): ConsoleAnswer {
  return done.ok ? ok({ lines: [], value: {} }) : done;
}
