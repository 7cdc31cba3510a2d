import { err } from '@ewon-agent/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import { sayFault } from './answer.ts';
import { importCellFile, showCells } from './cells.ts';
import { setMoves, showLocation } from './location.ts';
import type { CommandKit } from './program.ts';

type WithState = { readonly state: string };

/** Adds where Ewons are: `location`, and the account's own table of cells: `cells`. */
export function locationCommands(program: Command, { io, form, command, asking, done }: CommandKit): void {
  const location = program.command('location').description('where Ewons are');
  command(
    location,
    'show [ewon]',
    'list where the Ewons are; of one (device id or name) also why it is taken to be there',
  ).action((ewon: string | undefined, { state }: WithState) =>
    asking(state, (admin) => showLocation(io, form, admin, ewon)),
  );
  command(location, 'moves <ewon> <on|off>', 'whether an Ewon (device id or name) is meant to go about').action(
    (which: string, to: string, { state }: WithState) => {
      if (to !== 'on' && to !== 'off') return done(sayFault(io, form, err('USAGE', 'on or off').fault));
      return asking(state, (admin) => setMoves(io, form, admin, { which, to }));
    },
  );
  const cells = program.command('cells').description('where cells of mobile networks are, by a table of your own');
  command(cells, 'show', 'list the networks of which cells are known').action(({ state }: WithState) =>
    asking(state, (admin) => showCells(io, form, admin)),
  );
  command(cells, 'import <file>', 'take a CSV as OpenCelliD has it, as it is or packed with gzip')
    .option('--mcc <number>', 'cells of this country only, such as 206', countryCode)
    .action((file: string, { state, mcc }: WithState & { mcc?: number }) =>
      asking(state, (admin) => importCellFile(io, form, admin, { file, ...(mcc !== undefined && { mcc }) })),
    );
}

function countryCode(text: string): number {
  if (!/^[1-9]\d\d$/.test(text)) throw new InvalidArgumentError('a mobile country code has three digits');
  return Number(text);
}
