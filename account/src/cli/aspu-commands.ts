import { err, PATCH_KINDS, PATCH_SEVERITIES, type PatchKind, type PatchSeverity } from '@ewon-agent/contracts';
import { type Command, Option } from 'commander';
import { ASPU_ROLES, type AspuRole } from '../core/aspu-names.ts';
import { sayFault } from './answer.ts';
import {
  addAspu,
  exportAspu,
  initAspu,
  listAspu,
  publishAspu,
  renewAspu,
  revokeAspu,
  rotateAspu,
  signAspu,
} from './aspu.ts';
import type { AspuPlace } from './aspu-desk.ts';
import { showPatches } from './patch.ts';
import type { CommandKit } from './program.ts';
import { rolloutCommands } from './rollout-commands.ts';

type InitOptions = {
  readonly keys: string;
  readonly rootKeys: number;
  readonly rootThreshold: number;
  readonly targetsKeys: number;
  readonly targetsThreshold: number;
};
type AddOptions = {
  readonly kind: PatchKind;
  readonly severity: PatchSeverity;
  readonly version?: string;
  readonly product?: readonly string[];
  readonly from?: readonly string[];
  readonly requires?: readonly string[];
  readonly cve?: readonly string[];
  readonly reboot?: true;
};
type RotateOptions = { readonly keys?: string; readonly count?: number; readonly threshold?: number };

/** Adds the repository of patches, `aspu`, and how Ewons stand with patches, `patch`. */
export function aspuCommands(program: Command, kit: CommandKit): void {
  const { io, form, done, wholeNumber, command, asking } = kit;
  const patch = program.command('patch').description('how Ewons stand with patches');
  command(patch, 'show [ewon]', 'list how the Ewons stand; of one (device id or name) all it has told').action(
    (ewon: string | undefined, { state }: AspuPlace) => asking(state, (admin) => showPatches(io, form, admin, ewon)),
  );

  const aspu = program.command('aspu').description('the repository of security patches; docs/aspu.md');
  rolloutCommands(aspu, kit);
  /** These work on the state directory, whether the server runs or not. */
  const own = (words: string, description: string): Command => {
    const made = command(aspu, words, description);
    return made.option('--account-keys <dir>', 'keys of the account, as given to "account serve --keys"');
  };
  own('init', 'make a repository, and keys that you take away')
    .requiredOption('--keys <dir>', 'where the keys of people go: a stick')
    .option('--root-keys <number>', 'keys that decide who signs', wholeNumber, 3)
    .option('--root-threshold <number>', 'how many of them must sign', wholeNumber, 2)
    .option('--targets-keys <number>', 'keys that sign patches', wholeNumber, 1)
    .option('--targets-threshold <number>', 'how many of them must sign', wholeNumber, 1)
    .action(async ({ keys: folder, rootKeys, rootThreshold, ...rest }: AspuPlace & InitOptions) => {
      const root = { keys: rootKeys, threshold: rootThreshold };
      const targets = { keys: rest.targetsKeys, threshold: rest.targetsThreshold };
      done(await initAspu(io, form, rest, { folder, root, targets }));
    });
  own('add <file>', 'draft a patch; what its name tells need not be told')
    .addOption(new Option('--kind <kind>').choices(PATCH_KINDS).makeOptionMandatory())
    .addOption(new Option('--severity <severity>').choices(PATCH_SEVERITIES).makeOptionMandatory())
    .option('--version <version>', 'such as 15.0s4 or 1.4.2')
    .option('--product <codes>', 'last digits of serials (21,24), or architectures (arm64); all unless told', commaList)
    .option('--from <versions>', 'what it may replace: 14.x, 15.0.x, 15.0s2; every older one unless told', commaList)
    .option('--requires <versions>', 'what must have been reached before', commaList)
    .option('--cve <ids>', 'such as CVE-2024-33895', commaList)
    .option('--reboot', 'the board restarts; a firmware of the Ewon always does')
    .action(async (file: string, { state, accountKeys, ...words }: AspuPlace & AddOptions) =>
      done(await addAspu(io, form, placeOf({ state, accountKeys }), { file, words: wordsOf(words) })),
    );
  own('sign', 'sign what is drafted, as often as it takes; also on another machine')
    .requiredOption('--key <files...>', 'keys of people')
    .action((options: AspuPlace & { key: readonly string[] }) => done(signAspu(io, form, options, options.key)));
  own('publish', 'publish what is drafted, or sign anew what this server signs').action(async (place: AspuPlace) =>
    done(await publishAspu(io, form, place)),
  );
  own('revoke <name>', 'draft the repository without a patch').action((name: string, place: AspuPlace) =>
    done(revokeAspu(io, form, place, name)),
  );
  own('renew <role>', 'draft root or targets as it is, to hold longer').action((role: string, place: AspuPlace) => {
    if (role === 'root' || role === 'targets') return done(renewAspu(io, form, place, role));
    return done(sayFault(io, form, err('USAGE', 'root or targets; the server renews the others by itself').fault));
  });
  own('rotate <role>', `draft new keys for a role: ${ASPU_ROLES.join(', ')}`)
    .option('--keys <dir>', 'where new keys of people go: a stick')
    .option('--count <number>', 'how many keys; as before unless told', wholeNumber)
    .option('--threshold <number>', 'how many of them must sign', wholeNumber)
    .action((word: string, { keys, count, threshold, ...place }: AspuPlace & RotateOptions) => {
      const role = ASPU_ROLES.find((one): one is AspuRole => one === word);
      if (!role) return done(sayFault(io, form, err('USAGE', `a role is one of ${ASPU_ROLES.join(', ')}`).fault));
      if ((count === undefined) !== (threshold === undefined))
        return done(sayFault(io, form, err('USAGE', '--count and --threshold go together').fault));
      const counted = count !== undefined && threshold !== undefined && { count: { keys: count, threshold } };
      return done(
        rotateAspu(io, form, place, { role, ...(keys !== undefined && { folder: keys }), ...(counted || {}) }),
      );
    });
  own('list', 'list the patches, what is drafted, and what signatures lack')
    .option('--keys', 'the keys as well, by their ids')
    .action(({ keys = false, ...place }: AspuPlace & { keys?: boolean }) => done(listAspu(io, form, place, { keys })));
  own('export <target>', 'write the repository onto a card that is mounted there, for Ewons without a network')
    .option('--valid <time>', 'how long the card is good: 12h, 30d', '30d')
    .action(async (target: string, { valid, ...place }: AspuPlace & { valid: string }) =>
      done(await exportAspu(io, form, place, { target, valid })),
    );
}

function commaList(text: string): readonly string[] {
  return text.split(',').filter((word) => word !== '');
}

function placeOf({
  state,
  accountKeys,
}: {
  readonly state: string;
  readonly accountKeys: string | undefined;
}): AspuPlace {
  return { state, ...(accountKeys !== undefined && { accountKeys }) };
}

/** What was said, without what else commander hands over. */
function wordsOf({ kind, severity, version, product, from, requires, cve, reboot }: AddOptions): AddOptions {
  return {
    ...{ kind, severity },
    ...(version !== undefined && { version }),
    ...(product && { product }),
    ...(from && { from }),
    ...(requires && { requires }),
    ...(cve && { cve }),
    ...(reboot && { reboot }),
  };
}
