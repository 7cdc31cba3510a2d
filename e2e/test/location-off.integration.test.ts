import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountHere, startAccountHere } from '../src/location/account-here.ts';
import { type LocationBoard, NOTHING_TRACED, startLocationBoard } from '../src/location/board.ts';

// Off means off: the kernel says what the agent opened, connected to, started and wrote, and the broker what it was told. The same
// is asked of an agent that may locate, which must show all of it. One story.

/** Everything is there within a second of the start where it may be. */
const WATCHED_MS = 1500;

suite('location that is off', { needs: ['strace', 'socat'], timeoutMs: 180_000 }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'location-'));
  let account: AccountHere;
  let board: LocationBoard;

  test.before(async () => {
    account = await startAccountHere(join(dir, 'account'));
    board = await startLocationBoard(dir, account);
  });
  test.after(async () => {
    await board?.close();
    await account?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const allow = (geolocation: boolean) => account.api.send('PATCH', '/api/v1/policy', { geolocation });
  const isTold = (what: string, holds: (account: AccountHere) => boolean) =>
    eventually(() => holds(account), {
      what: `${what}: ${JSON.stringify(account.locations.at(-1))}`,
      timeoutMs: 60_000,
    });

  test('on: every source is seen in the trace, what it says reaches the broker, and off takes it back', async () => {
    await allow(true);
    await isTold('cell, access points and a fix', ({ locations }) => {
      const { cellTowers, wifiAccessPoints, gnss } = locations.at(-1)?.evidence ?? {};
      return cellTowers !== undefined && wifiAccessPoints?.length === 2 && gnss !== undefined;
    });
    assert.ok(account.locations.length <= 3, 'sources speak each second, and are told when they say something else');
    assert.equal(board.hasSaved(), true);
    const placed = async () => (await account.api.ewons())[0];
    await eventually(async () => (await placed())?.location?.source === 'gnss', { what: 'the place at the account' });
    const shown = JSON.stringify(await board.status());
    assert.match(shown, /"location":\{"on":true/);
    assert.ok(!/51\.21|00:1c:10|macAddress/.test(shown), 'status, and diag that holds it, show no place');
    await allow(false);
    await isTold('withdrawn', ({ locations }) => locations.at(-1)?.withdrawn === 'account');
    const gone = async () => !(await placed())?.location && (await placed())?.locationOff === 'account';
    await eventually(gone, { what: 'no place at the account' });
    await eventually(() => !board.hasSaved(), { what: 'the saved place gone', timeoutMs: 60_000 });
    const seen = await board.stop();
    for (const [what, times] of Object.entries(seen)) assert.ok(times > 0, `${what} was seen: ${JSON.stringify(seen)}`);
  });

  /** Starts the agent, watches it while it is online, and tells what it did. */
  const watched = async (by: string, enable: 0 | 1) => {
    const before = account.locations.length;
    await board.start(enable);
    await board.online();
    await eventually(async () => (await board.location()).by === by, { what: `off by ${by}`, timeoutMs: 60_000 });
    const until = Date.now() + WATCHED_MS;
    await eventually(() => Date.now() > until, { what: 'time', timeoutMs: 60_000 });
    const { on, ledger, told } = await board.location();
    const traced = await board.stop();
    const entries = ledger.map(({ did, what }) => `${did} ${what}`);
    return { on, told, entries, traced, sent: account.locations.length - before, saved: board.hasSaved() };
  };
  const nothingBy = (by: string) => ({
    ...{ on: false, told: undefined, entries: [`off ${by}`], traced: NOTHING_TRACED, sent: 0, saved: false },
  });

  test('off at the account: nothing is opened, scanned, written or sent', async () => {
    assert.deepEqual(await watched('account', 1), nothingBy('account'));
  });

  test('off by a file at the board: nothing either', async () => {
    await allow(true);
    board.switchAtBoard('off');
    assert.deepEqual(await watched('board', 1), nothingBy('board'));
    board.switchAtBoard('on');
  });

  test('off in the configuration: nothing either', async () => {
    assert.deepEqual(await watched('device', 0), nothingBy('device'));
  });
});
