import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { startTinyproxy, type TinyproxyProcess } from '../src/tinyproxy-process.ts';

// A gateway behind the proxy of a company, which is a real one. The tests tell one story and follow one another.

const portOf = (url = '') => Number(new URL(url.replace(/^mqtts:/, 'https:')).port);

suite('the main job behind a proxy', { timeoutMs: 180_000, needs: ['tinyproxy'] }, (test) => {
  let dir: string;
  let account: AccountProcess;
  let proxy: TinyproxyProcess;
  let onBoard: BoardWithAgent;
  let card: string;
  let password: string;

  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'proxy-'));
    account = await startAccountProcess(join(dir, 'account'));
    proxy = await startTinyproxy(dir, [portOf(account.deviceUrl), portOf(account.mqttUrls[0])]);
    card = join(dir, 'card.img');
    writeFileSync(card, await account.api.cardImage('behind the proxy'));
    password = readFileSync(proxy.passwordFile, 'utf8');
    writeFileSync(proxy.passwordFile, 'an old one');
    onBoard = await startBoardWithAgent({
      dir: join(dir, 'board'),
      account: { url: account.deviceUrl, caFile: account.ca },
      proxy: { url: proxy.url, user: proxy.user, passwordFile: proxy.passwordFile },
    });
  });
  test.after(async () => {
    await onBoard.board.stop();
    await proxy.stop();
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  test('with a wrong password: PROXY_AUTH in the status, and nothing reaches the account', async () => {
    await onBoard.board.slots.sd0.insert(card);
    const { events } = await onBoard.statusUntil(
      (status) => status.events.some(({ code }) => code === 'PROXY_AUTH'),
      'told of the password',
    );
    assert.doesNotMatch(JSON.stringify(events), /an old one/);
    assert.deepEqual(await account.api.pending(), []);
  });

  test('with the right one in the file: registered, approved and online, without a restart', async () => {
    writeFileSync(proxy.passwordFile, password);
    await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
    const [request] = await account.api.pending();
    await account.api.send('POST', `/api/v1/registrations/${request?.id}/approve`);
    await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
    await eventually(async () => (await account.api.ewons())[0]?.inventory, { what: 'its inventory' });
  });

  test('every connection of the agent went through the proxy', async () => {
    const hosts = [account.deviceUrl, account.mqttUrls[0]].map((url) => `127.0.0.1:${portOf(url)}`);
    assert.deepEqual(new Set(proxy.tunnels()), new Set(hosts));
  });

  test('once the proxy lets port 443 out alone, in effect: online again by WebSocket at the port of the account', async () => {
    await proxy.restart([portOf(account.deviceUrl)]);
    const { events } = await onBoard.statusUntil(
      (status) => status.events.some(({ code, text }) => code === 'UPLINK_ONLINE' && text.includes('wss://')),
      'online by WebSocket',
      100_000,
    );
    assert.ok(events.some(({ code }) => code === 'UPLINK_UNREACHABLE'));
    await eventually(async () => (await account.api.ewons())[0]?.status === 'online', { what: 'seen online' });
    await eventually(
      async () => {
        const lines = await account.api.get<readonly { code: string | null; event: string }[]>('/api/v1/log');
        return lines.some(({ code, event }) => code === 'UPLINK_ONLINE' && event.includes('wss://'));
      },
      { what: 'its events, acknowledged by the account' },
    );
  });
});
