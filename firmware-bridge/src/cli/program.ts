import { err, holdsGrk, wrongUseOf } from '@ewon-agent/contracts';
import { Argument, Command } from 'commander';
import { addEwonCommands } from './ewon-program.ts';
import { EXIT, type ExitStatus, type Form, type Io, sayFault } from './io.ts';
import { FORMATS, type Format, parse } from './parse.ts';

/**
 * Runs the `ewon-bridge` command.
 * @param argv what stands after the name of the command
 * @returns the exit status: 0 done, 1 the Ewon did not answer or this machine failed, 2 wrong use, 3 the Ewon said no, or a line or the whole input was refused
 */
export async function runEwonBridge(argv: readonly string[], io: Io): Promise<ExitStatus> {
  const form = argv.includes('--json') ? 'json' : 'text';
  if (argv.some(holdsGrk))
    return sayFault(
      io,
      form,
      err('USAGE', 'a registration key must not be an argument, everybody can see those').fault,
    );
  let status: ExitStatus = EXIT.allRead;
  const program = programOver(io, form, (s) => {
    status = s;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    const wrong = wrongUseOf(error);
    return wrong ? sayFault(io, form, wrong) : EXIT.allRead;
  }
}

function programOver(io: Io, form: Form, done: (status: ExitStatus) => void): Command {
  const program = new Command('ewon-bridge')
    .description('Asks an Ewon and changes its settings; reads its files and answers as JSON.')
    // what is wrong is said once, by runEwonBridge
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      outputError: () => {},
    })
    .exitOverride();
  program
    .command('parse')
    .description(
      'Prints standard input as JSON, one record a line; a line that cannot be read gives {"line", "refused", "reason"}.',
    )
    .addArgument(new Argument('<format>', 'what standard input is').choices(FORMATS))
    .addHelpText(
      'after',
      [
        '',
        'Passwords, PINs and keys are never printed, and of an IMEI, IMSI or ICCID only the first digits.',
        'Exit status: 0 everything was read, 2 wrong use, 3 a line or the whole input was refused.',
        '',
        'Examples:',
        '  ewon-bridge parse comcfg < comcfg.txt',
      ].join('\n'),
    )
    .action(async (format: Format) => done(await parse(io, format)));
  addEwonCommands(program, io, form, done);
  return program;
}
