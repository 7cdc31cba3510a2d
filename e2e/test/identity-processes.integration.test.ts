import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDeviceKey } from '@ewon-agent/agent/adapters/device-key-file';
import { openSqliteStore } from '@ewon-agent/agent/adapters/store-sqlite';
import { createUplinkMqtt } from '@ewon-agent/agent/adapters/uplink-mqtt';
import { storePath } from '@ewon-agent/agent/cli/places';
import { readDocument } from '@ewon-agent/agent/core/document';
import { downFilterFor, type Fault, topicFor, type UplinkTarget } from '@ewon-agent/contracts';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { runCommand } from '../src/command.ts';
import { commission } from '../src/commission.ts';
import { startMosquittoProcess } from '../src/mosquitto-process.ts';
import { readFileOnCard } from '../src/scenario/file-on-card.ts';

// Identity with every part a process of its own, over TLS.

type Site = {
  readonly dir: string;
  readonly account: AccountProcess;
  readonly onBoard: BoardWithAgent;
  /** Ends with the site, before its account does. */
  readonly endings: (() => Promise<unknown>)[];
};

/** Runs a story on an Ewon that is online at its account. */
function onCommissioned(
  story: (site: Site) => Promise<void>,
  brokerKind: 'embedded' | 'mosquitto' = 'embedded',
): () => Promise<void> {
  return async () => {
    const dir = mkdtempSync(join(tmpdir(), 'identity-'));
    const endings: (() => Promise<unknown>)[] = [() => Promise.resolve(rmSync(dir, { recursive: true, force: true }))];
    try {
      const places = { accountStateDir: join(dir, 'account'), out: join(dir, 'broker') };
      const broker = brokerKind === 'mosquitto' ? await startMosquittoProcess(places) : undefined;
      if (broker) endings.unshift(() => broker.stop());
      const account = await startAccountProcess(places.accountStateDir, broker ? ['--broker', broker.url] : []);
      endings.unshift(() => account.kill());
      const configured = { url: account.deviceUrl, caFile: account.ca };
      const onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: configured });
      endings.unshift(() => onBoard.board.stop());
      const card = join(dir, 'card.img');
      writeFileSync(card, await account.api.cardImage('line 4'));
      await onBoard.board.led.until('running', 60_000);
      await commission(onBoard, account, card);
      await story({ dir, account, onBoard, endings });
    } finally {
      for (const end of endings) await end();
    }
  };
}

const isQuarantined = (at: BoardWithAgent) =>
  at.statusUntil(({ registration }) => registration.last?.code === 'IDENTITY_QUARANTINED', 'quarantined', 40_000);

/** What an agent with this state shows to its broker. */
async function targetOf(stateDir: string): Promise<UplinkTarget> {
  const { privateKeyPem } = await openDeviceKey(stateDir);
  const store = openSqliteStore(storePath(stateDir), () => Date.now());
  const { registration } = assertOk(readDocument(assertOk(store.load())));
  store.close();
  const { link } = registration.at === 'registered' ? registration : assert.fail(registration.at);
  const address = { accountId: link.account.id, deviceId: link.deviceId };
  return {
    ...{ url: link.mqtt.urls[0] ?? '', ca: link.ca, certificate: link.certificate, privateKey: privateKeyPem },
    clientId: link.deviceId,
    will: { topic: topicFor(address, 'status'), payload: '', qos: 1, retain: true },
    ...{ receives: downFilterFor(address), keepaliveMs: 30_000, connectTimeoutMs: 5000 },
  };
}

/** The embedded broker refuses the connection; Mosquitto takes it and grants nothing, which ends it. */
async function faultAt(target: UplinkTarget): Promise<Fault> {
  const closed = Promise.withResolvers<Fault>();
  const opened = await createUplinkMqtt().open(target, { received: () => {}, closed: closed.resolve });
  return opened.ok ? closed.promise : opened.fault;
}

async function isRefused(target: UplinkTarget): Promise<void> {
  // one of the same identity that tries just then takes the place of this one, which tells nothing of rights
  const isTold = async () => (await faultAt(target)).code === 'UPLINK_REFUSED';
  await eventually(isTold, { what: 'refused', timeoutMs: 60_000 });
}

async function release({ account, onBoard }: Site): Promise<void> {
  const [ewon] = await account.api.ewons();
  assert.ok(ewon?.quarantinedAt);
  const released = await runCommand('account', ['release', ewon?.name ?? '', '--state', account.stateDir]);
  assert.equal(released.status, 0, released.stderr);
  await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online again', 60_000);
}

/** A copied state directory runs twice: both are kept out, until a person releases the one that stays. */
async function copiedStory(site: Site): Promise<void> {
  const { dir, onBoard, endings } = site;
  await onBoard.board.power.cut();
  cpSync(onBoard.stateDir, join(dir, 'copy', 'agent'), { recursive: true });
  await onBoard.board.power.on();
  await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online', 60_000);
  const copy = await startBoardWithAgent({ dir: join(dir, 'copy') });
  endings.unshift(() => copy.board.stop());
  await isQuarantined(copy);
  await isQuarantined(onBoard);
  await copy.board.stop();
  endings.shift();
  await isRefused(await targetOf(copy.stateDir));
  await release(site);
}

suite('identity with real processes', { timeoutMs: 180_000 }, (test) => {
  test(
    'a copied state directory runs twice: both are kept out and say so, until a person releases the one that stays',
    onCommissioned(copiedStory),
  );

  test(
    'a board is set back to a snapshot of all that it holds: kept out when it starts, and online after the release',
    onCommissioned(async (site) => {
      const { dir, onBoard } = site;
      const [present, snapshot] = [join(dir, 'board', 'agent'), join(dir, 'snapshot')];
      await onBoard.board.power.cut();
      cpSync(present, snapshot, { recursive: true });
      await onBoard.board.power.on();
      await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online', 60_000);
      await onBoard.board.power.cut();
      rmSync(present, { recursive: true });
      cpSync(snapshot, present, { recursive: true });
      await onBoard.board.power.on();
      await isQuarantined(onBoard);
      await release(site);
      await onBoard.board.power.cut();
      await onBoard.board.power.on();
      await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online after a start', 60_000);
      assert.equal((await site.account.api.ewons())[0]?.quarantinedAt, null, 'an ordinary start is no suspicion');
    }),
  );

  test(
    'moved at the command line: unlinked at the old account, pending at the other, where nothing of the old one arrives',
    onCommissioned(async ({ dir, account, onBoard, endings }) => {
      const other = await startAccountProcess(join(dir, 'other'));
      endings.unshift(() => other.kill());
      const image = await other.api.cardImage('moved');
      for (const file of ['T2M.txt', 'T2M.json'])
        writeFileSync(join(dir, file), (await readFileOnCard(image, file)) ?? assert.fail(file));
      await account.kill();
      const words = ['move', join(dir, 'T2M.txt'), '--config', onBoard.configFile];
      const moved = await runCommand('ewon-agent', words);
      assert.equal(moved.status, 0, moved.stderr);
      const { registration } = await onBoard.status();
      assert.equal(registration.state, 'forgetting', 'the old account is told first, however long it is away');
      const back = await startAccountProcess(account.stateDir, sameAddresses(account));
      endings.unshift(() => back.kill());
      await onBoard.statusUntil((s) => s.registration.state === 'pending', 'pending at the other account', 60_000);
      assert.equal((await back.api.ewons())[0]?.link, 'unlinked');
      const [waiting] = await other.api.pending();
      assert.equal(waiting?.note, 'moved');
      await other.api.send('POST', `/api/v1/registrations/${waiting?.id}/approve`);
      await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online at the other account', 60_000);
      const log = await eventually(
        async () => {
          const lines = await other.api.get<readonly { code: string | null }[]>(
            '/api/v1/log?form=detailed&format=json',
          );
          return lines.some(({ code }) => code === 'UPLINK_ONLINE') ? lines : undefined;
        },
        { what: 'the first events at the other account', timeoutMs: 60_000 },
      );
      assert.ok(!log?.some(({ code }) => code === 'SD_INSERTED'), 'what happened under the old account');
    }),
  );
});

suite('identity with real processes and Mosquitto', {
  timeoutMs: 180_000,
  needs: ['mosquitto', 'mosquitto_dynamic_security.so'],
}, (test) => {
  test(
    'a copied state directory runs twice: Mosquitto throws both off and refuses them, until a person releases one',
    onCommissioned(copiedStory, 'mosquitto'),
  );
});
