// test-timeout: 900 s
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { POSTGRES_PROGRAMS, startPostgres, type TestPostgres } from '@ewon-agent/account/testing/postgres';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { runCommand } from '../src/command.ts';
import { commission } from '../src/commission.ts';
import { startMosquittoProcess } from '../src/mosquitto-process.ts';
import { more, newBook } from './account-kill-book.ts';
import { burden } from './account-kill-load.ts';
import { type AskDatabase, assertKept, assertWhole } from './account-kill-truth.ts';

// An account is backed up while people and devices are at it, its machine is lost, and it is restored elsewhere: every part a process of
// its own. The tests of a suite tell one story and follow one another.

const PASSPHRASE = 'four words and a river\n';

/** Runs `account`, which must do it. @returns what it says as JSON */
async function typed<T>(words: readonly string[], stdin = ''): Promise<T> {
  const { status, stdout, stderr } = await runCommand('account', [...words, '--json'], stdin);
  assert.equal(status, 0, `${words.join(' ')}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

type Databases = { readonly url?: string; readonly ask: AskDatabase };
type Kind = {
  readonly postgres: TestPostgres | undefined;
  readonly withMosquitto: boolean;
};

async function databaseAt(stateDir: string, postgres: TestPostgres | undefined): Promise<Databases> {
  if (postgres) {
    const url = await postgres.createDatabase();
    return { url, ask: (sql) => postgres.sql(url, sql) };
  }
  return {
    async ask(sql) {
      const database = new DatabaseSync(join(stateDir, 'account.sqlite'), { readOnly: true });
      try {
        return database.prepare(sql).all();
      } finally {
        database.close();
      }
    },
  };
}

async function tell({ postgres, withMosquitto }: Kind): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'backup-'));
  const endings: (() => Promise<unknown>)[] = [async () => rmSync(dir, { recursive: true, force: true })];
  const [lost, found, file] = ['lost', 'found', 'account.age'].map((name) => join(dir, name));
  if (!lost || !found || !file) throw new Error('this is a bug: no names');
  try {
    const broker = withMosquitto
      ? await startMosquittoProcess({ accountStateDir: lost, out: join(dir, 'broker') })
      : undefined;
    if (broker) endings.unshift(() => broker.stop());
    const before = await databaseAt(lost, postgres);
    const argsOf = ({ url }: Databases) => [
      ...['--log-level', 'error', '--pending-quota', '10000'],
      ...(url === undefined ? [] : ['--database', url]),
      ...(broker ? ['--broker', broker.url] : []),
    ];
    let account = await startAccountProcess(lost, argsOf(before));
    endings.unshift(() => account.kill('SIGKILL'));
    const [stays, stolen] = await boards(dir, account, endings);
    await stolen.board.power.cut(); // who was removed while it was off has heard nothing of it

    const book = newBook();
    const load = burden(account, book, { fraction: Math.random }, 'none');
    await more(book, 5);
    const yesBefore = [...book.yes];
    const database = before.url === undefined ? [] : ['--database', before.url];
    const key = await keyFor(dir, postgres ? 'pair' : 'passphrase');
    const taken = await typed<{ readonly counts: { readonly linked: number } }>(
      ['backup', '--state', lost, '--out', file, ...key.locks, ...database],
      PASSPHRASE,
    );
    await more(book, 1);
    const { deviceId } =
      (await account.api.ewons()).find(({ name }) => name === SERIALS[1]) ?? assert.fail('no such Ewon');
    await account.api.send('DELETE', `/api/v1/ewons/${deviceId}`);
    await account.kill('SIGKILL');
    await load;

    const after = await databaseAt(found, postgres);
    const into = after.url === undefined ? [] : ['--database', after.url];
    const restore = ['restore', '--in', file, '--state', found, ...key.opens, ...into];
    // what fails late leaves the place as empty as it was
    const late = await runCommand('account', [...restore, '--revoke', 'Nobody', '--json'], PASSPHRASE);
    assert.equal(JSON.parse(late.stdout).code, 'NOT_FOUND');
    const restored = await typed<{ readonly letIn: readonly string[]; readonly notLetIn: readonly string[] }>(
      [...restore, '--revoke', deviceId],
      PASSPHRASE,
    );
    assert.deepEqual(restored.notLetIn, [SERIALS[1]]);
    assert.equal(restored.letIn.length, taken.counts.linked - 1);
    const { url: _, ...none } = after;
    const again = await runCommand('account', [...restore, '--json'], PASSPHRASE);
    assert.equal(JSON.parse(again.stdout).code, 'RESTORE_NOT_EMPTY');
    await assertKept(none.ask, { ...book, yes: yesBefore.filter(({ to }) => to === 'request') });

    account = await startAccountProcess(found, argsOf(after));
    await stays.statusUntil(({ uplink }) => uplink.state === 'online', 'online again', 90_000);
    const isSeen = async () => (await account.api.ewons()).find(({ name }) => name === SERIALS[0])?.status === 'online';
    await eventually(isSeen, { what: 'the account sees it', timeoutMs: 60_000 });
    await stolen.board.power.on();
    await stolen.statusUntil(
      ({ registration }) => registration.state !== 'registered',
      'told that it is removed',
      60_000,
    );
    await assertWhole(after.ask);
    const status = await runCommand('account', ['log', '--state', found, '--json']);
    assert.equal(
      JSON.parse(status.stdout).filter(({ code }: { code: string }) => code === 'ACCOUNT_RESTORED').length,
      1,
    );
    process.stdout.write(
      `backed up beside ${book.yes.length} operations; ${restored.letIn.length} Ewons let in again, ${restored.notLetIn.length} not\n`,
    );
  } finally {
    for (const end of endings) await end();
  }
}

/** What locks and opens a backup: a passphrase from standard input, or a pair of keys. */
async function keyFor(dir: string, kind: 'passphrase' | 'pair') {
  const stdin = ['--passphrase-file', '-'];
  if (kind === 'passphrase') return { locks: stdin, opens: stdin };
  const file = join(dir, 'backup.key');
  const { recipient } = await typed<{ readonly recipient: string }>(['backup', 'key', file]);
  return { locks: ['--recipient', recipient], opens: ['--identity-file', file] };
}

const SERIALS = ['1524-0071-21', '1524-0072-21'] as const;

/** Two boards whose Ewons are linked and online. */
async function boards(dir: string, account: AccountProcess, endings: (() => Promise<unknown>)[]) {
  const card = join(dir, 'card.img');
  writeFileSync(card, await account.api.cardImage('line 4'));
  const start = async (serial: string): Promise<BoardWithAgent> => {
    const on = await startBoardWithAgent({ dir: join(dir, serial), serial });
    endings.unshift(() => on.board.stop());
    await on.board.led.until('running', 60_000);
    await commission(on, account, card);
    await on.board.slots.sd0.remove();
    return on;
  };
  return [await start(SERIALS[0]), await start(SERIALS[1])] as const;
}

suite('backup and restore of an account on SQLite', { timeoutMs: 350_000 }, (test) => {
  test('taken under load and restored elsewhere, an Ewon is online again untouched; one that was removed stays out', () =>
    tell({ postgres: undefined, withMosquitto: false }));
});

suite('backup and restore of an account on PostgreSQL', {
  needs: [...POSTGRES_PROGRAMS, 'mosquitto', 'mosquitto_dynamic_security.so'],
  timeoutMs: 350_000,
}, (test) => {
  let postgres: TestPostgres;
  test.before(async () => {
    postgres = await startPostgres();
  });
  test.after(() => postgres.remove());
  test('with Mosquitto, the same', () => tell({ postgres, withMosquitto: true }));
});
