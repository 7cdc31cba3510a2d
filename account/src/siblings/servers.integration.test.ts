// test-timeout: 600 s
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ackTopicFor,
  type DeviceAddress,
  downFilterFor,
  parseAccountId,
  parseDeviceId,
  readAck,
  topicFor,
  toUtf8,
} from '@ewon-agent/contracts';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { createRandomNode } from '../adapters/random-node.ts';
import { openCa } from '../ca/ca.ts';
import { type AccountChild, LONG_POLL_S, startAccountChild } from '../testing/account-child.ts';
import { startMosquitto, type TestMosquitto } from '../testing/mosquitto.ts';
import { type Probe, probe } from '../testing/mqtt-probe.ts';
import { startPostgres, type TestPostgres } from '../testing/postgres.ts';
import type { Identity } from '../testing/test-pki.ts';

// Several account servers on one PostgreSQL and one Mosquitto, all real processes. `make soak` sends 500 messages of
// each device.

const SERVERS = 3;
const DEVICES = Number(process.env['SERVERS_DEVICES'] ?? 8);
const MESSAGES = Number(process.env['SERVERS_MESSAGES'] ?? 60);
/** Messages of one device on their way at once. */
const WINDOW = 40;
const AT = '2026-03-01T12:00:00.000Z';

suite('several account servers', {
  needs: ['postgres', 'initdb', 'setpriv', 'mosquitto', 'mosquitto_dynamic_security.so'],
  timeoutMs: 500_000,
}, (test) => {
  let folder = '';
  let postgres: TestPostgres;
  let mosquitto: TestMosquitto;
  let database = '';
  const servers: AccountChild[] = [];
  const at = (i: number): AccountChild => {
    const server = servers[i % SERVERS];
    if (!server) throw new Error('no such server');
    return server;
  };
  const start = async (i: number): Promise<void> => {
    const keys = ['--keys', join(folder, 'keys'), '--database', database];
    const broker = ['--broker', mosquitto.url];
    servers[i] = await startAccountChild(join(folder, `state-${i}`), [...keys, ...broker]);
  };

  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ewon-servers-'));
    await mkdir(join(folder, 'keys'), { mode: 0o700 });
    postgres = await startPostgres();
    database = await postgres.createDatabase();
    const ca = await openCa(join(folder, 'keys'), createRandomNode(), Date.now());
    const server = await ca.issueServerCertificate(['127.0.0.1'], Date.now());
    mosquitto = await startMosquitto({ deviceCa: { pem: ca.deviceCa }, server });
    await Promise.all(Array.from({ length: SERVERS }, (_, i) => start(i)));
  });
  test.after(async () => {
    await Promise.all(servers.map((server) => server.end('SIGTERM')));
    await mosquitto.stop();
    await postgres.remove();
    await rm(folder, { recursive: true, force: true });
  });

  type Device = { readonly address: DeviceAddress; readonly identity: Identity; readonly left: Set<number> };
  const devices: Device[] = [];

  test('started at once on nothing they are one account; approved at another server than the one asked', async () => {
    assert.equal(new Set(servers.map(({ accountId }) => accountId)).size, 1);
    assert.equal(new Set(servers.map(({ ca }) => ca)).size, 1);
    for (let i = 0; i < DEVICES; i++) {
      const { deviceId, identity, polledMs } = await at(i).link(`1524-${String(i).padStart(4, '0')}-21`, at(i + 1));
      assert.ok(polledMs < LONG_POLL_S * 1000, `the long poll was not told: ${polledMs} ms`);
      const address = {
        accountId: assertOk(parseAccountId(at(0).accountId)),
        deviceId: assertOk(parseDeviceId(deviceId)),
      };
      devices.push({ address, identity, left: new Set(Array.from({ length: MESSAGES }, (_, n) => n + 1)) });
    }
  });

  test('each message is there once, though two of them are killed while messages come in', async () => {
    const all = DEVICES * MESSAGES;
    const left = () => devices.reduce((sum, device) => sum + device.left.size, 0);
    const drained = Promise.all(devices.map((device) => drain(device, at(0).ca, mosquitto.url)));
    for (const [i, part] of [
      [1, 0.75],
      [0, 0.4],
    ] as const) {
      await eventually(() => left() <= all * part, { what: 'messages are acknowledged', timeoutMs: 120_000 });
      await at(i).end('SIGKILL');
      await start(i);
    }
    await drained;
    const lines = await postgres.sql(database, 'select device_id, origin from log where origin is not null');
    const values = await postgres.sql(database, 'select device_id, epoch, seq::int from telemetry');
    const kept = [
      ...lines.map((row) => `${row['device_id']} ${row['origin']}`),
      ...values.map((row) => `${row['device_id']} ${row['epoch']}/${row['seq']}`),
    ];
    const sent = devices.flatMap(({ address }) =>
      Array.from({ length: MESSAGES }, (_, n) => `${address.deviceId} e1/${n + 1}`),
    );
    assert.deepEqual(kept.toSorted(), sent.toSorted());
  });

  test('who is online is known after a change of who leads; a removed Ewon is cut off by any server', async () => {
    const [device] = devices;
    if (!device) throw new Error('no device');
    const p = await connect(device, at(0).ca, mosquitto.url);
    const status = { v: 1, at: AT, epoch: 'e1', seq: 1e6, state: 'online', agent: 'a', bootId: 'b', bootCount: 1 };
    await p.publish(topicFor(device.address, 'status'), JSON.stringify(status), { retain: true });
    type Row = { readonly deviceId: string; readonly status: string };
    const isOnline = async (i: number) =>
      (await at(i).admin<readonly Row[]>('GET', 'ewons')).find((row) => row.deviceId === device.address.deviceId)
        ?.status === 'online';
    await eventually(() => isOnline(2), { what: 'online at another server', timeoutMs: 60_000 });
    await at(2).admin('DELETE', `ewons/${device.address.deviceId}`);
    await p.closed;
  });
});

async function connect(
  { address, identity }: { readonly address: DeviceAddress; readonly identity: Identity },
  serverCa: string,
  url: string,
): Promise<Probe> {
  const outcome = await probe({ url, serverCa, identity, clientId: address.deviceId });
  if (!outcome.ok) throw new Error(`refused: ${outcome.reason}`);
  assert.equal(await outcome.probe.subscribe(downFilterFor(address)), 'granted');
  return outcome.probe;
}

/** Sends like an agent: what was not acknowledged by the account after a while is sent again. */
async function drain(
  device: { readonly address: DeviceAddress; readonly identity: Identity; readonly left: Set<number> },
  serverCa: string,
  url: string,
): Promise<void> {
  const { address, left } = device;
  const p = await connect(device, serverCa, url);
  let heard = 0;
  const forget = (): void => {
    for (const line of p.heard.slice(heard)) {
      if (!line.startsWith(`${ackTopicFor(address)} `)) continue; // the policy
      const { ranges } = assertOk(readAck(toUtf8(line.slice(ackTopicFor(address).length + 1))));
      for (const [from, to] of ranges) for (let seq = from; seq <= to; seq++) left.delete(seq);
    }
    heard = p.heard.length;
  };
  while (left.size > 0) {
    const seqs = [...left];
    for (let i = 0; i < seqs.length; i += WINDOW) {
      await Promise.all(
        seqs.slice(i, i + WINDOW).map((seq) => {
          const [channel, body] =
            seq % 2
              ? (['event', { code: 'CARD_GONE', severity: 'warn', text: `n ${seq}` }] as const)
              : (['telemetry', { samples: [{ tag: 'N', value: seq }] }] as const);
          return p.publish(topicFor(address, channel), JSON.stringify({ v: 1, at: AT, epoch: 'e1', seq, ...body }));
        }),
      );
      forget();
    }
    const done = () => {
      forget();
      return left.size === 0;
    };
    await eventually(done, { what: 'all is acknowledged', timeoutMs: 3000 }).catch(() => {}); // then it is sent again
  }
  await p.leave('orderly');
}
