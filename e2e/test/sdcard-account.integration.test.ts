import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountView, GrkView } from '@ewon-agent/account/http/views';
import { CODES, type Code } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { findBelow, findIn, needlesFor } from '../src/canary.ts';
import { type Ran, runCommand } from '../src/command.ts';

// The sdcard command asks a real account server for a card: signed by it, onto an image and into a directory. What all
// programs said is looked through afterwards for the keys and the token.

const NOTE = 'Hall 3, press "4" & 5';

suite('sdcard export --account', { timeoutMs: 180_000 }, (test) => {
  let dir: string;
  let account: AccountProcess;
  let fingerprint: string;
  const tokens: string[] = [];
  const said: { readonly where: string; readonly text: string }[] = [];
  const at = (name: string) => join(dir, name);
  const stateDir = () => at('account');
  const tokenFile = () => join(stateDir(), 'admin-token');

  async function sdcard(...words: readonly string[]): Promise<Ran> {
    const ran = await runCommand('sdcard', words);
    said.push({ where: `sdcard ${words[0]}`, text: ran.stdout + ran.stderr });
    return ran;
  }
  const exportTo = (target: string, ...more: readonly string[]) =>
    sdcard('export', '--note', NOTE, '--json', ...more, target);
  const withToken = () => ['--account', account.adminUrl, '--token-file', tokenFile()];

  async function keys(): Promise<readonly GrkView[]> {
    return account.api.get('/api/v1/grks');
  }

  async function assertSignedCard(target: string, grkId: string | undefined): Promise<void> {
    const { status, stdout } = await sdcard('inspect', '--json', target);
    const { outcome, t2m, signed, files } = JSON.parse(stdout);
    assert.deepEqual([status, outcome, t2m], [0, 'CARD_USABLE', { grkId, note: NOTE }]);
    assert.deepEqual([signed.accountUrl, signed.accountKeyFingerprint], [account.deviceUrl, fingerprint]);
    assert.deepEqual([signed.pool, signed.receipt, signed.wipe], ['Default', false, false]);
    assert.deepEqual([...files].sort(), ['T2M.json', 'T2M.txt']);
  }

  function assertRefused({ status, stdout }: Ran, code: Code, exitStatus: number): void {
    const { outcome, next } = JSON.parse(stdout);
    assert.deepEqual([status, outcome, next], [exitStatus, code, CODES[code].next]);
  }

  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sdcard-account-'));
    for (const folder of ['card', 'other', 'north', 'cards']) mkdirSync(at(folder));
    account = await startAccountProcess(stateDir(), ['--log-level', 'debug']);
    fingerprint = (await account.api.get<AccountView>('/api/v1/account')).accountKeyFingerprint;
  });
  test.after(async () => {
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  test('onto an image, by address and token file: inspect shows what the account signed', async () => {
    const image = at('cards/card.img');
    assert.equal((await sdcard('make-image', image, '--size', '64M')).status, 0);
    const exported = await exportTo(image, ...withToken());
    assert.equal(exported.status, 0, exported.stdout + exported.stderr);
    const [key] = await keys();
    await assertSignedCard(image, key?.id);
    assert.equal(JSON.parse(exported.stdout).signed.accountKeyFingerprint, fingerprint);
    assert.equal((await exportTo(image, ...withToken())).status, 0, 'again, over its own card');
    await assertSignedCard(image, key?.id);
  });

  test('with --receipt and --wipe: the account signs both wishes, and inspect tells them', async () => {
    const image = at('cards/asking.img');
    assert.equal((await sdcard('make-image', image, '--size', '64M')).status, 0);
    const exported = await exportTo(image, ...withToken(), '--receipt', '--wipe');
    assert.equal(exported.status, 0, exported.stdout + exported.stderr);
    const { signed } = JSON.parse((await sdcard('inspect', '--json', image)).stdout);
    assert.deepEqual([signed.receipt, signed.wipe], [true, true]);
    assert.match((await sdcard('inspect', image)).stdout, /asks for\s+receipt, wipe/);
  });

  test('into a directory, by the state directory alone; the log of the account says so', async () => {
    const exported = await exportTo(at('card'), '--account', stateDir());
    assert.equal(exported.status, 0, exported.stdout + exported.stderr);
    const [key] = await keys();
    await assertSignedCard(at('card'), key?.id);
    const log = await account.api.get<readonly { readonly event: string }[]>('/api/v1/log');
    const events = log.filter(({ event }) => event === `Registration key ${key?.id} was exported (files).`);
    assert.equal(events.length, 4);
  });

  test('the key is renewed: the old one by its id is GRK_REVOKED; the present one needs --force over the old card', async () => {
    const [old] = await keys();
    await account.api.send('POST', '/api/v1/grks/renew');
    const present = (await keys()).find(({ state }) => state === 'active');
    assertRefused(await exportTo(at('other'), ...withToken(), '--key-id', String(old?.id)), 'GRK_REVOKED', 3);
    assertRefused(await exportTo(at('other'), ...withToken(), '--key-id', '00000000'), 'NOT_FOUND', 3);
    assert.ok(!existsSync(at('other/T2M.txt')));
    for (const target of [at('cards/card.img'), at('card')]) {
      assertRefused(await exportTo(target, ...withToken()), 'CARD_TAKEN', 3);
      await assertSignedCard(target, old?.id);
      assert.equal((await exportTo(target, ...withToken(), '--force')).status, 0);
      await assertSignedCard(target, present?.id);
    }
  });

  test('another token: ADMIN_TOKEN_REFUSED; the server away: its code and exit status 1; and back: a card', async () => {
    writeFileSync(at('token'), 'another');
    const wrong = ['--account', account.adminUrl, '--token-file', at('token')];
    assertRefused(await exportTo(at('other'), ...wrong), 'ADMIN_TOKEN_REFUSED', 3);
    const again = sameAddresses(account);
    await account.kill('SIGKILL'); // so that it could not take its address back
    assertRefused(await exportTo(at('other'), ...withToken()), 'ADMIN_UNREACHABLE', 1);
    assertRefused(await exportTo(at('other'), '--account', stateDir()), 'ACCOUNT_NOT_RUNNING', 1);
    said.push({ where: 'account serve, killed', text: account.output() });
    account = await startAccountProcess(stateDir(), again);
    assert.equal((await exportTo(at('other'), '--account', stateDir())).status, 0);
  });

  test('with an API token that may export keys of one pool: a card with its key; one that may not, or not this key, is told', async () => {
    await account.api.send('POST', '/api/v1/pools', { name: 'North' });
    const made = await account.api.send<GrkView>('POST', '/api/v1/grks', { pool: 'North' });
    const [other] = await keys();
    const giveToken = async (name: string, permissions: readonly string[]) => {
      const order = { name, permissions, pools: ['North'] };
      const { token } = await account.api.send<{ readonly token: string }>('POST', '/api/v1/tokens', order);
      tokens.push(token);
      writeFileSync(at(name), `${token}\n`);
      return ['--account', account.adminUrl, '--token-file', at(name)];
    };
    const maker = await giveToken('maker', ['keys.export']);
    const exported = await exportTo(at('north'), ...maker, '--key-id', made.id);
    assert.equal(exported.status, 0, exported.stdout + exported.stderr);
    const { t2m, signed } = JSON.parse((await sdcard('inspect', '--json', at('north'))).stdout);
    assert.deepEqual([t2m.grkId, t2m.note, signed.pool], [made.id, NOTE, 'North']);
    assert.equal((await exportTo(at('north'), ...maker)).status, 0, 'the present key is the one that it sees');
    assertRefused(await exportTo(at('north'), ...maker, '--key-id', String(other?.id)), 'NOT_FOUND', 3);
    const reader = await giveToken('reader', ['ewons.read']);
    assertRefused(await exportTo(at('north'), ...reader, '--key-id', made.id), 'NOT_PERMITTED', 3);
  });

  test('no key and no token in what anybody said, nor in the state of the account; only on the cards', async () => {
    said.push({ where: 'account serve', text: account.output() });
    const token = readFileSync(tokenFile(), 'utf8').trim();
    const all = await keys();
    assert.equal(all.length, 3);
    for (const { id } of all) {
      const { key } = await account.api.get<{ readonly key: string }>(`/api/v1/grks/${id}/key`);
      const needles = needlesFor(key);
      assert.deepEqual(
        said.flatMap(({ where, text }) => findIn(where, text, needles)),
        [],
      );
      assert.deepEqual(findBelow(stateDir(), needles).hits, []);
      const onCards = ['card', 'other', 'north'].flatMap((card) => findBelow(at(card), needles).hits);
      assert.equal(onCards.length > 0, all[0]?.id !== id, 'the search finds what is there; the first was renewed');
    }
    for (const secret of [token, ...tokens]) assert.ok(said.every(({ text }) => !text.includes(secret)));
  });
});
