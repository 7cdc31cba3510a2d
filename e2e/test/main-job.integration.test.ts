import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EwonView, GrkView } from '@ewon-agent/account/http/views';
import { assert, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { writeImage } from '../src/cards.ts';
import { run, runCommand } from '../src/command.ts';
import { type MosquittoProcess, startMosquittoProcess } from '../src/mosquitto-process.ts';

// The main job with every part a process of its own, over TLS. The tests of a suite tell one story and follow one another.

type House = {
  readonly dir: string;
  readonly account: AccountProcess;
  readonly onBoard: BoardWithAgent;
  readonly card: string;
  close(): Promise<void>;
};

async function openHouse(brokerOf: (dir: string) => Promise<MosquittoProcess | undefined>): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), 'main-job-'));
  const mosquitto = await brokerOf(dir);
  const account = await startAccountProcess(join(dir, 'account'), mosquitto ? ['--broker', mosquitto.url] : []);
  const card = join(dir, 'card.img');
  writeFileSync(card, await account.api.cardImage('line 4, press'));
  // an account for cards without T2M.json, as a genuine one is
  const configured = { url: account.deviceUrl, caFile: account.ca };
  const onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: configured });
  await onBoard.board.led.until('running', 60_000);
  return {
    ...{ dir, account, onBoard, card },
    async close() {
      await onBoard.board.stop();
      await account.kill();
      await mosquitto?.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const isPending = ({ onBoard }: House) =>
  onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
const isOnline = ({ onBoard }: House) => onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
const isUnregistered = ({ onBoard }: House) =>
  onBoard.statusUntil(({ registration }) => registration.state === 'unregistered', 'unregistered');
const seen = ({ account }: House, status: EwonView['status']) =>
  eventually(async () => (await account.api.ewons()).find((ewon) => ewon.status === status), {
    what: `an Ewon seen ${status}`,
    timeoutMs: 60_000,
  });

/** `account` or `ewon-agent` as a person types it, through npx; the answer is JSON. */
async function typed<T>(...words: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await run('npx', ['--no-install', ...words, '--json']);
  assert.equal(status, 0, `${words.join(' ')}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

const BROKERS = {
  'the embedded broker': { needs: [], start: async () => undefined },
  Mosquitto: {
    needs: ['mosquitto', 'mosquitto_dynamic_security.so'],
    start: (dir: string) => startMosquittoProcess({ accountStateDir: join(dir, 'account'), out: join(dir, 'broker') }),
  },
} as const;

for (const [name, { needs, start }] of Object.entries(BROKERS)) {
  suite(`the main job with ${name}`, { timeoutMs: 180_000, needs }, (test) => {
    let house: House;
    test.before(async () => {
      house = await openHouse(start);
    });
    test.after(() => house.close());

    test('card in: pending, with what a person needs to decide, and a green LED', async () => {
      await house.onBoard.board.slots.sd0.insert(house.card);
      const { fingerprint } = await isPending(house);
      const [waiting, ...more] = await house.account.api.pending();
      assert.deepEqual(more, []);
      assert.deepEqual(
        [waiting?.serial, waiting?.model, waiting?.note, waiting?.fingerprint, waiting?.network, waiting?.slot],
        ['1524-0071-21', 'Flexy 203', 'line 4, press', fingerprint, '127.0.0.0/24', 'sd0'],
      );
      await house.onBoard.board.led.until('cardOk');
    });

    test('approved at the command line: online, and the account holds what the agent told', async () => {
      const { api, stateDir } = house.account;
      const words = ['account', 'approve', '1524-0071-21', '--name', 'press 4', '--state', stateDir];
      const approved = await typed<EwonView>(...words);
      await isOnline(house);
      const ewon = await seen(house, 'online');
      assert.deepEqual([ewon?.deviceId, ewon?.name], [approved.deviceId, 'press 4']);
      const told = await eventually(async () => (await api.ewons())[0]?.inventory, { what: 'inventory' });
      assert.deepEqual(
        [told?.serial, told?.model, told?.firmware, told?.slots],
        ['1524-0071-21', 'Flexy 203', '14.6s0', ['sd0', 'usb1']],
      );
      const events = async () => (await api.get<readonly { code: string }[]>('/api/v1/log')).map(({ code }) => code);
      await eventually(async () => (await events()).includes('UPLINK_ONLINE'), { what: 'the events of the agent' });
    });

    test('ewon-agent status says it in words and as JSON', async () => {
      const { configFile } = house.onBoard;
      const [ewon] = await house.account.api.ewons();
      const told = await runCommand('ewon-agent', ['status', '--config', configFile]);
      assert.equal(told.status, 0, told.stderr);
      for (const line of [/^Registration +registered$/m, /^Uplink +online since /m, /^Ewon +press 4 \(d_/m])
        assert.match(told.stdout, line);
      const asked = await runCommand('ewon-agent', ['status', '--json', '--config', configFile]);
      const { registration, uplink, running, slots, led } = JSON.parse(asked.stdout);
      assert.deepEqual(
        [running, registration.state, registration.deviceId, registration.account, uplink.state, led],
        [true, 'registered', ewon?.deviceId, 'My account', 'online', 'cardOk'],
      );
      assert.deepEqual(
        [slots[0].slot, slots[0].state, slots[0].code, slots[0].detail],
        ['sd0', 'settled', 'REGISTERED', 'account My account'],
      );
    });

    test('the card pulled: nothing happens to the link; put in again: ignored, and the account is named', async () => {
      const { board } = house.onBoard;
      await board.slots.sd0.remove();
      await board.led.until('running');
      assert.equal((await house.onBoard.status()).uplink.state, 'online');
      await board.slots.sd0.insert(house.card);
      const { slots } = await house.onBoard.statusUntil(
        (now) => now.slots[0]?.code === 'CARD_IGNORED_LINKED',
        'a card that is ignored',
      );
      assert.match(slots[0]?.detail ?? '', /My account/);
      assert.deepEqual(await house.account.api.pending(), []);
      await board.slots.sd0.remove();
    });

    test('a power cut: the account sees it go, and it comes back online by itself', async () => {
      await house.onBoard.board.power.cut();
      await seen(house, 'offline');
      await house.onBoard.board.power.on();
      await isOnline(house);
      await seen(house, 'online');
    });

    test('ewon-agent forget unlinks on both sides; the card again: replace is proposed and approved', async () => {
      const { account, onBoard, card } = house;
      const [old] = await account.api.ewons();
      await typed('ewon-agent', 'forget', '--config', onBoard.configFile);
      const forgotten = await isUnregistered(house);
      assert.equal(forgotten.registration.last?.code, 'FORGOTTEN');
      assert.equal(forgotten.uplink.state, 'off');
      await eventually(async () => (await account.api.ewons())[0]?.link === 'unlinked', { what: 'unlinked there too' });
      await onBoard.board.slots.sd0.insert(card);
      await isPending(house);
      const [waiting] = await account.api.pending();
      assert.equal(waiting?.replaces, old?.deviceId);
      await account.api.send('POST', `/api/v1/registrations/${waiting?.id}/replace`, { deviceId: old?.deviceId });
      await isOnline(house);
      const ewons = await account.api.ewons();
      assert.deepEqual(
        ewons.map((ewon) => ewon.name),
        ['press 4'],
      );
      assert.notEqual(ewons[0]?.deviceId, old?.deviceId);
    });

    test('removed at the account: the agent says so and watches cards again', async () => {
      const { account, onBoard, card } = house;
      await typed('account', 'remove', 'press 4', '--state', account.stateDir);
      const { registration } = await isUnregistered(house);
      assert.equal(registration.last?.code, 'UNLINKED');
      assert.deepEqual(await account.api.ewons(), []);
      await onBoard.board.slots.sd0.remove();
      await onBoard.board.slots.sd0.insert(card);
      await isPending(house);
    });
  });
}

suite('hands and cards', { timeoutMs: 180_000, needs: ['mkfs.vfat', 'mcopy'] }, (test) => {
  let house: House;
  test.before(async () => {
    house = await openHouse(async () => undefined);
  });
  test.after(() => house.close());

  test('a card pulled at 20 moments of its being read: never a half request, and it registers when it stays', async () => {
    const { board } = house.onBoard;
    const began = board.events.all.length;
    const codesSince = (from: number, code: string) =>
      board.events.all.slice(from).filter((e) => e.on === 'output' && e.line.includes(`"code":"${code}"`)).length;
    const startedMs = performance.now();
    await board.slots.sd0.insert(await writeImage(join(house.dir, 'empty.img'), {}));
    await house.onBoard.statusUntil(({ slots }) => slots[0]?.code === 'CARD_NO_T2M', 'a card that was read');
    const readMs = performance.now() - startedMs; // what this machine takes from the insertion to the verdict
    await board.slots.sd0.remove();
    const isMet = () => codesSince(began, 'CARD_GONE') > 0;
    // from at once to a little after it was read; where none of them met the reading, which lasts for a few milliseconds,
    // it is pulled as soon as the agent says that a card is in
    for (let moment = 0; moment < 20 || (!isMet() && moment < 120); moment++) {
      const from = board.events.all.length;
      await board.slots.sd0.insert(house.card);
      if (moment < 20) await new Promise((resolve) => setTimeout(resolve, (moment / 20) * 1.3 * readMs));
      else await board.events.until(() => codesSince(from, 'SD_INSERTED') > 0, { what: 'a card that is in', from });
      await board.slots.sd0.remove();
      await board.led.until('running');
      const said = board.events.all.slice(from).filter((event) => event.on === 'output');
      const failed = said.filter(({ line }) => /"level":"error"/.test(line) && !line.includes('CARD_NO_T2M'));
      assert.deepEqual(failed, [], said.map(({ line }) => line).join('\n'));
      assert.ok((await house.account.api.pending()).length <= 1, 'more than one request');
    }
    await board.slots.sd0.insert(house.card);
    await isPending(house);
    assert.equal((await house.account.api.pending()).length, 1);
    await board.led.until('cardOk');
    assert.ok(isMet(), 'no moment was within the reading: the test proves nothing');
    const [gone, usable] = [codesSince(began, 'CARD_GONE'), codesSince(began, 'CARD_USABLE')];
    process.stdout.write(`pulled: ${gone} times while being read, ${usable} times after\n`);
  });

  test('a genuine-form card, T2M.txt alone by mkfs.vfat and mcopy: the configured account is asked, and it goes online', async () => {
    const { account, onBoard, dir } = house;
    await runCommand('ewon-agent', ['forget', '--config', onBoard.configFile]);
    await onBoard.board.slots.sd0.remove();
    const [key] = await account.api.get<readonly GrkView[]>('/api/v1/grks');
    const txt = join(dir, 'genuine', 'T2M.txt');
    mkdirSync(join(dir, 'genuine'));
    const words = ['grk', 'export', txt, '--form', 'txt', '--note', 'Pump station 3', '--state', account.stateDir];
    assert.equal((await runCommand('account', words)).status, 0);
    assert.match(readFileSync(txt, 'latin1'), /^T2MKey:A01-[0-9A-Z]{32}\r\nT2MNote:Pump station 3\r\n$/);
    const image = join(dir, 'genuine.img');
    assert.equal((await run(findProgram('mkfs.vfat') ?? '', ['-F', '32', '-C', image, '65536'])).status, 0);
    assert.equal((await run(findProgram('mcopy') ?? '', ['-i', image, txt, '::T2M.txt'])).status, 0);
    await onBoard.board.slots.usb1.insert(image);
    await isPending(house);
    const waiting = (await account.api.pending()).find(({ slot }) => slot === 'usb1');
    assert.deepEqual([waiting?.note, waiting?.grkId], ['Pump station 3', key?.id]);
    await account.api.send('POST', `/api/v1/registrations/${waiting?.id}/approve`);
    await isOnline(house);
    await seen(house, 'online');
  });
});
