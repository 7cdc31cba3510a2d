import { type Command, InvalidArgumentError } from 'commander';
import type { CommandKit } from './program.ts';
import { orderRollout, showRollouts, startRollout } from './rollout.ts';

type WithState = { readonly state: string };
type StartOptions = {
  readonly first?: readonly string[];
  readonly groups?: readonly number[];
  readonly success?: number;
  readonly failures?: number;
};

/** Adds `aspu rollout`. */
export function rolloutCommands(aspu: Command, { io, form, command, asking, wholeNumber }: CommandKit): void {
  const rollout = aspu.command('rollout').description('bring a published patch to the Ewons in groups');
  command(rollout, 'start <patch>', 'begin; the patch is held for all whose turn has not come')
    .option('--first <ewons...>', 'Ewons of a first group of their own: device id or name')
    .option('--groups <percents>', 'how many have been told with each group, such as 10,50,100', percentList)
    .option('--success <percent>', 'how many of a group must have it before the next; 90 unless told', wholeNumber)
    .option('--failures <number>', 'how many may fail; 0 unless told', wholeNumber)
    .action((path: string, { state, first = [], groups, success, failures }: WithState & StartOptions) => {
      const order = {
        ...{ path, first },
        ...(groups && { percents: groups }),
        ...(success !== undefined && { successPercent: success }),
        ...(failures !== undefined && { failuresMax: failures }),
      };
      return asking(state, (admin) => startRollout(io, form, admin, order));
    });
  command(rollout, 'show [patch]', 'show the rollouts, or one with each of its Ewons').action(
    (path: string | undefined, { state }: WithState) => asking(state, (admin) => showRollouts(io, form, admin, path)),
  );
  for (const [order, text] of [
    ['stop', 'tell nobody more, and let nobody begin who was told'],
    ['resume', 'go on with one that was stopped'],
  ] as const)
    command(rollout, `${order} <patch>`, text).action((path: string, { state }: WithState) =>
      asking(state, (admin) => orderRollout(io, form, admin, { path, order })),
    );
}

function percentList(text: string): readonly number[] {
  if (!/^\d{1,3}%?(,\d{1,3}%?)*$/.test(text)) throw new InvalidArgumentError('percents are like 10,50,100');
  return text.split(',').map((part) => Number.parseInt(part, 10));
}
