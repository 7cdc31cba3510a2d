import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overTls } from '@ewon-agent/account/testing/ask-over-tls';
import { createTestDevice } from '@ewon-agent/account/testing/device-client';
import type { Grk } from '@ewon-agent/contracts';
import { assert } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { openChromium } from '../src/chromium.ts';
import { runCommand } from '../src/command.ts';
import { openWatchedPage, type Watched } from '../src/watched-page.ts';
import type { Take } from './account-walk-album.ts';

// What is walked: an account server, boards with the agent, and browsers of an administrator and of users.

/** Long, because the machine may be busy; nothing here waits for the sake of time. */
const PATIENCE_MS = 45_000;

/** One page in front of a person. */
export type Desk = ReturnType<typeof deskOf>;

/** How the parts of a page are named: by roles and texts, as who hears the page finds them. */
export function deskOf(page: Page) {
  const dialog = () => page.getByRole('dialog');
  return {
    page,
    dialog,
    section: (name: string | RegExp) => page.getByRole('region', { name }),
    button: (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }),
    said: (text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor(),
    /** Presses the button that carries out what a dialog asks about. */
    async answer(name: string) {
      await dialog().getByRole('button', { name, exact: true }).click();
      await dialog().waitFor({ state: 'detached' });
    },
  };
}

/** What a row of the walk is given. */
export type Walk = Desk & {
  readonly account: AccountProcess;
  readonly dir: string;
  readonly take: Take;
  /** Starts a board with the agent, for this account unless told; it is stopped at the end. */
  board(name: string, serial: string, account?: AccountProcess): Promise<BoardWithAgent>;
  /** Has something done at the end. */
  until(end: () => unknown): void;
  /** Has an Ewon that is no board ask with the present key. */
  ask(serial: string, note: string): Promise<void>;
  /** Has one ask, and approves it past the page, for rows that need one. */
  ewon(serial: string, properties: object): Promise<string>;
  /** A browser of somebody else, which is signed out. */
  desk(): Promise<Desk>;
};

export type Stage = {
  readonly watched: Watched;
  readonly account: AccountProcess;
  walk(take: Take): Walk;
  close(): Promise<void>;
};

export async function openStage(): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'account-walk-'));
  const endings: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const end of endings.toReversed()) await end();
  };
  try {
    const account = await startAccountProcess(join(dir, 'account'));
    endings.push(() => account.kill());
    const browser = await openChromium();
    endings.push(() => browser.close());
    const watched: Watched = { complaints: [], hosts: new Set() };
    const { page, ...desk } = await openDesk(browser, watched);
    await page.goto(account.signIn);
    await page.getByText('Live', { exact: true }).waitFor();
    const ask = askerOf(account);
    const stage = {
      ...{ account, dir, page, ...desk, ask },
      until: (end: () => unknown) => void endings.push(end),
      async board(name: string, serial: string, of = account) {
        const configured = { url: of.deviceUrl, caFile: of.ca };
        const onBoard = await startBoardWithAgent({ dir: join(dir, name), serial, account: configured });
        endings.push(() => onBoard.board.stop());
        await onBoard.board.led.until('running', PATIENCE_MS);
        return onBoard;
      },
      async ewon(serial: string, properties: object) {
        await ask(serial, '');
        const waiting = (await account.api.pending()).find((one) => one.serial === serial);
        const approve = `/api/v1/registrations/${waiting?.id}/approve`;
        return (await account.api.send<{ readonly deviceId: string }>('POST', approve, properties)).deviceId;
      },
      async desk() {
        const other = await openDesk(browser, watched);
        await other.page.goto(account.adminUrl);
        return other;
      },
    };
    return { watched, account, walk: (take) => ({ ...stage, take }), close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function openDesk(browser: Browser, watched: Watched): Promise<Desk> {
  const page = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
  page.setDefaultTimeout(PATIENCE_MS);
  return deskOf(page);
}

function askerOf({ api, ca, deviceUrl }: AccountProcess): Walk['ask'] {
  return async (serial, note) => {
    const agent = new Agent({ ca: readFileSync(ca, 'utf8') });
    const device = createTestDevice(overTls(agent), new URL(deviceUrl).origin, serial);
    const [active] = (await api.get<readonly { id: string; state: string }[]>('/api/v1/grks')).filter(
      ({ state }) => state === 'active',
    );
    const { key } = await api.get<{ readonly key: Grk }>(`/api/v1/grks/${active?.id}/key`);
    const asked = await device.register(await device.request(key, { note }));
    agent.destroy();
    assert.equal(asked.status, 202, JSON.stringify(asked.json));
  };
}

/** Adds a user at the machine of the server. */
export async function addAdministrator({ stateDir }: AccountProcess, login: string, password: string): Promise<void> {
  const added = await runCommand('account', ['user', 'add', login, '--administrator', '--state', stateDir], password);
  assert.equal(added.status, 0, added.stderr);
}

/** Signs in by login and password, as far as these go. */
export async function signIn({ page, button }: Desk, login: string, password: string): Promise<void> {
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await button('Sign in').click();
}

export async function signOut({ page, button }: Desk): Promise<void> {
  await button('Sign out').click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}
