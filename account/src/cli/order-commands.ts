import { COMMAND_NAMES, ok } from '@ewon-agent/contracts';
import { type Command, Option } from 'commander';
import type { PolicyChange } from '../service/policy.ts';
import { say } from './answer.ts';
import {
  listCommands,
  readArguments,
  readDuration,
  readWindow,
  rotateAccountKey,
  sendCommand,
  setPolicy,
  showAccountKeys,
  showCommand,
  showPolicy,
  showPolicyEffect,
} from './orders.ts';
import type { CommandKit } from './program.ts';

type WithState = { readonly state: string };
type PolicyOptions = {
  readonly geolocation?: 'on' | 'off';
  readonly remoteManagement?: 'on' | 'off';
  readonly window?: string;
  readonly deny?: readonly string[];
  readonly held?: readonly string[];
  readonly confirm?: 'on' | 'off';
};

/** Adds what the account orders: `policy`, `command`, `key`. */
export function orderCommands(program: Command, kit: CommandKit): void {
  policyCommands(program.command('policy').description('what the account allows its Ewons'), kit);
  commandCommands(program.command('command').description('orders to one Ewon'), kit);
  keyCommands(program.command('key').description('the key that signs for the account'), kit);
}

function policyCommands(policy: Command, { io, form, command, asking, done }: CommandKit): void {
  command(policy, 'show', 'show the policy').action(({ state }: WithState) =>
    asking(state, (admin) => showPolicy(io, form, admin)),
  );
  command(policy, 'effect', 'show how many Ewons have applied the policy, and who has switched something off').action(
    ({ state }: WithState) => asking(state, (admin) => showPolicyEffect(io, form, admin)),
  );
  const onOff = (words: string, text: string) => new Option(words, text).choices(['on', 'off']);
  command(policy, 'set', 'change the policy; what is not named stays')
    .addOption(onOff('--geolocation <on|off>', 'whether Ewons may be located'))
    .addOption(onOff('--remote-management <on|off>', 'whether Ewons may be changed from afar'))
    .option('--window <window>', 'when patches may be installed: "sat,sun 02:00-04:00 UTC", "daily …", or "none"')
    .option('--deny <patches...>', 'patches that are not installed; one empty name for none')
    .option('--held <patches...>', 'patches that an Ewon installs only when it is told to; one empty name for none')
    .addOption(onOff('--confirm <on|off>', 'whether a person at the Ewon says yes to each patch'))
    .action(({ state, geolocation, remoteManagement, window, deny, held, confirm }: WithState & PolicyOptions) => {
      const read = window === undefined ? ok(undefined) : readWindow(window);
      if (!read.ok) return done(say(io, form, read, () => ''));
      const change: PolicyChange = {
        ...(geolocation && { geolocation: geolocation === 'on' }),
        ...(remoteManagement && { remoteManagement: remoteManagement === 'on' }),
        ...(read.value !== undefined && { window: read.value }),
        ...(deny && { denied: namesOf(deny) }),
        ...(held && { held: namesOf(held) }),
        ...(confirm && { confirm: confirm === 'on' }),
      };
      return asking(state, (admin) => setPolicy(io, form, admin, change));
    });
}

/** Names as words of their own, or joined by commas. */
function namesOf(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => word.split(',')).filter((name) => name !== '');
}

function commandCommands(over: Command, { io, form, command, asking, done, wholeNumber }: CommandKit): void {
  command(
    over,
    'send <name> [arguments...]',
    `order something of one Ewon: ${COMMAND_NAMES.filter((name) => name !== 'move').join(', ')}`,
  )
    .requiredOption('--to <ewon>', 'device id or name')
    .option('--expires <time>', 'how long it may wait for its Ewon: 90s, 15m, 1h, 7d', '1h')
    .action((name: string, words: string[], { state, to, expires }: WithState & { to: string; expires: string }) => {
      const [given, valid] = [readArguments(words), readDuration(expires)];
      if (!given.ok) return done(say(io, form, given, () => ''));
      if (!valid.ok) return done(say(io, form, valid, () => ''));
      const order = { name, to, arguments: given.value, validSeconds: valid.value };
      return asking(state, (admin) => sendCommand(io, form, admin, order));
    });
  command(over, 'list', 'list commands, the newest last')
    .option('--of <ewon>', 'of one Ewon: device id or name')
    .option('--limit <commands>', 'newest commands to show', wholeNumber, 50)
    .action(({ state, of, limit }: WithState & { of?: string; limit: number }) =>
      asking(state, (admin) => listCommands(io, form, admin, { limit, ...(of !== undefined && { of }) })),
    );
  command(over, 'show <id>', 'show how a command stands, and what it answered').action(
    (id: string, { state }: WithState) => asking(state, (admin) => showCommand(io, form, admin, id)),
  );
}

function keyCommands(key: Command, { io, form, command, asking }: CommandKit): void {
  command(key, 'show', 'list the keys of the account').action(({ state }: WithState) =>
    asking(state, (admin) => showAccountKeys(io, form, admin)),
  );
  command(key, 'rotate', 'announce the next key, signed by the present one; with --switch begin to sign with it')
    .option('--switch', 'sign with the announced key from now on')
    .action(({ state, switch: toSwitch }: WithState & { switch?: true }) =>
      asking(state, (admin) => rotateAccountKey(io, form, admin, toSwitch ? 'switch' : 'announce')),
    );
}
