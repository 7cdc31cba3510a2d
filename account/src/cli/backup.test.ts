import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { nodeSqliteDialect } from '../store/dialect-node-sqlite.ts';
import { openStore } from '../store/store-kysely.ts';
import { runAccount } from './program.ts';

/** Runs one command and gathers what it says. */
async function run(argv: readonly string[], input = '') {
  const said = { out: '', err: '' };
  const status = await runAccount(argv, {
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

suite('account backup', { timeoutMs: 120_000 }, (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  test.before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ewon-backup-cli-'));
  });
  test.after(() => rmSync(folder, { recursive: true, force: true }));

  test('key makes a pair: the secret one goes into a file of this user alone, and is never shown', async () => {
    const { status, out } = await run(['backup', 'key', at('id'), '--json']);
    const { recipient } = JSON.parse(out);
    assert.equal(status, 0);
    assert.match(recipient, /^age1[a-z0-9]+$/);
    assert.doesNotMatch(out, /AGE-SECRET-KEY/);
    assert.equal(statSync(at('id')).mode & 0o777, 0o600);
    assert.match(readFileSync(at('id'), 'utf8'), /^AGE-SECRET-KEY-1/m);
    assert.equal((await run(['backup', 'key', at('id')])).status, 2);
  });

  test('wrong use is said with what is wrong, and nothing is written', async () => {
    const [open, secret] = [at('open'), at('secret')];
    writeFileSync(open, 'four words and a river\n');
    chmodSync(open, 0o644);
    writeFileSync(secret, 'four words and a river\n', { mode: 0o600 });
    const out = at('b.age');
    const taking = ['backup', '--state', folder, '--out', out];
    const cases: readonly (readonly [RegExp, readonly string[]])[] = [
      [/--state DIR --out FILE/, ['backup', '--out', out]],
      [/is locked/, taking],
      [/open to all users/, [...taking, '--passphrase-file', open]],
      [/cannot be read/, [...taking, '--passphrase-file', at('none')]],
      [/at least 12 characters|no account\.sqlite/, [...taking, '--passphrase-file', '-']],
      [/no account\.sqlite/, [...taking, '--passphrase-file', secret]],
      [/recipient/, [...taking, '--passphrase-file', secret, '--recipient', 'age1x']],
      [
        /password must not be an argument/,
        [...taking, '--passphrase-file', secret, '--database', 'postgres://u:p@h/d'],
      ],
      [/is no file/, ['restore', '--in', out, '--state', at('new'), '--passphrase-file', secret]],
      [/is locked/, ['restore', '--in', out, '--state', at('new')]],
      [/no key of age/, ['backup', 'verify', secret, '--identity-file', secret]],
    ];
    for (const [says, argv] of cases) {
      const { status, err } = await run(argv, 'short\n');
      assert.equal(status, 2, `${argv.join(' ')}: ${err}`);
      assert.match(err, says);
    }
    assert.ok(!existsSync(out) && !existsSync(at('new')));
  });

  test('a file that is no backup, a key that is none, a directory without an account', async () => {
    const state = at('state');
    await (await openStore(nodeSqliteDialect(at('account.sqlite')))).close();
    const { recipient } = JSON.parse((await run(['backup', 'key', at('id2'), '--json'])).out);
    const none = await run(['backup', '--state', folder, '--out', at('c.age'), '--recipient', recipient]);
    assert.match(none.err, /no account yet/);
    assert.equal(none.status, 1);
    assert.match((await run(['backup', '--state', folder, '--out', at('c.age'), '--recipient', 'age1no'])).err, /./);
    const bad = await run(['restore', '--in', at('secret'), '--state', state, '--identity-file', at('id2'), '--json']);
    assert.equal(JSON.parse(bad.out).code, 'BACKUP_DAMAGED');
    assert.ok(!existsSync(state) && !existsSync(at('c.age')));
  });
});
