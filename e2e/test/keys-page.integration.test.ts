import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import { DAY_MS, type Grk } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { judgeCard } from '@ewon-agent/sdcard-tools/core/card';
import type { Browser, Download, Page } from 'playwright-core';
import { openChromium, photograph, photographPart } from '../src/chromium.ts';
import { runCommand } from '../src/command.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// Registration keys, cards and pools, walked as a person does, in Chromium against the real account server: row 9 of the systems of
// the account page. The tests tell one story and follow one another.

const PASSWORD = 'secret 12';
const NOTE = `Site 7, "north" & it's $HOME`;

let browser: Browser;
let page: Page;
let dir: string;
let account: AccountFixture;
/** The key that the story is about. */
let keyId: string;
const watched: Watched = { complaints: [], hosts: new Set() };

const at = (name: string) => join(dir, name);
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const auto = () => page.getByRole('region', { name: 'Auto-registration' });
const question = () => page.getByRole('dialog');
const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const key = (id: string) => auto().locator('.key').filter({ hasText: id });
const grks = async () => (await account.admin('GET', 'grks')).json as { id: string; note: string; exports: number }[];

async function asks(serial: string): Promise<void> {
  const { key: grk } = (await account.admin('GET', `grks/${keyId}/key`)).json;
  const device = account.device(serial);
  const answer = await device.register(await device.request(grk as Grk, { note: NOTE }));
  assert.equal(answer.status, 202, JSON.stringify(answer.json));
}

async function downloadBy(click: () => Promise<void>): Promise<Download> {
  const coming = page.waitForEvent('download');
  await click();
  return coming;
}

suite('the page: registration keys', { needs: ['chromium'], timeoutMs: 60_000 }, (test) => {
  test.before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ewon-keys-page-'));
    account = await openAccountFixture({ stateDir: at('account'), page: registerPage });
    for (const name of ['North', 'South']) await account.admin('POST', 'pools', { name });
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, { reducedMotion: 'reduce', timezoneId: 'UTC' });
    page.setDefaultTimeout(8000);
    await page.goto(await account.account.makeSignInLink());
    await button('Add a key…').waitFor();
  });
  test.after(async () => {
    await browser?.close();
    await account?.close();
    await rm(dir, { recursive: true, force: true });
  });

  test('a key is added with its pool, limit, end and note, which is checked as it is typed', async () => {
    await button('Add a key…').click();
    await question().getByLabel('Pool').selectOption('North');
    await question().getByLabel('Ewons that may be approved').fill('2');
    await question().getByLabel('Last day').fill('2026-03-13');
    await question().getByLabel('Note').fill('Zürich');
    await question().getByText('“ü” cannot stand on a card').waitFor();
    await button('Add this key').click();
    assert.equal(await question().locator('input:invalid').count(), 1, 'nothing was sent');
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'keys-1-add');
    await question().getByLabel('Note').fill(NOTE);
    await question().getByText(`${NOTE.length} of 140`).waitFor();
    await button('Add this key').click();
    await page
      .getByRole('status')
      .filter({ hasText: /Added: key [0-9a-f]{8}\./ })
      .waitFor();
    keyId = (await grks()).find(({ note }) => note === NOTE)?.id ?? '';
    const text = (await key(keyId).textContent()) ?? '';
    for (const part of ['PoolNorth', '0 approved of 2', 'in 12 days', '2026-03-13 23:59:59', 'Cards made0', NOTE])
      assert.ok(text.includes(part), `${part} in ${text}`);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Add a key…', 'focus is back');
  });

  test('who waits and who was approved counts as a use', async () => {
    await asks('1524-0081-21');
    await page.reload();
    await key(keyId).getByText('0 approved + 1 waiting of 2').waitFor();
    await account.admin('POST', `registrations/${await account.pendingId()}/approve`);
    await asks('1524-0082-21');
    await page.reload();
    await key(keyId).getByText('1 approved + 1 waiting of 2').waitFor();
    await key(keyId).getByText('used up').waitFor();
  });

  test('it is changed: what is not touched stays', async () => {
    await button(`Change… ${keyId}`).click();
    assert.equal(await question().getByLabel('Last day').inputValue(), '2026-03-13');
    await question().getByLabel('Ewons that may be approved').fill('');
    await question().getByLabel('Pool').selectOption('South');
    await question().getByRole('button', { name: 'Save' }).click();
    await said(`Saved: key ${keyId}.`);
    await key(keyId).getByText('1 approved + 1 waiting', { exact: true }).waitFor();
    const log = (await account.admin('GET', 'log?limit=1')).json;
    assert.match(log[0].event, /pool "North" → "South"; uses 2 → none/);
    assert.doesNotMatch(log[0].event, /end/);
  });

  test('a card: both files by one press, which fit each other, with the note', async () => {
    await auto().getByLabel('Registration key').selectOption(keyId);
    await auto().getByLabel('Note (at most 140 plain characters').fill(NOTE);
    await auto().getByLabel('RESULT.TXT').check();
    await button('T2M.txt and T2M.json…').click();
    const files: Uint8Array[] = [];
    for (const name of ['T2M.txt', 'T2M.json']) {
      const file = await downloadBy(() =>
        auto()
          .getByRole('link', { name: `Save ${name}` })
          .click(),
      );
      assert.equal(file.suggestedFilename(), name);
      files.push(new Uint8Array(await readFile(await file.path())));
    }
    const [t2mTxt, t2mJson] = files;
    const card = assertOk(judgeCard({ t2mTxt, t2mJson, otherFiles: [] }, {}));
    assert.deepEqual([card.grkId, card.note, card.manifest?.pool], [keyId, NOTE, 'South']);
    assert.deepEqual([card.manifest?.receipt, card.manifest?.wipe], [true, false]);
    await auto().getByLabel('Note (at most 140 plain characters').fill('another');
    await auto().getByRole('link', { name: 'Save T2M.txt' }).waitFor({ state: 'detached' });
    await key(keyId).getByText('1', { exact: true }).waitFor();
  });

  test('the command for a drive, as it is copied, makes a card with an API token that may export keys alone', async () => {
    await auto().getByLabel('Note (at most 140 plain characters').fill(NOTE);
    await auto().getByText('Straight to a drive').click();
    const line = (await auto().getByLabel('Command', { exact: true }).textContent()) ?? '';
    await photographPart(auto(), 'keys-2-card');
    const order = { name: 'cards', permissions: ['keys.export'], pools: ['South'] };
    await writeFile(at('token.txt'), (await account.admin('POST', 'tokens', order)).json.token);
    await mkdir(at('card'));
    const typed = line.replace('token.txt', at('token.txt')).replace('/dev/sdX', at('card'));
    const words = execFileSync('sh', ['-c', `for word in ${typed}; do printf '%s\\n' "$word"; done`], {
      encoding: 'utf8',
    });
    const [program, ...rest] = words.trimEnd().split('\n');
    assert.equal(program, 'sdcard');
    const ran = await runCommand('sdcard', [...rest, '--json']);
    assert.equal(ran.status, 0, ran.stdout + ran.stderr);
    const { t2m, signed } = JSON.parse((await runCommand('sdcard', ['inspect', '--json', at('card')])).stdout);
    assert.deepEqual([t2m, signed.receipt], [{ grkId: keyId, note: NOTE }, true]);
  });

  test('revoking tells who is turned away, which cards become worthless, and who stays', async () => {
    await page.reload();
    await button(`Revoke… ${keyId}`).click();
    await question().getByText('This Ewon waits with it and is turned away:').waitFor();
    await question().getByText(`1524-0082-21: ${NOTE}`).waitFor();
    await question().getByText('2 cards were made with it: those that were not used yet become worthless.').waitFor();
    await question().getByText('1 Ewon came with it; it stays linked.').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'keys-3-revoke');
    await button('Revoke the key').click();
    await said(`Revoked: key ${keyId}.`);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'auto-title');
    await key(keyId).waitFor({ state: 'detached' });
    await page.getByText('No Ewon waits.').waitFor();
    await auto().getByText('1 revoked key').click();
    await auto()
      .getByRole('listitem')
      .filter({ hasText: keyId })
      .getByText(/revoked (just now|\d+ (s|min) ago)/)
      .waitFor();
    assert.equal((await account.admin('GET', 'ewons')).json.length, 1);
  });

  test('what keeps a pool from being removed is told in the question; an empty one goes', async () => {
    await account.admin('POST', 'grks', { pool: 'North' });
    await auto().getByText('Pools', { exact: true }).click();
    await button('Remove North').click();
    await question().getByText('Groups and API tokens that name it lose it.').waitFor();
    await button('Remove this pool').click();
    await question().getByRole('alert').getByText('one Ewon is in this pool').waitFor();
    await photograph(page, 'keys-4-pool');
    await page.keyboard.press('Escape');
    await auto().getByLabel('New pool').fill('Spare');
    await button('Add pool').click();
    await said('Added: pool Spare.');
    await button('Remove Spare').click();
    await button('Remove this pool').click();
    await said('Removed: pool Spare.');
    assert.ok(!(await account.admin('GET', 'pools')).json.includes('Spare'));
  });

  test('a key that has ended says since when, and no card is made with it', async () => {
    const soon = new Date(account.clock.now() + DAY_MS).toISOString();
    const ending = (await account.admin('POST', 'grks', { pool: 'South', expiresAt: soon })).json;
    await key(ending.id)
      .getByText(/in 2[34] h/)
      .waitFor();
    assert.equal(await auto().getByRole('option', { name: ending.id }).count(), 1);
    account.clock.jump(3 * DAY_MS);
    await page.goto('about:blank'); // the session has ended as well
    await page.goto(await account.account.makeSignInLink());
    await key(ending.id).getByText('ended 2 days ago').waitFor();
    assert.equal(await auto().getByRole('option', { name: ending.id }).count(), 0);
    assert.deepEqual(await seriousFindings(page, '#auto-registration'), []);
  });

  test('on a phone nothing is cut off', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await auto().getByText('Straight to a drive').click();
    assert.deepEqual(await cutOff(page), []);
    await button('Add a key…').click();
    assert.deepEqual(await cutOff(page), []);
    await page.keyboard.press('Escape');
    await photographPart(auto(), 'keys-5-phone');
  });

  test('a technician sees the keys of his pool, makes cards with them, and nothing else', async () => {
    const group = { name: 'Technicians', permissions: ['ewons.read', 'keys.export'], pools: ['North'] };
    const { id } = (await account.admin('POST', 'groups', group)).json;
    await account.admin('POST', 'users', { login: 'tech', password: PASSWORD, groupIds: [id] });
    await button('Sign out').click();
    await button('Sign in').waitFor();
    await page.getByLabel('Login').fill('tech');
    await page.getByLabel('Password').fill(PASSWORD);
    await button('Sign in').click();
    await button('Download card image').waitFor();
    const [north] = (await account.admin('GET', 'grks')).json.filter(
      ({ pool, state }: { pool: string; state: string }) => pool === 'North' && state === 'active',
    );
    await key(north.id).waitFor();
    assert.equal(await auto().locator('.key').count(), 1);
    const buttons = await auto().getByRole('button').allTextContents();
    assert.deepEqual(buttons, ['Download card image', 'Download T2M.txt', 'T2M.txt and T2M.json…']);
    const card = await downloadBy(() => button('Download T2M.txt').click());
    assert.match(await readFile(await card.path(), 'latin1'), /^T2MKey:A01-/);
    await photographPart(auto(), 'keys-6-technician');
  });

  test('through all of it: no key on the page, no script error, nobody else asked', async () => {
    assert.doesNotMatch(await page.content(), /A01-[0-9A-Z]{32}/);
    assert.deepEqual(watched.complaints, []);
    const { host } = new URL(account.account.adminUrl);
    assert.deepEqual(
      [...watched.hosts].filter((asked) => asked !== host && asked !== 'blob:'),
      [],
    );
  });
});
