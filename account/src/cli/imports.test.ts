import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type ImportFixture, openImportFixture, SOURCE_PASSWORD } from '../testing/import-fixture.ts';
import { runAccount } from './program.ts';

/** Runs one command on the account that Ewons go to. */
async function run({ here }: ImportFixture, argv: readonly string[], input = '') {
  const said = { out: '', err: '' };
  const status = await runAccount([...argv, '--state', here.stateDir], {
    stdin: (async function* () {
      yield input;
    })(),
    stdout: (text) => {
      said.out += text;
    },
    stderr: (text) => {
      said.err += text;
    },
    untilSignal: async () => {},
  });
  return { status, ...said };
}

suite('account import-ewons', { timeoutMs: 120_000 }, (test) => {
  let fixture: ImportFixture;
  test.before(async () => {
    fixture = await openImportFixture();
    await fixture.ewon('1524-0071-21', 'Press');
    await fixture.ewon('1524-0072-21', 'Pump');
  });
  test.after(() => fixture.close());
  const importing = (...more: readonly string[]) =>
    run(
      fixture,
      ['import-ewons', '--from', fixture.source.account.adminUrl, '--user', 'boss', ...more],
      `${SOURCE_PASSWORD}\n`,
    );

  test('nothing imported yet; no password, a wrong one and a file that is none are refused', async () => {
    assert.match((await run(fixture, ['imports'])).out, /Nothing was imported yet/);
    const argv = ['import-ewons', '--from', fixture.source.account.adminUrl, '--user', 'boss'];
    const none = await run(fixture, argv);
    assert.deepEqual([none.status, none.err.split(':')[0]], [2, 'USAGE']);
    const byHand = await run(fixture, ['command', 'send', 'move', '--to', 'Press']);
    assert.deepEqual([byHand.status, byHand.err.split(':')[0]], [2, 'USAGE']);
    const wrong = await run(fixture, argv, 'wrong 123\n');
    assert.deepEqual([wrong.status, wrong.err.split(':')[0]], [3, 'SIGN_IN_FAILED']);
    assert.equal((await importing('--ca', join(fixture.here.stateDir, 'none'))).status, 2);
    const ca = join(fixture.here.stateDir, 'ca.pem');
    await writeFile(ca, fixture.source.account.ca);
    assert.equal((await importing('--ca', ca, '--dry-run')).status, 0);
  });

  test('without --yes it lists and does nothing, and says what it would cost', async () => {
    const listed = await importing('--only', '1524-0072-21');
    assert.equal(listed.status, 0, listed.err);
    assert.match(listed.out, /Pump +1524-0072-21/);
    assert.ok(!listed.out.includes('Press'));
    assert.match(listed.out, /cannot be undone/);
    const dry = await importing('--dry-run', '--json');
    assert.equal(JSON.parse(dry.out).ewons.length, 2);
    assert.equal((await importing('--only', 'Nothing', '--yes')).err.split(':')[0], 'NOT_FOUND');
    assert.deepEqual((await fixture.here.admin('GET', 'imports')).json, [], 'no list is left behind');
    assert.deepEqual((await fixture.source.admin('GET', 'commands')).json, []);
  });

  test('with --yes it moves what was named into a new pool, and says how it goes on; an import is shown and ended', async () => {
    const started = await importing('--only', 'Pump', '--new-pool', 'From A', '--yes', '--wait', '0', '--json');
    assert.equal(started.status, 0, started.err);
    assert.match(started.err, /^0 of 1 moved, 1 waiting, 0 not moved/);
    const { id, pool, counts } = JSON.parse(started.out);
    assert.deepEqual([pool, counts.waiting], ['From A', 1]);
    await fixture.until(id, ({ ewons }) => ewons.every(({ isOrdered }) => isOrdered));
    const shown = await run(fixture, ['imports', 'show', id]);
    assert.match(shown.out, /Pump +1524-0072-21 +waiting for the Ewon/);
    assert.match((await run(fixture, ['imports'])).out, /Plant A +From A +running +0 +1 +0/);
    const ended = await run(fixture, ['imports', 'end', id]);
    assert.match(ended.out, /ended, 0 of 1 moved/);
    const unknown = await run(fixture, ['imports', 'end', 'x']);
    assert.deepEqual([unknown.status, unknown.err.split(':')[0]], [3, 'NOT_FOUND']);
    const said = fixture.here.lines.join('') + fixture.source.lines.join('') + started.out + started.err;
    assert.ok(!said.includes(SOURCE_PASSWORD));
  });
});
