import { describeFault, wrongUseOf } from '@ewon-agent/contracts';
import { Argument, Command } from 'commander';
import { EXIT, type ExitStatus, type Io } from './io.ts';
import { FORMATS, type Format, parse } from './parse.ts';

/**
 * Runs the `ewon-bridge` command.
 * @param argv what stands after the name of the command
 * @returns the exit status: 0 all was read, 1 the machine failed, 2 wrong use, 3 a line or the whole input was refused
 */
export async function runEwonBridge(argv: readonly string[], io: Io): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.allRead;
  const program = programOver(io, (s) => {
    status = s;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    const wrong = wrongUseOf(error);
    if (!wrong) return EXIT.allRead;
    io.stderr(`${describeFault(wrong)}\n`);
    return EXIT.wrongUse;
  }
}

function programOver(io: Io, done: (status: ExitStatus) => void): Command {
  const program = new Command('ewon-bridge')
    .description("Speaks the formats of an Ewon's firmware.")
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
  return program;
}
