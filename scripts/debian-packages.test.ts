import { DEBIAN_PROGRAMS } from '@ewon-agent/contracts/suites/debian';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { missingPackages, programsNamedIn } from './debian-packages.ts';
import { askingSources } from './debian-sources.ts';

suite('Debian packages', (test) => {
  test('programs that a file with needs names are found, others are not', () => {
    const asking = `suite('x', { needs: ['mkfs.vfat', 'mcopy'] }, …)`;
    assert.deepEqual(programsNamedIn([asking, `run('socat')`, `needs: ['mcopy']`]), ['mkfs.vfat', 'mcopy']);
  });

  test('a list of programs for the tests of others counts as asking', () => {
    assert.deepEqual(programsNamedIn([`export const BOARD_PROGRAMS = ['zstd'] as const;`, `const X = ['xz'];`]), [
      'zstd',
    ]);
  });

  test('every program that is known is found by somebody who asks for it: none would be missing on a bare machine', () => {
    const found: readonly string[] = programsNamedIn(askingSources());
    assert.deepEqual(
      Object.keys(DEBIAN_PROGRAMS).filter((program) => !found.includes(program)),
      [],
    );
  });

  test('programs of one package are listed once, with what they are for', () => {
    const missing = missingPackages(['mcopy', 'mdir', 'mosquitto', 'chromium'], (program) =>
      program === 'chromium' ? '/usr/bin/chromium' : undefined,
    );
    assert.deepEqual(missing, [
      { name: 'mosquitto', programs: ['mosquitto'], neededFor: 'the account with Mosquitto as its broker' },
      { name: 'mtools', programs: ['mcopy', 'mdir'], neededFor: 'files on card images without mounting' },
    ]);
  });

  test('nothing is missing when everything is found', () =>
    assert.deepEqual(
      missingPackages(['mcopy'], () => '/usr/bin/mcopy'),
      [],
    ));
});
