import {
  COMMAND_NAMES,
  type CommandDocument,
  type CommandName,
  MINUTE_MS,
  type Millis,
  SECOND_MS,
} from '@ewon-agent/contracts';
import { savedMoveOf } from './move-order.ts';

type Arguments = CommandDocument['arguments'];

/** How long `identify` lasts, in seconds: long enough to walk to the cabinet, and never for the whole night. */
export const IDENTIFY_SECONDS = { least: 1, usual: 30, most: 300 } as const;

/**
 * What a command may take, in the time that it is given: a status is answered at once, cards are read within seconds,
 * a board shuts down within minutes.
 */
const LIMIT_MS: Readonly<Record<Exclude<CommandName, 'forget' | 'move'>, Millis>> = {
  status: 10 * SECOND_MS,
  diag: 30 * SECOND_MS,
  identify: 10 * SECOND_MS, // after the time that was asked for
  rescan: 2 * MINUTE_MS,
  reboot: 5 * MINUTE_MS,
  patch: 10 * SECOND_MS, // it is let through, not waited for
};

export function isKnown(name: string): name is CommandName {
  return COMMAND_NAMES.some((known) => known === name);
}

/** These change nothing and tell nothing that `up/inventory` does not; they help a person also where managing is off. */
export function isAlwaysAllowed(name: CommandName): boolean {
  return name === 'status' || name === 'identify';
}

/** Says what is wrong with the arguments of a known command. */
export function argumentsFault(
  name: CommandName,
  command: Pick<CommandDocument, 'id' | 'arguments' | 'expiresAt'>,
): string | undefined {
  const { arguments: given } = command;
  if (name === 'move') {
    const read = savedMoveOf(command);
    return read.ok ? undefined : read.fault.detail;
  }
  const unknown = Object.keys(given).find((key) => key !== ARGUMENT[name]);
  if (unknown !== undefined) return `${name} takes no "${unknown}"`;
  if (name === 'patch' && typeof given['path'] !== 'string') return 'path: the name of a patch';
  const { least, most } = IDENTIFY_SECONDS;
  const seconds = given['seconds'] ?? IDENTIFY_SECONDS.usual;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < least || seconds > most)
    return `seconds: a whole number from ${least} to ${most}`;
  return undefined;
}

const ARGUMENT: { readonly [name in CommandName]?: string } = { identify: 'seconds', patch: 'path' };

/** How long `identify` was asked to last. */
export function identifyMs({ arguments: given }: { readonly arguments: Arguments }): Millis {
  const { seconds } = given;
  return (typeof seconds === 'number' ? seconds : IDENTIFY_SECONDS.usual) * SECOND_MS;
}

/** When a command has failed for want of an end; undefined for one that ends in the turn after it began, or, as a move, when it expires. */
export function limitMsOf(command: { readonly name: string; readonly arguments: Arguments }): Millis | undefined {
  const { name } = command;
  if (!isKnown(name) || name === 'forget' || name === 'move') return undefined;
  return LIMIT_MS[name] + (name === 'identify' ? identifyMs(command) : 0);
}
