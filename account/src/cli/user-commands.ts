import { err } from '@ewon-agent/contracts';
import { type Command, Option } from 'commander';
import { ADMINISTRATORS_NAME, TOKEN_APIS } from '../core/users.ts';
import { addContact, changeContact, removeContact, setAbout, showAbout, showContacts } from './about.ts';
import { sayFault } from './answer.ts';
import { type CustomOptions, customOptions, withCustomFields } from './custom-fields.ts';
import { addGroup, changeGroup, groupIdsOf, removeGroup, setGroups, showGroups } from './groups.ts';
import type { CommandKit } from './program.ts';
import { someOf } from './some-of.ts';
import { addToken, changeToken, removeToken, showTokens } from './tokens.ts';
import { userSessionCommands } from './user-sessions.ts';
import { addUser, changeUser, orderUser, setUserPassword, showUsers, unlockNetwork } from './users.ts';

type WithState = { readonly state: string };

/** Adds who may sign in: `user`. */
export function userCommands(program: Command, { io, form, command, asking, done }: CommandKit): void {
  const user = program.command('user').description('people who sign in by password');
  command(user, 'list', 'list the users').action(({ state }: WithState) =>
    asking(state, (admin) => showUsers(io, form, admin)),
  );
  command(user, 'add <login>', 'add a user; the password is asked for, or read from standard input')
    .option('--full-name <name>', '', '')
    .option('--email <address>', '', '')
    .option('--groups <names...>', 'groups that he is in')
    .addOption(new Option('--administrator', 'in the group Administrators: may everything').conflicts('groups'))
    .action(
      (
        login: string,
        { state, ...set }: WithState & { fullName: string; email: string; administrator?: true; groups?: string[] },
      ) =>
        asking(state, async (admin) => {
          const groupIds = await groupIdsOf(admin, set.administrator ? [ADMINISTRATORS_NAME] : (set.groups ?? []));
          if (!groupIds.ok) return sayFault(io, form, groupIds.fault);
          const { fullName, email } = set;
          return addUser(io, form, admin, { login, fullName, email, groupIds: groupIds.value });
        }),
    );
  customOptions(command(user, 'set <login>', 'change what is known of a user; what is not named stays'))
    .option('--full-name <name>')
    .option('--email <address>', '"" for none')
    .action((login: string, { state, json: _, ...named }: WithState & UserSet) =>
      someOf(withCustomFields(named), { io, form, done }, (set) =>
        asking(state, (admin) => changeUser(io, form, admin, { login, set })),
      ),
    );
  command(user, 'groups <login> [names...]', 'put a user into these groups, and into no others').action(
    (login: string, names: string[], { state }: WithState) =>
      asking(state, (admin) => setGroups(io, form, admin, { login, names })),
  );
  command(user, 'password <login>', 'set the password of a user, which ends his sessions').action(
    (login: string, { state }: WithState) => asking(state, (admin) => setUserPassword(io, form, admin, login)),
  );
  command(user, 'reset-two-factor <login>', 'end the two-factor of a user who lost his telephone and his codes').action(
    (login: string, { state }: WithState) =>
      asking(state, (admin) => orderUser(io, form, admin, { login, order: 'resetTwoFactor' })),
  );
  command(user, 'remove <login>', 'remove a user, which ends his sessions').action(
    (login: string, { state }: WithState) =>
      asking(state, (admin) => orderUser(io, form, admin, { login, order: 'remove' })),
  );
  command(user, 'unlock [login]', 'end the lock-out after ten failed sign-ins, of a user or of a network')
    .option('--network <network>', 'a network as the log names it, such as 192.0.2.0/24, or an address of it')
    .action((login: string | undefined, { state, network }: WithState & { network?: string }) =>
      asking(state, async (admin) => {
        if ((login === undefined) === (network === undefined))
          return sayFault(io, form, err('BAD_REQUEST', 'one of LOGIN, --network').fault);
        if (network !== undefined) return unlockNetwork(io, form, admin, network);
        return orderUser(io, form, admin, { login: login ?? '', order: 'unlock' });
      }),
    );
  userSessionCommands(user, { io, form, command, asking });
}

type UserSet = { json?: true; fullName?: string; email?: string } & CustomOptions;

type GivenSet = WithState & { json?: true; name?: string; may?: string[]; pools?: string[]; allPools?: true };

/** What a group or a token is given, as the server takes it. */
function givenOf({ name, may, pools, allPools }: GivenSet) {
  return {
    ...(name !== undefined && { name }),
    ...(may && { permissions: may }),
    ...(allPools ? { pools: 'all' as const } : pools && { pools }),
  };
}

/** Adds the options that change what a group or a token is given. */
function givenOptions(over: Command): Command {
  return over
    .option('--name <name>', 'another name')
    .option('--may <permissions...>', 'what it may: these and no others')
    .addOption(new Option('--pools <pools...>', 'in these pools only').conflicts('allPools'))
    .option('--all-pools', 'in all pools');
}

/** Adds what users may: `group`. */
export function groupCommands(program: Command, { io, form, command, asking, done }: CommandKit): void {
  const group = program.command('group').description('groups of users, and what they may');
  command(group, 'list', 'list the groups and the templates').action(({ state }: WithState) =>
    asking(state, (admin) => showGroups(io, form, admin)),
  );
  command(group, 'add <name>', 'add a group')
    .option('--template <name>', 'begin with what this gives, such as Technicians')
    .option('--may <permissions...>', 'what it gives, such as ewons.read', [])
    .option('--pools <pools...>', 'in these pools only; all unless given, and named with a template')
    .addOption(new Option('--all-pools', 'in all pools, with a template as well').conflicts('pools'))
    .action((name: string, set: WithState & { template?: string; may: string[]; pools?: string[]; allPools?: true }) =>
      asking(set.state, async (admin) => {
        const { template, may, pools = 'all' } = set;
        if (template !== undefined && pools === 'all' && !set.allPools)
          return sayFault(io, form, err('BAD_REQUEST', 'in which pools: --pools NAMES, or --all-pools').fault);
        return addGroup(io, form, admin, { name, may, pools, ...(template !== undefined && { template }) });
      }),
    );
  givenOptions(command(group, 'set <name>', 'change a group; what is not named stays')).action(
    (name: string, options: GivenSet) =>
      someOf(givenOf(options), { io, form, done }, (set) =>
        asking(options.state, (admin) => changeGroup(io, form, admin, { name, set })),
      ),
  );
  command(group, 'remove <name>', 'remove a group; its users stay').action((name: string, { state }: WithState) =>
    asking(state, (admin) => removeGroup(io, form, admin, name)),
  );
}

/** Adds for whom programs act: `token`; and what is told of the account: `about`, `contact`. */
export function accountCommands(program: Command, { io, form, command, asking, done }: CommandKit): void {
  const token = program.command('token').description('tokens by which programs use the API');
  command(token, 'list', 'list the tokens').action(({ state }: WithState) =>
    asking(state, (admin) => showTokens(io, form, admin)),
  );
  command(token, 'add <name>', 'make a token and print it, for the only time')
    .requiredOption('--may <permissions...>', 'what it may, such as ewons.read')
    .option('--pools <pools...>', 'in these pools only; all unless given')
    .addOption(new Option('--api <apis...>', 'for which API').choices(TOKEN_APIS).default(['admin']))
    .action((name: string, set: WithState & { may: string[]; pools?: string[]; api: string[] }) =>
      asking(set.state, (admin) => {
        const { may: permissions, pools = 'all', api: apis } = set;
        return addToken(io, form, admin, { name, permissions, pools, apis });
      }),
    );
  givenOptions(command(token, 'set <token>', 'change a token by its name or first letters; what is not named stays'))
    .addOption(new Option('--api <apis...>', 'for which API: these and no others').choices(TOKEN_APIS))
    .action((which: string, { api, ...options }: GivenSet & { api?: string[] }) =>
      someOf({ ...givenOf(options), ...(api && { apis: api }) }, { io, form, done }, (set) =>
        asking(options.state, (admin) => changeToken(io, form, admin, { which, set })),
      ),
    );
  command(token, 'remove <token>', 'delete a token: its name, or its first letters').action(
    (which: string, { state }: WithState) => asking(state, (admin) => removeToken(io, form, admin, which)),
  );
  const about = program.command('about').description('what is told of the account');
  command(about, 'show', 'show company, address, reference, names of custom fields; id, URLs, key and version').action(
    ({ state }: WithState) => asking(state, (admin) => showAbout(io, form, admin)),
  );
  command(about, 'set', 'change it; what is not named stays')
    .option('--name <name>', 'of the account; scripts (t2maccount) and wizards that name it must be told the new one')
    .option('--company <text>')
    .option('--address <text>')
    .option('--reference <text>')
    .option('--ewon-fields <names...>', 'names of the three custom fields of Ewons')
    .option('--user-fields <names...>', 'names of the three custom fields of users')
    .action(({ state, json: _, ...set }: WithState & { json?: true } & Parameters<typeof setAbout>[3]) =>
      asking(state, (admin) => setAbout(io, form, admin, set)),
    );
  const contact = program.command('contact').description('who gets announcements of maintenance');
  command(contact, 'list', 'list the contacts').action(({ state }: WithState) =>
    asking(state, (admin) => showContacts(io, form, admin)),
  );
  command(contact, 'add <name>', 'add a contact')
    .option('--email <address>', '', '')
    .option('--phone <number>', '', '')
    .action((name: string, { state, email, phone }: WithState & { email: string; phone: string }) =>
      asking(state, (admin) => addContact(io, form, admin, { name, email, phone })),
    );
  command(contact, 'set <name>', 'change a contact; what is not named stays')
    .option('--name <name>', 'another name')
    .option('--email <address>', '"" for none')
    .option('--phone <number>', '"" for none')
    .action((name: string, { state, json: _, ...named }: WithState & { json?: true } & ContactSet) =>
      someOf(named, { io, form, done }, (set) =>
        asking(state, (admin) => changeContact(io, form, admin, { name, set })),
      ),
    );
  command(contact, 'remove <name>', 'remove a contact').action((name: string, { state }: WithState) =>
    asking(state, (admin) => removeContact(io, form, admin, name)),
  );
}

type ContactSet = { name?: string; email?: string; phone?: string };
