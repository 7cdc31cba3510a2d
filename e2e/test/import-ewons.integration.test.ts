import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMINISTRATORS } from '@ewon-agent/account/core/users';
import type { ImportView } from '@ewon-agent/account/http/imports/admin-imports';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { commission } from '../src/commission.ts';

// Ewons go from one account to another that imports them: two account servers and two agents, each a process of its own.

const PASSWORD = 'correct horse 7';

type Site = {
  readonly dir: string;
  /** Where the Ewons are. */
  readonly source: AccountProcess;
  /** Where they are to go. */
  destination: AccountProcess;
  readonly endings: (() => Promise<unknown>)[];
};

async function accountNamed(name: string, stateDir: string): Promise<AccountProcess> {
  const account = await startAccountProcess(stateDir);
  const about = await account.api.get<object>('/api/v1/about');
  await account.api.send('PATCH', '/api/v1/about', { ...about, name });
  return account;
}

async function onSite(story: (site: Site) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'import-'));
  const endings: (() => Promise<unknown>)[] = [() => Promise.resolve(rmSync(dir, { recursive: true, force: true }))];
  try {
    const source = await accountNamed('Machines North', join(dir, 'source'));
    endings.unshift(() => source.kill());
    const destination = await accountNamed('Machines South', join(dir, 'destination'));
    const site: Site = { dir, source, destination, endings };
    endings.unshift(() => site.destination.kill());
    await source.api.send('POST', '/api/v1/users', {
      ...{ login: 'ann', password: PASSWORD, groupIds: [ADMINISTRATORS] },
    });
    await story(site);
  } finally {
    for (const end of endings) await end();
  }
}

/** An Ewon that is online at the source. */
async function ewonAt({ dir, source, endings }: Site, serial: string): Promise<BoardWithAgent> {
  const account = { url: source.deviceUrl, caFile: source.ca };
  const onBoard = await startBoardWithAgent({ dir: join(dir, serial), serial, account });
  endings.unshift(() => onBoard.board.stop());
  const card = join(dir, `${serial}.img`);
  writeFileSync(card, await source.api.cardImage('line 4'));
  await commission(onBoard, source, card);
  return onBoard;
}

/** Lists at the source and has all that may come move into a new pool. */
async function importAll({ source, destination }: Site): Promise<ImportView> {
  const listed = await destination.api.send<ImportView>('POST', '/api/v1/imports', {
    ...{ url: source.adminUrl, login: 'ann', password: PASSWORD },
  });
  return destination.api.send<ImportView>('POST', `/api/v1/imports/${listed.id}/start`, {
    ...{ pool: 'Bought', newPool: true, ewons: listed.ewons.map(({ key, name }) => ({ key, name })) },
  });
}

const lines = async (account: AccountProcess) =>
  (await account.api.get<{ lines: readonly { event: string }[] }>('/api/v1/log/lines?limit=100')).lines.map(
    ({ event }) => event,
  );

const isAt = (onBoard: BoardWithAgent, account: 'Machines North' | 'Machines South') =>
  onBoard.statusUntil(
    ({ registration, uplink }) => registration.account === account && uplink.state === 'online',
    `online at ${account}`,
    60_000,
  );

suite('Ewons imported from another account', { timeoutMs: 200_000 }, (test) => {
  test('one that is online moves at once, one that is off when it is back; both logs say so, and nobody approves', () =>
    onSite(async (site) => {
      const there = await ewonAt(site, '1600-0003-21');
      const away = await ewonAt(site, '1600-0004-21');
      const before = (await site.source.api.ewons()).map(({ name }) => name);
      assert.equal(before.length, 2);
      await away.board.power.cut();
      const { id } = await importAll(site);
      await isAt(there, 'Machines South');
      const [one] = await site.destination.api.ewons();
      assert.deepEqual([one?.serial, one?.pool], ['1600-0003-21', 'Bought']);
      assert.ok(
        (await lines(site.destination)).includes(`Ewon [${one?.name}] has been moved from account [Machines North].`),
      );
      await eventually(async () => (await site.source.api.ewons()).length === 1, { what: 'gone from the source' });
      assert.ok(
        (await lines(site.source)).some((event) => /^Ewon \[.+\] moved to account \[Machines South\]\./.test(event)),
      );
      // the server they go to is killed, and is where it was
      await site.destination.kill('SIGKILL');
      site.destination = await startAccountProcess(site.destination.stateDir, sameAddresses(site.destination));
      await away.board.power.on();
      await isAt(away, 'Machines South');
      await isAt(there, 'Machines South');
      await eventually(
        async () => (await site.destination.api.get<ImportView>(`/api/v1/imports/${id}`)).state === 'done',
        { what: 'the import is over' },
      );
      await eventually(async () => (await site.source.api.ewons()).length === 0, { what: 'the source has none' });
      assert.deepEqual(await site.destination.api.pending(), []);
    }));
});
