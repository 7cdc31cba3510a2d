import { assert, suite } from '@ewon-agent/contracts/testing';
import { missingPackages, programsNamedIn } from './debian-packages.ts';

suite('Debian packages', (test) => {
  test('programs that a file with needs names are found, others are not', () => {
    const asking = `suite('x', { needs: ['mkfs.vfat', 'mcopy'] }, …)`;
    assert.deepEqual(programsNamedIn([asking, `run('socat')`, `needs: ['mcopy']`]), ['mkfs.vfat', 'mcopy']);
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
