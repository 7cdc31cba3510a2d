import { monitorEventLoopDelay } from 'node:perf_hooks';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { readUsers } from '../core/console/users.ts';
import { createPasswords, SCRYPT } from './console-users-scrypt.ts';

const CHEAP = { cost: 2, blockSize: 1, parallelism: 1 };

suite('passwords of a console', (test) => {
  test('the right one fits and no other; the same one hashed twice looks different', async () => {
    const passwords = createPasswords(CHEAP);
    const [one, other] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')];
    assert.ok(one.salt !== other.salt && one.hash !== other.hash);
    assert.ok(await passwords.fits('correct horse', one));
    for (const wrong of ['', 'correct hors', 'correct horse ', 'Correct horse'])
      assert.equal(await passwords.fits(wrong, one), false, wrong);
    assert.equal(await passwords.fits('correct horse', undefined), false);
  });

  test('what was hashed with other parameters still fits', async () => {
    const old = await createPasswords(CHEAP).hash('correct horse');
    assert.ok(await createPasswords({ ...CHEAP, cost: 4 }).fits('correct horse', old));
  });

  test('with the real parameters: 16 MiB, kept in a form that is read back, and the agent goes on meanwhile', async () => {
    const passwords = createPasswords();
    const turns = monitorEventLoopDelay({ resolution: 1 });
    turns.enable();
    const hash = await passwords.hash('correct horse');
    turns.disable();
    assert.deepEqual([128 * SCRYPT.cost * SCRYPT.blockSize, SCRYPT.parallelism], [16 * 1024 * 1024, 5]);
    const users = readUsers(
      JSON.stringify({ version: 1, users: [{ name: 'ada', role: 'administrator', password: hash }] }),
    );
    assert.ok(users.ok);
    assert.ok(turns.count > 1, 'a hash on the thread of the agent would leave it no turn');
    assert.ok(await passwords.fits('correct horse', hash));
  });
});
