import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import { linked } from '@ewon-agent/account/testing/stories';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photographPart } from '../src/chromium.ts';
import { openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// The list in which Ewons are found and changed, walked as an administrator does, in Chromium against the real account server:
// rows 8 and 9 of the systems of the account page. The tests tell one story and follow one another.

let browser: Browser;
let page: Page;
let stateDir: string;
let account: AccountFixture;
const watched: Watched = { complaints: [], hosts: new Set() };

const list = () => page.getByRole('region', { name: 'Ewons' });
const row = (name: string) =>
  list()
    .getByRole('row')
    .filter({ has: page.getByLabel(`Select ${name}`, { exact: true }) });
const question = () => page.getByRole('dialog');
const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const names = async () =>
  (
    await list()
      .getByRole('checkbox', { name: /^Select (Pump|Fan)/ })
      .all()
  ).length;

suite('the page: lists', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-lists-page-'));
    account = await openAccountFixture({ stateDir, page: registerPage });
    await account.admin('POST', 'pools', { name: 'North' });
    for (const [i, name] of ['Pump 10', 'Pump 9', 'Fan'].entries())
      await linked(account, account.device(`1600-000${i}-21`), { name });
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
    await page.goto(await account.account.makeSignInLink());
    await row('Fan').waitFor();
  });
  test.after(async () => {
    await browser?.close();
    await account?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  test('Ewons are sorted as people count, and found by words and filters', async () => {
    await list().getByText('0 of 3 online').waitFor();
    const shown = await list()
      .getByRole('checkbox', { name: /^Select (Pump|Fan)/ })
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    assert.deepEqual(shown, ['Select Fan', 'Select Pump 9', 'Select Pump 10']);
    await list().getByRole('searchbox').fill('1600-0001');
    await row('Fan').waitFor({ state: 'detached' });
    assert.equal(await names(), 1);
    await list().getByRole('searchbox').fill('zzz');
    await list().getByText('No Ewon is like that.').waitFor();
    await list().getByRole('searchbox').fill('');
    await row('Fan').waitFor();
    await list().getByRole('button', { name: 'Name' }).click();
    await list().locator('th[aria-sort=descending]').waitFor();
    assert.deepEqual(await seriousFindings(page, '#ewons'), []);
    await photographPart(list(), 'lists-1-found');
  });

  test('one is changed in a question, and the log says what became of what', async () => {
    await row('Fan')
      .getByRole('button', { name: /^Change/ })
      .click();
    await question().getByLabel('Description').fill('Hall 7');
    await question().locator('input[name=custom2]').fill('Line 4');
    // somebody else changes another thing while the dialog is open, which stays
    const { deviceId } = (await account.admin('GET', 'ewons?name=Fan')).json.rows[0];
    await account.admin('PATCH', `ewons/${deviceId}`, { customFields: { 1: 'meanwhile' } });
    await row('Fan').getByText('meanwhile').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await question().getByRole('button', { name: 'Save' }).click();
    await said('Saved: Fan.');
    await row('Fan')
      .getByRole('rowheader', { name: /Hall 7.*meanwhile.*Line 4/ })
      .waitFor();
    const log = (await account.admin('GET', 'log?limit=1')).json;
    assert.equal(log[0].event, 'Ewon [Fan] was changed: description "" → "Hall 7"; custom field 2 "" → "Line 4".');
  });

  test('two are selected and moved at once', async () => {
    await page.getByLabel('Select Pump 9', { exact: true }).check();
    await page.getByLabel('Select Pump 10', { exact: true }).check();
    await list().getByText('2 selected').waitFor();
    await list().getByLabel('Move to pool').selectOption('North');
    await photographPart(list(), 'lists-2-selected');
    await list().getByRole('button', { name: 'Move 2' }).click();
    await said('2 Ewons were moved.');
    await list().getByRole('combobox', { name: 'Pool', exact: true }).selectOption('North');
    await row('Fan').waitFor({ state: 'detached' });
    assert.equal(await names(), 2);
  });

  test('columns are chosen, and are there at the next visit', async () => {
    await list().getByText('Columns').click();
    await list().getByLabel('Model').check();
    await page.reload();
    await list().getByRole('columnheader', { name: 'Model' }).waitFor();
  });

  test('a list is saved, edited, tried and taken; a fault is shown with its line', async () => {
    const coming = page.waitForEvent('download');
    await list().getByRole('link', { name: 'Export .csv' }).click();
    const csv = await readFile(await (await coming).path(), 'utf8');
    assert.ok(csv.startsWith('\ufeffdeviceId,serial,name,pool'));
    await list().getByRole('button', { name: 'Import .csv' }).click();
    const give = (text: string, letters: 'utf8' | 'latin1' = 'utf8') =>
      question()
        .getByLabel('File')
        .setInputFiles({ name: 'e.csv', mimeType: 'text/csv', buffer: Buffer.from(text, letters) });
    await give(csv.slice(1).replaceAll('"Pump 9"', '"Pümpe"'), 'latin1');
    await question().getByRole('button', { name: 'See what would change' }).click();
    await question().getByText('CSV_NOT_UTF8').waitFor();
    await give(csv.replace('"North"', '"South"'));
    await question().getByRole('button', { name: 'See what would change' }).click();
    await question()
      .getByText('Line 3, pool: there is no pool "South"')
      .or(question().getByText(/Line 4, pool/))
      .first()
      .waitFor();
    await photographPart(question(), 'lists-3-fault');
    await give(csv.replaceAll('"Pump 9"', '"Prüfer 9"'));
    await question().getByRole('button', { name: 'See what would change' }).click();
    await question().getByText('Pump 9: name "Pump 9" → "Prüfer 9"').waitFor();
    await question().getByRole('button', { name: 'Change 1 Ewon' }).click();
    await said('1 Ewon was changed by the file.');
    await row('Prüfer 9').waitFor();
  });

  test('a long name without a blank is broken, on a phone as well', async () => {
    await row('Fan')
      .getByRole('button', { name: /^Change/ })
      .click();
    await question().getByLabel('Description').fill('x'.repeat(255));
    await question().getByRole('button', { name: 'Save' }).click();
    await said('Saved: Fan.');
    await row('Fan').getByText('x'.repeat(255)).waitFor(); // what the next test measures
  });

  test('on a phone it is a list of cards, and nothing is wider than the screen', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await row('Fan').waitFor();
    const wide = await list()
      .locator('*')
      .evaluateAll((all) =>
        all
          .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
          .map((one) => one.outerHTML.slice(0, 120)),
      );
    assert.deepEqual(wide, []);
    assert.deepEqual(await seriousFindings(page, '#ewons'), []);
    await photographPart(list(), 'lists-4-phone');
  });

  test('nothing complained, and nobody else was asked', () => {
    assert.deepEqual(watched.complaints, []);
    assert.equal(watched.hosts.size, 1);
  });
});
