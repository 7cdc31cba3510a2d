import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountKeyView, CommandView, PolicyView } from '@ewon-agent/account/http/views';
import { askControl } from '@ewon-agent/agent/adapters/control-socket';
import { controlPath } from '@ewon-agent/agent/cli/places';
import type { PolicyStatus } from '@ewon-agent/agent/core/policy-status';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { runCommand } from '../src/command.ts';
import { startMosquittoProcess } from '../src/mosquitto-process.ts';

// Policy and commands as a person types them, with every part a process of its own. The tests of a suite tell one story.

type House = { readonly account: AccountProcess; readonly onBoard: BoardWithAgent; close(): Promise<void> };

async function openHouse(brokerUrlOf: (dir: string) => Promise<{ readonly url?: string; stop(): Promise<void> }>) {
  const dir = mkdtempSync(join(tmpdir(), 'orders-'));
  const mosquitto = await brokerUrlOf(dir);
  const account = await startAccountProcess(join(dir, 'account'), mosquitto.url ? ['--broker', mosquitto.url] : []);
  const card = join(dir, 'card.img');
  writeFileSync(card, await account.api.cardImage('line 4'));
  const onBoard = await startBoardWithAgent({ dir: join(dir, 'board') });
  await onBoard.board.led.until('running', 60_000);
  await onBoard.board.slots.sd0.insert(card);
  await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
  await typed(account, 'approve', '--name', 'press');
  await isOnline(onBoard);
  const house: House = {
    account,
    onBoard,
    async close() {
      await onBoard.board.stop();
      await account.kill();
      await mosquitto.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return house;
}

const isOnline = (onBoard: BoardWithAgent) =>
  onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online', 60_000);

/** `account` as a person types it; the answer is JSON. */
async function typed<T>({ stateDir }: AccountProcess, ...words: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await runCommand('account', [...words, '--state', stateDir, '--json']);
  assert.equal(status, 0, `${words.join(' ')}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** What the running agent explains, asked at its socket as `ewon-agent policy --json` does. */
async function policyOn({ stateDir }: BoardWithAgent): Promise<PolicyStatus> {
  return assertOk(await askControl(controlPath(stateDir), 'policy')) as PolicyStatus;
}

async function send({ account: { api } }: House, name: string, given: object = {}): Promise<string> {
  const [ewon] = await api.ewons();
  const order = { name, arguments: given };
  return (await api.send<CommandView>('POST', `/api/v1/ewons/${ewon?.deviceId}/commands`, order)).id;
}

const shown = ({ account }: House, id: string) => account.api.get<CommandView>(`/api/v1/commands/${id}`);
const isIn = (house: House, id: string, ...states: readonly string[]) =>
  eventually(async () => states.includes((await shown(house, id)).state), {
    what: `${id} ${states}`,
    timeoutMs: 60_000,
  });
async function endOf(house: House, id: string): Promise<readonly (string | null)[]> {
  await isIn(house, id, 'successful', 'failed');
  const { state, reason } = await shown(house, id);
  return [state, reason];
}

suite('orders over the embedded broker', { timeoutMs: 180_000 }, (test) => {
  let house: House;
  test.before(async () => {
    house = await openHouse(async () => ({ stop: async () => {} }));
  });
  test.after(() => house.close());

  test('policy set: the agent explains it, and a file at the board decides before the account', async () => {
    const { account, onBoard } = house;
    const words = ['policy', 'set', '--geolocation', 'off', '--window', 'sat,sun 02:00-04:00 device'];
    const { version } = await typed<PolicyView>(account, ...words);
    await eventually(async () => (await policyOn(onBoard)).version === version, { what: 'the policy' });
    const { decisions, window } = await policyOn(onBoard);
    assert.deepEqual([decisions.geolocation.on, decisions.geolocation.by], [false, 'account']);
    assert.deepEqual([window?.days, window?.zone], [['sat', 'sun'], 'device']);
    const file = join(onBoard.board.addresses.dir, 'remote-management.off');
    writeFileSync(file, '');
    const told = await runCommand('ewon-agent', ['policy', '--config', onBoard.configFile]);
    assert.match(told.stdout, /^Geolocation +off: policy \d+ of the account$/m);
    assert.match(told.stdout, /^Remote management +off: there is a file remote-management\.off at the board$/m);
    assert.deepEqual(await endOf(house, await send(house, 'reboot')), ['failed', 'REMOTE_MANAGEMENT_OFF']);
    rmSync(file);
  });

  test('status, diag and rescan answer; identify blinks', async () => {
    for (const command of ['status', 'diag', 'rescan']) {
      const id = await send(house, command);
      assert.deepEqual(await endOf(house, id), ['successful', null], command);
      const { result } = await shown(house, id);
      assert.ok(!/PRIVATE KEY|A01-[0-9A-Z]{32}/.test(JSON.stringify(result)), 'no secret in an answer');
    }
    const { events } = house.onBoard.board;
    const from = events.all.length; // it may be over when the answer to the order is here
    const id = await send(house, 'identify', { seconds: 2 });
    const isBlinking = (event: (typeof events.all)[number]) => event.on === 'led' && event.pattern === 'identify';
    await events.until(isBlinking, { what: 'the LED pattern identify', from, timeoutMs: 60_000 });
    assert.deepEqual(await endOf(house, id), ['successful', null]);
    await house.onBoard.board.led.until('cardOk');
  });

  test('reboot: the board restarts the agent, and the command was successful', async () => {
    const { board } = house.onBoard;
    const from = board.events.all.length;
    const id = await send(house, 'reboot');
    assert.deepEqual(await endOf(house, id), ['successful', null]);
    const restarts = board.events.all.slice(from).filter((event) => event.on === 'power' && event.state === 'reboot');
    assert.equal(restarts.length, 1);
    await isOnline(house.onBoard);
  });

  test('kill -9 of the agent while one is carried out and one waits: the first has failed, the second is done', async () => {
    const { board, configFile } = house.onBoard;
    const first = await send(house, 'identify', { seconds: 300 });
    await isIn(house, first, 'executing');
    const second = await send(house, 'status');
    await isIn(house, second, 'scheduled');
    const started = board.events.all.findLast((event) => event.on === 'program' && event.state === 'started');
    if (started?.on !== 'program') throw new Error('this is a bug: no agent');
    process.kill(started.pid, 'SIGKILL');
    const agent = join(import.meta.dirname, '../../agent/bin/ewon-agent.js');
    await board.program.start([process.execPath, agent, 'run', '--config', configFile]);
    assert.deepEqual(await endOf(house, first), ['failed', 'COMMAND_INTERRUPTED']);
    assert.deepEqual(await endOf(house, second), ['successful', null]);
  });

  test("the account's key changes: the agent follows, and obeys the new one", async () => {
    const { account, onBoard } = house;
    await typed(account, 'key', 'rotate');
    const keys = await typed<readonly AccountKeyView[]>(account, 'key', 'rotate', '--switch');
    const current = keys.find(({ state }) => state === 'current');
    await eventually(async () => (await policyOn(onBoard)).accountKeys[0] === current?.fingerprint, {
      what: 'the key',
    });
    assert.deepEqual(await endOf(house, await send(house, 'status')), ['successful', null]);
  });

  test('at the command line: sent, listed, shown; one to nobody is refused', async () => {
    const { account } = house;
    const words = ['command', 'send', 'identify', 'seconds=1', '--to', 'press', '--expires', '15m'];
    const { id } = await typed<CommandView>(account, ...words);
    assert.deepEqual(await endOf(house, id), ['successful', null]);
    const one = await runCommand('account', ['command', 'show', id, '--state', account.stateDir]);
    assert.match(one.stdout, /^identify to d_\w+: successful$/m);
    const nobody = await runCommand('account', [
      'command',
      'send',
      'status',
      '--to',
      'nobody',
      '--state',
      account.stateDir,
    ]);
    assert.deepEqual([nobody.status, /NOT_FOUND/.test(nobody.stderr)], [3, true]);
    const listed = await runCommand('account', ['command', 'list', '--of', 'press', '--state', account.stateDir]);
    assert.match(listed.stdout, /identify +press +successful +-/);
  });

  test('forget: unlinked on both sides, and it was successful', async () => {
    assert.deepEqual(await endOf(house, await send(house, 'forget')), ['successful', null]);
    await house.onBoard.statusUntil(({ registration }) => registration.state === 'unregistered', 'unregistered');
    assert.equal((await policyOn(house.onBoard)).decisions.remoteManagement.by, 'unknown');
  });
});

suite('orders over Mosquitto', {
  timeoutMs: 180_000,
  needs: ['mosquitto', 'mosquitto_dynamic_security.so'],
}, (test) => {
  let house: House;
  test.before(async () => {
    house = await openHouse((dir) =>
      startMosquittoProcess({ accountStateDir: join(dir, 'account'), out: join(dir, 'broker') }),
    );
  });
  test.after(() => house.close());

  test('policy and command reach an Ewon that was away, and their end the account', async () => {
    const { account, onBoard } = house;
    await onBoard.board.power.cut();
    const { version } = await account.api.send<PolicyView>('PATCH', '/api/v1/policy', { geolocation: false });
    const id = await send(house, 'status');
    await onBoard.board.power.on();
    assert.deepEqual(await endOf(house, id), ['successful', null]);
    await eventually(async () => (await policyOn(onBoard)).version === version, { what: 'the policy' });
  });

  test('forget: unlinked on both sides, and it was successful', async () => {
    assert.deepEqual(await endOf(house, await send(house, 'forget')), ['successful', null]);
  });
});
