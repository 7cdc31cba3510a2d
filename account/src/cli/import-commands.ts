import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { importEwons, orderImport, showImports } from './imports.ts';
import { askingIn, listing } from './list-commands.ts';
import type { CommandKit } from './program.ts';

type WithState = { readonly state: string };
type Options = WithState & {
  readonly from: string;
  readonly user: string;
  readonly pool?: string;
  readonly newPool?: string;
  readonly ca?: string;
  readonly only?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly wait: number;
};

/** Follows for a minute unless told: Ewons that are online have moved by then. */
const WAIT_SECONDS = 60;

/** Adds `import-ewons` and `imports`. */
export function importCommands(program: Command, kit: CommandKit): void {
  const { io, form, command, asking, wholeNumber } = kit;
  command(program, 'import-ewons', 'move Ewons of another account here; without --yes it lists what can move')
    .requiredOption('--from <url>', 'address of the page of the other account, https://host:port')
    .requiredOption('--user <login>', 'an Administrator there; his password is asked for, or read from standard input')
    .addOption(new Option('--pool <pool>', 'pool they go to; that of new Ewons unless given').conflicts('newPool'))
    .option('--new-pool <name>', 'the same, and it is made')
    .option('--ca <file>', 'PEM that is trusted for that address, where its certificate is not a public one')
    .option('--only <ewons...>', 'these, by name or serial; all that can move unless given')
    .addOption(new Option('--dry-run', 'list only').conflicts('yes'))
    .option('--yes', 'move them: it cannot be undone, and each disconnects for a moment')
    .option('--wait <seconds>', 'how long to say how it goes on', wholeNumber, WAIT_SECONDS)
    .action(({ state, from, user, dryRun = false, yes = false, wait: waitSeconds, ...more }: Options) => {
      const { pool, newPool, ca, only } = more;
      const order = {
        ...{ from, user, dryRun, yes, waitSeconds },
        ...(pool !== undefined && { pool }),
        ...(newPool !== undefined && { newPool }),
        ...(ca !== undefined && { ca }),
        ...(only && { only }),
      };
      return asking(state, (admin) => importEwons({ io, form, admin }, order, sleep));
    });
  const imports = listing(program, 'imports', 'list the imports from other accounts').action(
    ({ state }: Partial<WithState>) => askingIn(kit, state, (admin) => showImports({ io, form, admin })),
  );
  for (const [order, text] of [
    ['show', 'show how the Ewons of one stand'],
    ['end', 'end one: what has not moved stays in its account'],
  ] as const)
    command(imports, `${order} <id>`, text).action((id: string, { state }: WithState) =>
      asking(state, (admin) => orderImport({ io, form, admin }, { id, order })),
    );
}
