import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ackTopicFor,
  downFilterFor,
  parseAccountId,
  parseDeviceId,
  readAck,
  topicFor,
  toUtf8,
} from '@ewon-agent/contracts';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { nodeSqliteDialect } from '../store/dialect-node-sqlite.ts';
import { openStore } from '../store/store-kysely.ts';
import { type AccountChild, startAccountChild } from '../testing/account-child.ts';
import { type Probe, probe } from '../testing/mqtt-probe.ts';

const COUNT = 2000;
/** The account is killed each time that so many more are acknowledged. */
const KILLED_AFTER = 450;
/** Messages on their way at once. */
const WINDOW = 60;
const AT = '2026-03-01T12:00:00.000Z';

suite('account serve killed while messages come in', { timeoutMs: 280_000 }, (test) => {
  test('a device that sends again what was not acknowledged: each message is there once, in order', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'ewon-kill-'));
    let account = await startAccountChild(stateDir);
    const { deviceId: id, identity } = await account.link('1524-0071-21');
    const device = { accountId: assertOk(parseAccountId(account.accountId)), deviceId: assertOk(parseDeviceId(id)) };
    const unacknowledged = new Set(Array.from({ length: COUNT }, (_, i) => i + 1));
    let [kills, pubacks] = [0, 0];

    /** Forgets what the account says it has. */
    const forget = (heard: readonly string[]): void => {
      for (const line of heard) {
        if (!line.startsWith(`${ackTopicFor(device)} `)) continue; // the policy
        const { epoch, ranges } = assertOk(readAck(toUtf8(line.slice(ackTopicFor(device).length + 1))));
        assert.equal(epoch, 'e1');
        for (const [from, to] of ranges) for (let seq = from; seq <= to; seq++) unacknowledged.delete(seq);
      }
    };
    const send = async (p: Probe, seq: number): Promise<void> => {
      const [channel, body] =
        seq % 2
          ? (['event', { code: 'CARD_GONE', severity: 'warn', text: `n ${seq}` }] as const)
          : (['telemetry', { samples: [{ tag: 'N', value: seq }] }] as const);
      const payload = JSON.stringify({ v: 1, at: AT, epoch: 'e1', seq, ...body });
      if ((await p.publish(topicFor(device, channel), payload)) === 'acked') pubacks += 1;
    };
    const connect = async ({ mqttUrl, ca }: AccountChild): Promise<Probe> => {
      const outcome = await probe({ url: mqttUrl, serverCa: ca, identity, clientId: id });
      if (!outcome.ok) throw new Error(`refused: ${outcome.reason}`);
      assert.equal(await outcome.probe.subscribe(downFilterFor(device)), 'granted');
      return outcome.probe;
    };

    while (unacknowledged.size > 0) {
      const p = await connect(account);
      const killBelow = unacknowledged.size - KILLED_AFTER;
      const left = [...unacknowledged].sort((a, b) => a - b);
      for (let from = 0; from < left.length && p.isOpen; from += WINDOW) {
        const window = Promise.all(left.slice(from, from + WINDOW).map((seq) => send(p, seq)));
        if (unacknowledged.size < killBelow) {
          await account.end('SIGKILL'); // with a window on its way
          kills += 1;
        }
        await window;
        forget(p.heard);
      }
      if (p.isOpen) {
        const allTold = (): boolean => {
          forget(p.heard);
          return unacknowledged.size === 0;
        };
        await eventually(allTold, { what: 'the last acknowledgement' });
        await p.leave('orderly');
      } else account = await startAccountChild(stateDir);
    }
    assert.ok(kills >= 3, `killed ${kills} times`);
    await account.end('SIGTERM');

    const store = await openStore(nodeSqliteDialect(join(stateDir, 'account.sqlite')));
    const kept = await store.account(device.accountId).transact(async (tx) => ({
      events: (await tx.log({ limit: 1e6 })).flatMap(({ code, event }) => (code === 'CARD_GONE' ? event : [])),
      telemetry: (await tx.telemetry({ deviceId: device.deviceId, limit: 1e6 })).map(({ seq }) => seq),
    }));
    await store.close();
    const numbers = Array.from({ length: COUNT }, (_, i) => i + 1);
    assert.deepEqual(
      kept.events,
      numbers.filter((n) => n % 2).map((n) => `n ${n}`),
    );
    assert.deepEqual(
      kept.telemetry,
      numbers.filter((n) => n % 2 === 0),
    );
    assert.ok(pubacks >= COUNT - kills * WINDOW);
    await rm(stateDir, { recursive: true });
  });
});
