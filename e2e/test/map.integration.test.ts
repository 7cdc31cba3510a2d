// test-timeout: 600 s
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture, START_MS } from '@ewon-agent/account/testing/account-fixture';
import { type FleetMember, fillWithFleet, locatedFleet } from '@ewon-agent/account/testing/located-fleet';
import { timestampOf } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photographPart } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// The map of the page with a thousand Ewons, walked as a person does, in Chromium against the real account server. The
// fleet is put into its database before it starts. The tests follow one another.

const DEVICES = 1000;
const HOSTILE = '<img src=x onerror=alert(1)>\u202e"Pump"';
/** The first two of the fleet, 3 m apart: no zoom tells them from one another. */
const TWINS = ['Twin A', 'Twin B'];

/** Without smooth scrolling: what is measured and then pressed has not moved meanwhile. */
const STILL = { reducedMotion: 'reduce' } as const;

let browser: Browser;
let page: Page;
let stateDir: string;
let account: AccountFixture;
const watched: Watched = { complaints: [], hosts: new Set() };

function theFleet(): readonly FleetMember[] {
  const at = timestampOf(START_MS - 300_000);
  const twin = { lat: 64.1466, lng: -21.9426 };
  return locatedFleet(DEVICES, at).map(({ ewon, location }, i): FleetMember => {
    if (i < 2)
      return {
        ewon: { ...ewon, name: TWINS[i] ?? '' },
        location: { lat: twin.lat + i * 0.00002, lng: twin.lng, accuracy: 12, source: 'gnss', at },
      };
    if (i === 2)
      return {
        ewon: { ...ewon, name: HOSTILE },
        location: { lat: -9.4, lng: -150, accuracy: 180_000, source: 'ip', at },
      };
    // what may not be located has no place
    if (i === 3 || i === 4) return { ewon, locationOff: i === 3 ? 'device' : 'board' };
    return { ewon, location };
  });
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const section = (name: string) => page.getByRole('region', { name });
const map = () => page.getByRole('application');
const facts = () => page.locator('.map-chosen');
const drawn = (opened: Page) => opened.locator('.map-frame[data-drawn=yes]').waitFor();

/** How many Ewons the marks and numbers in the window stand for. */
const standFor = () =>
  page.evaluate(() => {
    const numbers = [...document.querySelectorAll<SVGElement>('.map-window .cluster')];
    const single = document.querySelectorAll('.map-window .mark[data-device]').length;
    return numbers.reduce((sum, one) => sum + Number(one.dataset['count']), single);
  });
const scaleText = () => page.locator('.map-scale').getAttribute('aria-label');
/** Pixels of the map's drawing, by colour: what is drawn is there for the eye, whatever the page thinks. */
const coloursDrawn = () =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.map-window canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const counted: Record<string, number> = {};
    for (let i = 0; i < pixels.length; i += 4) {
      const colour = `${pixels[i]},${pixels[i + 1]},${pixels[i + 2]}`;
      counted[colour] = (counted[colour] ?? 0) + 1;
    }
    return Object.fromEntries(Object.entries(counted).map(([colour, count]) => [colour, count / (pixels.length / 4)]));
  });

suite('the map of the account page', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-map-'));
    account = await openAccountFixture({ stateDir, page: registerPage });
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, STILL);
  });
  test.after(async () => {
    await browser?.close();
    await account?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  test('an account without Ewons says so, and asks for no outlines', async () => {
    await page.goto(await account.account.makeSignInLink());
    await section('Map').getByText('No Ewon yet, so there is nothing to show.').waitFor();
    assert.equal(await map().count(), 0);
    await account.close();
    await fillWithFleet(stateDir, theFleet());
    account = await openAccountFixture({ stateDir, page: registerPage });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(await account.account.makeSignInLink());
    await section('Ewons').getByText('of 1000 online').waitFor();
    assert.deepEqual(
      asked.filter((path) => path.startsWith('/outlines')),
      [],
      'the map is not in sight',
    );
  });

  test('the link to the map shows land, sea and all thousand Ewons, in few marks with their numbers', async () => {
    await page.goto('about:blank');
    await page.goto(`${account.account.adminUrl}/#map`);
    await drawn(page);
    // what comes later makes place for itself above, and the page follows
    await page.waitForFunction(() => {
      const { top = Number.POSITIVE_INFINITY } =
        document.querySelector('[role=application]')?.getBoundingClientRect() ?? {};
      return top < window.innerHeight / 2;
    });
    assert.equal(await standFor(), DEVICES - 2);
    assert.ok((await page.locator('.map-window .cluster, .map-window .mark[data-device]').count()) < 60);
    const colours = await coloursDrawn();
    const [sea = 0, land = 0] = [colours['223,232,241'], colours['251,250,246']];
    assert.ok(sea > 0.3 && land > 0.15, JSON.stringify({ sea, land }));
    await section('Map').getByText('998 of 1000 located').waitFor();
    const off = (await section('Map').textContent()) ?? '';
    assert.match(off, /1 of 1000 Ewons may not be located: switched off on the device \(GeolocEnable\)/);
    assert.match(off, /1 of 1000 Ewons may not be located: switched off by hand at the board/);
    await photographPart(page.locator('#map'), 'map-world');
  });

  test('a number is pressed: the map comes nearer until each Ewon stands alone, with a shape for how it stands', async () => {
    const biggest = () =>
      page.evaluate(() => {
        const numbers = [...document.querySelectorAll<SVGElement>('.map-window .cluster')];
        return numbers.toSorted((a, b) => Number(b.dataset['count']) - Number(a.dataset['count']))[0]?.dataset['count'];
      });
    const first = await scaleText();
    const alone = page.locator('.map-window .mark.offline[data-device]').filter({ hasText: /^Pump/ });
    for (let i = 0; i < 12 && (await alone.count()) === 0; i++)
      await page
        .locator(`.map-window .cluster[data-count="${await biggest()}"]`)
        .first()
        .click();
    assert.notEqual(await scaleText(), first);
    const one = alone.first();
    assert.equal(await one.locator('rect.shape').count(), 1, 'a square, not only another colour');
    await one.click();
    const text = (await facts().textContent()) ?? '';
    assert.match(
      text,
      /Pump \d{4}.*StateOffline.*PoolDefault.*Place.*Accuracywithin .* \(95 %\)Found by.*Told\d+ min ago/s,
    );
    await photographPart(page.locator('#map'), 'map-near');
  });

  test('the chosen one is shown in the list of Ewons, and from there on the map again', async () => {
    const name = (await facts().getByRole('heading').textContent()) ?? '';
    await button('Show in the list').click();
    const rows = section('Ewons')
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader') });
    await eventually(async () => (await rows.count()) === 1, { what: 'the one row' });
    assert.match(
      (await rows.first().textContent()) ?? '',
      new RegExp(`${name}.*(Ethernet eth1|Cellular wwan0): online, full`, 's'),
    );
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'ewons-title');
    await button('Show all').first().click();
    await section('Ewons')
      .getByRole('button', { name: `Show on map ${name}` })
      .click();
    await facts().getByRole('heading', { name }).waitFor();
    await page.waitForFunction(() => document.activeElement?.role === 'application'); // keys move the map now
  });

  test('keys, buttons and the wheel: nearer, farther away, aside, and all again', async () => {
    await map().focus();
    await page.keyboard.press('0');
    const all = await scaleText();
    assert.equal(await standFor(), DEVICES - 2);
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    assert.notEqual(await scaleText(), all);
    const before = await page.locator('.map-window .cluster').first().getAttribute('transform');
    await page.keyboard.press('ArrowLeft');
    assert.notEqual(await page.locator('.map-window .cluster').first().getAttribute('transform'), before);
    await page.keyboard.press('-');
    await page.keyboard.press('-');
    assert.equal(await scaleText(), all);
    await button('Nearer').click();
    await button('Farther away').click();
    assert.equal(await scaleText(), all);
    await button('Show all').click();
    await map().hover();
    await page.evaluate(() =>
      document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined,
    );
    await page.mouse.wheel(0, -240);
    await page.locator('.map-hint.shown').waitFor();
    assert.equal(await scaleText(), all, 'who scrolls by is not caught');
    await section('Map').getByRole('heading', { name: 'Map' }).scrollIntoViewIfNeeded();
    await map().focus();
    await map().hover();
    await page.mouse.wheel(0, -480);
    await eventually(async () => (await scaleText()) !== all, { what: 'another scale' });
    await page.keyboard.press('0');
  });

  test('dragging moves the map by as much as the hand, and a drag that ends on a mark chooses nothing', async () => {
    await page.keyboard.press('Escape');
    await eventually(async () => (await facts().textContent()) === '', { what: 'nothing chosen' });
    const mark = page.locator('.map-window .cluster').first();
    await mark.hover();
    const from = await mark.boundingBox();
    if (!from) throw new Error('no mark in the window');
    const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 60, y, { steps: 4 });
    await page.mouse.up();
    const to = await mark.boundingBox();
    assert.ok(Math.abs((to?.x ?? 0) - from.x - 60) < 2, `${to?.x} after ${from.x}`);
    assert.equal(await facts().textContent(), '');
  });

  test('a place found by the internet address looks like what it is: its circle is as large as the scale says', async () => {
    await section('Map').getByLabel('Find a located Ewon').fill('onerror');
    await section('Map')
      .getByRole('button', { name: /Show on map/ })
      .click();
    await facts().getByText('within 180 km of this point (95 %)').waitFor();
    await facts().getByText('Internet address').waitFor();
    await page.locator('.accuracy.chosen').first().waitFor(); // the map draws it when it has come there
    const seen = await page.evaluate(() => {
      const circle = document.querySelector<SVGPathElement>('.accuracy.chosen');
      const bar = document.querySelector('.map-scale path')?.getAttribute('d') ?? '';
      const label = document.querySelector('.map-scale text')?.textContent ?? '';
      const dashed = circle ? getComputedStyle(circle).strokeDasharray : '';
      return { width: circle?.getBBox().width ?? 0, barPx: Number(/H([\d.]+)/.exec(bar)?.[1]) - 1, label, dashed };
    });
    const kmPerPx = Number(seen.label.replace(' km', '')) / seen.barPx;
    assert.ok(Math.abs(seen.width * kmPerPx - 360) < 8, JSON.stringify(seen));
    assert.notEqual(seen.dashed, 'none');
    await photographPart(page.locator('#map'), 'map-internet-address');
  });

  test('a name that wants to be a program is text, in the facts, in the lists and on the map', async () => {
    const shown = '<img src=x onerror=alert(1)>\\u{202e}"Pump"';
    await facts().getByRole('heading', { name: shown }).waitFor();
    await section('Map').getByRole('rowheader', { name: shown }).waitFor();
    assert.equal(await page.locator('.map-window .mark.chosen title').textContent(), `${shown}: Offline`);
    assert.equal(await section('Map').locator('img').count(), 0);
  });

  test('two Ewons in one place: however near one looks, they are one number, and pressing it gives their names', async () => {
    await section('Map').getByLabel('Find a located Ewon').fill('Twin');
    await section('Map').getByRole('button', { name: 'Show on map Twin A' }).click();
    await facts().getByRole('heading', { name: 'Twin A' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.map-window .cluster[data-count="2"]').click();
    await facts().getByRole('heading', { name: '2 Ewons in one place' }).waitFor();
    await facts().getByRole('button', { name: 'Twin B' }).click();
    await facts().getByRole('heading', { name: 'Twin B' }).waitFor();
    await facts().getByText('Iceland').waitFor();
  });

  test('the same as a list, by keyboard alone: search, show, and read it', async () => {
    const search = section('Map').getByLabel('Find a located Ewon');
    await search.fill('');
    assert.equal(await section('Map').getByRole('rowheader').count(), 20);
    await button('Show more (978 not shown)').focus();
    await page.keyboard.press('Enter');
    await eventually(async () => (await section('Map').getByRole('rowheader').count()) === 40, { what: '40 rows' });
    await search.fill('Pump 0100');
    await search.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByRole('heading', { name: 'Pump 0100' }).waitFor();
    await search.fill('no such thing');
    await section('Map').getByText('No Ewon matches “no such thing”.').waitFor();
    await search.fill('');
  });

  test('an Ewon comes online and tells of an error while the map is open: its mark changes its shape', async () => {
    const mark = page.locator('.map-window .mark.chosen');
    assert.equal(await mark.locator('title').textContent(), 'Pump 0100: Offline');
    const { deviceId } = theFleet()[99]?.ewon ?? {};
    const tell = (channel: string, seq: number, body: object) =>
      account.broker.send(`ewon/v1/${account.account.accountId}/${deviceId}/up/${channel}`, {
        ...{ v: 1, at: new Date(account.clock.now()).toISOString(), epoch: 'e1', seq },
        ...body,
      });
    await tell('status', 10, { state: 'online', agent: '0.1.0', bootId: 'b1', bootCount: 1 });
    await page.locator('.map-window .mark.online.chosen circle.shape').waitFor();
    await facts().getByText('Online', { exact: true }).waitFor();
    await tell('event', 11, { code: 'WAN_PORTAL', severity: 'error', text: 'A sign-in page answers.' });
    await page.locator('.map-window .mark.alarm.chosen path.shape').waitFor();
    await facts().getByText('Online, alarm').waitFor();
  });

  test('axe-core finds nothing serious, in the light and in the dark, with something chosen', async () => {
    await section('Map').getByLabel('Find a located Ewon').fill('Pump 0100'); // a row is as good as forty
    await section('Ewons').getByLabel('Find an Ewon').fill('Pump 0100');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await seriousFindings(page, '#map'), [], colorScheme);
    }
    await button('Show all').click();
    const colours = await coloursDrawn();
    assert.ok((colours['12,18,25'] ?? 0) > 0.1, 'the sea is dark in the dark');
    await photographPart(page.locator('#map'), 'map-dark');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('on a phone: nothing is cut off, two fingers come nearer, one scrolls the page', async () => {
    const phone = await openWatchedPage(browser, watched, {
      ...STILL,
      viewport: { width: 360, height: 740 },
      hasTouch: true,
    });
    await phone.goto(await account.account.makeSignInLink());
    await phone.getByRole('link', { name: 'Map' }).tap();
    await drawn(phone);
    assert.deepEqual(await cutOff(phone), []);
    const label = () => phone.locator('.map-scale').getAttribute('aria-label');
    const before = await label();
    await phone.locator('.map-window').scrollIntoViewIfNeeded();
    const box = await phone.locator('.map-window').boundingBox();
    if (!box) throw new Error('no map');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const touch = await phone.context().newCDPSession(phone);
    const fingers = (apart: number) => [
      { x: x - apart, y, id: 1 },
      { x: x + apart, y, id: 2 },
    ];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(20) });
    for (const apart of [30, 45, 60, 80])
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(apart) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await eventually(async () => (await label()) !== before, { what: 'a nearer map' });
    await phone.locator('.map-buttons').getByRole('button', { name: 'Show all' }).tap();
    await phone.getByRole('button', { name: 'Show on map Pump 0006' }).last().tap();
    await phone.locator('.map-chosen').getByRole('heading', { name: 'Pump 0006' }).waitFor();
    assert.deepEqual(await cutOff(phone), []);
    await photographPart(phone.locator('#map'), 'map-phone');
    await phone.close();
  });

  test('geolocation is switched off: every place is gone from the open page at once, and it says how to have it back', async () => {
    assert.match((await section('Map').textContent()) ?? '', /° N/);
    await account.admin('PATCH', 'policy', { geolocation: false });
    await section('Map').getByText('Who may change that switches it on under “Privacy”.').waitFor();
    assert.equal(await map().count(), 0);
    assert.doesNotMatch(await page.content(), /\d° [NS]|Show on map/);
    await photographPart(page.locator('#map'), 'map-off');
  });

  test('through all of it: no script error, nothing against the content policy, nobody else asked', () => {
    assert.deepEqual(watched.complaints, []);
    const own = new Set([...watched.hosts].filter((asked) => !asked.startsWith('127.0.0.1:')));
    assert.deepEqual([...own], []);
  });
});
