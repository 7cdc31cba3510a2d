import { err } from '@ewon-agent/contracts';
import { sayFault } from './answer.ts';
import type { CommandKit } from './program.ts';

/** Does what was named; where nothing was, it is wrong use: who changes something says what. */
export function someOf<T extends object>(
  set: T,
  { io, form, done }: Pick<CommandKit, 'io' | 'form' | 'done'>,
  doIt: (named: T) => Promise<void>,
): Promise<void> | void {
  if (Object.keys(set).length > 0) return doIt(set);
  return done(sayFault(io, form, err('USAGE', 'nothing to change was named; see --help').fault));
}
