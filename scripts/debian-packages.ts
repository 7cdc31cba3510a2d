import { DEBIAN_PROGRAMS, type DebianProgram } from '@ewon-agent/contracts/suites/debian';

/** A Debian package that tests need and that is not installed. */
export type MissingPackage = {
  readonly name: string;
  readonly programs: readonly string[];
  readonly neededFor: string;
};

/**
 * Finds the programs that tests ask for: the names of {@link DEBIAN_PROGRAMS} which stand between quotes in a file that
 * says `needs`, or has a list of them for the tests of others, such as BOARD_PROGRAMS.
 */
export function programsNamedIn(sources: readonly string[]): readonly DebianProgram[] {
  const asking = sources.filter((source) => /\bneeds\b/.test(source) || hasList(source));
  return programs().filter((program) => asking.some((source) => source.includes(`'${program}'`)));
}

/** Groups the programs that cannot be found by the package which brings them, sorted by its name. */
export function missingPackages(
  wanted: readonly DebianProgram[],
  find: (program: DebianProgram) => string | undefined,
): readonly MissingPackage[] {
  const absent = wanted.filter((program) => find(program) === undefined);
  const names = [...new Set(absent.map((program) => DEBIAN_PROGRAMS[program].package))].sort();
  return names.map((name) => {
    const brings = absent.filter((program) => DEBIAN_PROGRAMS[program].package === name);
    return {
      name,
      programs: brings,
      neededFor: [...new Set(brings.map((program) => DEBIAN_PROGRAMS[program].neededFor))].join('; '),
    };
  });
}

/** Tells whether a file has a list of programs that tests name in `needs`. */
export function hasList(source: string): boolean {
  return /\b[A-Z]+_PROGRAMS = \[/.test(source);
}

function programs(): readonly DebianProgram[] {
  return Object.keys(DEBIAN_PROGRAMS).filter((name): name is DebianProgram => Object.hasOwn(DEBIAN_PROGRAMS, name));
}
