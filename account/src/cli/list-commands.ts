import { err, parseDeviceId } from '@ewon-agent/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EWON_SORTS, LOG_SORTS } from '../store/lists.ts';
import { say, sayFault } from './answer.ts';
import { type CustomOptions, customOptions, withCustomFields } from './custom-fields.ts';
import {
  findEwons,
  findLines,
  importList,
  keepGrk,
  keepLog,
  onMany,
  revokeGrk,
  saveText,
  setEwon,
  showCandidates,
  undoReplace,
} from './lists.ts';
import type { CommandKit } from './program.ts';
import { findEwon } from './registrations.ts';
import { showEwons, showLog } from './settings.ts';
import { someOf } from './some-of.ts';

/** What a person reads at once. */
const ROWS = 100;

type WithState = { readonly state: string };
type Query = Readonly<Record<string, string | undefined>>;

/** Adds lists of Ewons and of the log, and what is done with many: `ewons`, `ewon`, `candidates`, `undo-replace`, `log`. */
export function listCommands(program: Command, kit: CommandKit): void {
  ewonsCommands(program, kit);
  ewonCommands(program.command('ewon').description('one Ewon, or several'), kit);
  logCommands(program, kit);
  const { io, form, command, asking } = kit;
  command(program, 'candidates [which]', 'tell whose place an Ewon that waits may be meant to take, and why').action(
    (which: string | undefined, { state }: WithState) =>
      asking(state, (admin) => showCandidates({ io, form, admin }, which)),
  );
  command(
    program,
    'undo-replace <ewon>',
    'give the Ewon whose place this one took its place back; within 7 days: device id or name',
  ).action((ewon: string, { state }: WithState) => asking(state, (admin) => undoReplace({ io, form, admin }, ewon)));
}

/**
 * A command that lists, with others below it. Those have `--state` of their own, so here it may be missing: commander would
 * ask for it also where the other command is meant.
 */
export function listing(over: Command, name: string, description: string): Command {
  return over
    .command(name)
    .description(description)
    .option('--state <dir>', 'state directory of the server')
    .option('--json', 'answer in JSON');
}

const given = (query: Query): Record<string, string> =>
  Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

function filters(over: Command): Command {
  return over
    .option('--search <words>', 'words in name, serial, description, custom fields or note')
    .option('--pool <pool>')
    .addOption(new Option('--link <link>').choices(['linked', 'unlinked']))
    .addOption(new Option('--status <status>').choices(['online', 'offline']))
    .addOption(new Option('--alarm <alarm>').choices(['open', 'none']))
    .option('--patch <state>', 'how it stands with patches: idle, failed, …; "none" has told nothing')
    .option('--firmware <version>')
    .option('--agent <version>')
    .option('--custom1 <text>', 'what stands in the first custom field')
    .option('--custom2 <text>')
    .option('--custom3 <text>');
}

function ewonsCommands(program: Command, kit: CommandKit): void {
  const { io, form, command, asking, wholeNumber } = kit;
  const ewons = filters(listing(program, 'ewons', 'list the Ewons; with a question, those that are found'))
    .addOption(new Option('--sort <column>').choices(EWON_SORTS))
    .option('--down', 'the other way round')
    .option('--limit <rows>', `rows to show: ${ROWS} unless told, all without any question`, wholeNumber)
    .action(
      ({ state, json: _, down, limit, ...query }: WithState & Query & { limit?: number; down?: true; json?: true }) =>
        askingIn(kit, state, (admin) => {
          const asked = given({ ...query, ...(down && { order: 'down' }) });
          if (Object.keys(asked).length === 0 && limit === undefined) return showEwons(io, form, admin);
          return findEwons({ io, form, admin }, { sort: 'name', ...asked }, limit ?? ROWS);
        }),
    );
  filters(command(ewons, 'export <file>', 'write the Ewons as CSV; - is standard output'))
    .option('--bom', 'begin with the mark by which Excel knows UTF-8')
    .action((file: string, _: unknown, own: Command) => {
      const { state, json: __, bom, ...query } = own.opts();
      const asked = new URLSearchParams(given({ ...query, ...(bom && { bom: '1' }) }));
      return asking(state, (admin) => saveText({ io, form, admin }, `ewons/export?${asked}`, file));
    });
  command(
    ewons,
    'import <file>',
    'change properties by a CSV as "export" writes it (- is standard input): all of it or, with a fault, nothing',
  )
    .option('--dry-run', 'only tell what would change')
    .action((file: string, _: unknown, own: Command) => {
      const { state, dryRun } = own.opts();
      return asking(state, (admin) => importList({ io, form, admin }, file, { isTry: dryRun === true }));
    });
}

type EwonSet = { json?: true; name?: string; pool?: string; description?: string } & CustomOptions;

function ewonCommands(ewon: Command, { io, form, command, asking, done }: CommandKit): void {
  customOptions(command(ewon, 'set <ewon>', 'change an Ewon by its device id or name; what is not named stays'))
    .option('--name <name>')
    .option('--pool <pool>')
    .option('--description <text>')
    .action((which: string, { state, json: _, ...named }: WithState & EwonSet) =>
      someOf(withCustomFields(named), { io, form, done }, (set) =>
        asking(state, (admin) => setEwon({ io, form, admin }, which, set)),
      ),
    );
  command(ewon, 'move <pool> <ewons...>', 'move Ewons to a pool: device ids or names').action(
    (pool: string, ewons: readonly string[], { state }: WithState) =>
      asking(state, (admin) => onMany({ io, form, admin }, ewons, { do: 'move', pool })),
  );
  command(ewon, 'forget <ewons...>', 'remove Ewons: device ids or names').action(
    (ewons: readonly string[], { state }: WithState) =>
      asking(state, (admin) => onMany({ io, form, admin }, ewons, { do: 'forget' })),
  );
}

type LogOptions = Query & { readonly raw?: true; readonly down?: true; readonly limit: number; readonly json?: true };

function logFilters(over: Command): Command {
  return over
    .addOption(new Option('--kind <kind>').choices(['error', 'user', 'message']))
    .option('--ewon <ewon>', 'lines about an Ewon: device id or name, exactly as it was for one that is gone')
    .option('--user <name>', 'what a user did and decided')
    .option('--text <words>', 'words in name, code or event')
    .option('--from <time>', 'RFC 3339, UTC')
    .option('--to <time>', 'not itself');
}

function logCommands(program: Command, kit: CommandKit): void {
  const { io, form, command, asking, wholeNumber } = kit;
  /** The device id in the place of the name of an Ewon. */
  const withId = async (admin: Parameters<Parameters<typeof asking>[1]>[0], query: Record<string, string>) => {
    const { ewon: which } = query;
    if (which === undefined || parseDeviceId(which).ok) return { ok: true as const, value: query };
    const found = await findEwon(admin, which);
    if (found.ok) return { ok: true as const, value: { ...query, ewon: found.value.deviceId } };
    if (found.fault.code !== 'NOT_FOUND') return found;
    // one that is not listed any more has its lines, by the name it had
    const { ewon: _, ...rest } = query;
    return { ok: true as const, value: { ...rest, called: which } };
  };
  const log = logFilters(listing(program, 'log', "show the account's log"))
    .option('--raw', 'day; time; name; Ewon or User; event')
    .addOption(new Option('--sort <column>').choices(LOG_SORTS))
    .option('--down', 'the other way round')
    .option('--limit <lines>', 'newest lines to show', wholeNumber, 100)
    .action(({ state, raw, kind, limit, json: _, down, ...query }: WithState & LogOptions) =>
      askingIn(kit, state, async (admin) => {
        const asked = given({ ...query, ...(down && { order: 'down' }) });
        if (Object.keys(asked).length === 0)
          return showLog(io, form, admin, { limit, ...(raw && { raw }), ...(kind && { kind }) });
        if (raw) return sayFault(io, form, err('USAGE', 'raw lines with a filter: "account log export --raw"').fault);
        const whole = await withId(admin, { ...asked, ...(kind && { kind }) });
        return whole.ok ? findLines({ io, form, admin }, whole.value, limit) : say(io, form, whole, () => '');
      }),
    );
  logFilters(
    command(
      log,
      'export <file>',
      'write all of the log that is asked for: as CSV, or raw as text; - is standard output',
    ),
  )
    .option('--raw', 'day; time; name; Ewon or User; event')
    .option('--bom', 'begin with the mark by which Excel knows UTF-8')
    .action((file: string, _: unknown, own: Command) => {
      const { state, json: __, raw, bom, ...query } = own.opts();
      return asking(state, async (admin) => {
        const asked = await withId(admin, given({ ...query, ...(raw && { form: 'raw' }), ...(bom && { bom: '1' }) }));
        if (!asked.ok) return sayFault(io, form, asked.fault);
        return saveText({ io, form, admin }, `log/export?${new URLSearchParams(asked.value)}`, file);
      });
    });
  command(log, 'keep', 'show or set how long lines are kept')
    .option('--lines <number>', 'so many of the newest that Ewons caused', wholeNumber)
    .option('--days <days>', 'none of these that is older; "none" for no such limit')
    .option('--audit-days <days>', 'lines about users and decisions', wholeNumber)
    .action((_: unknown, own: Command) => {
      const { state, lines, days, auditDays } = own.opts();
      const set = {
        ...(lines !== undefined && { lines: Number(lines) }),
        ...(auditDays !== undefined && { auditDays: Number(auditDays) }),
        ...(days !== undefined && { days: days === 'none' ? null : wholeNumber(String(days)) }),
      };
      return asking(state, (admin) => keepLog({ io, form, admin }, set));
    });
}

/** Asks the server of a state directory that may not have been named. */
export function askingIn(
  { io, form, asking, done }: CommandKit,
  state: string | undefined,
  ask: Parameters<CommandKit['asking']>[1],
) {
  if (state !== undefined) return asking(state, ask);
  return done(sayFault(io, form, err('USAGE', "required option '--state <dir>' not specified").fault));
}

/** Adds what makes, changes and ends keys. */
export function grkCommands(grk: Command, { io, form, command, asking }: CommandKit): void {
  const settings = (over: Command) =>
    over
      .option('--pool <pool>', 'pool of the Ewons that come with it')
      .option('--note <text>')
      .option('--expires <time>', 'RFC 3339, UTC; "none" for no end')
      .option('--uses <number>', 'Ewons that may be approved with it; "none" for any number', usesOf);
  type Options = WithState & { json?: true } & Parameters<typeof keepGrk>[2];
  settings(command(grk, 'add', 'make another key, beside those there are')).action(
    ({ state, json: _, ...set }: Options) => asking(state, (admin) => keepGrk({ io, form, admin }, undefined, set)),
  );
  settings(command(grk, 'set <id>', 'change a key; cards that are out stay good')).action(
    (id: string, { state, json: _, ...set }: Options) =>
      asking(state, (admin) => keepGrk({ io, form, admin }, id, set)),
  );
  command(grk, 'revoke <id>', 'tell what revoking a key would end; do it with --yes')
    .option('--yes', 'do it')
    .action((id: string, { state, yes }: WithState & { yes?: true }) =>
      asking(state, (admin) => revokeGrk({ io, form, admin }, id, { isSure: yes === true })),
    );
}

function usesOf(text: string): string {
  if (text !== 'none' && !/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('a number from 1, or "none"');
  return text;
}
