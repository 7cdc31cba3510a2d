// test-timeout: 900 s
// test-alone
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { outboxPath } from '@ewon-agent/agent/cli/places';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { acceptMessages } from '../src/accept-messages.ts';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import type { BoardWithAgent } from '../src/board-with-agent.ts';
import { startCommissioned } from '../src/commission.ts';
import { type MosquittoProcess, startMosquittoProcess } from '../src/mosquitto-process.ts';

// 20,000 messages are accepted while there is no uplink, by a process that is killed; then the agent sends them, while
// agent, account and broker are killed in turn. What was said to be accepted is at the account, each message once.

const MESSAGES = 20_000;
const DRAIN_MS = 300_000;

/** How much telemetry waits, in the file of an agent that runs. */
function waitingIn(stateDir: string): number {
  const copy = mkdtempSync(join(tmpdir(), 'outbox-'));
  try {
    const path = outboxPath(stateDir);
    for (const suffix of ['', '-wal'])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, join(copy, `x${suffix}`));
    const db = new DatabaseSync(join(copy, 'x'));
    const row = db.prepare('SELECT count(*) AS n FROM telemetry').get();
    db.close();
    return Number(row?.['n']);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Looks into the account's database, as no program of ours does it. */
function openEyes(stateDir: string) {
  const db = new DatabaseSync(join(stateDir, 'account.sqlite'), { readOnly: true });
  const count = db.prepare('SELECT count(*) AS n FROM telemetry');
  const all = db.prepare('SELECT epoch, seq FROM telemetry ORDER BY rowid');
  return {
    count: () => Number(count.get()?.['n']),
    all: () => all.all().map(({ epoch, seq }) => ({ epoch: String(epoch), seq: Number(seq) })),
    close: () => db.close(),
  };
}

type House = {
  account: AccountProcess;
  broker: MosquittoProcess | undefined;
  readonly onBoard: BoardWithAgent;
  readonly restart: {
    account(): Promise<void>;
    agent(): Promise<void>;
    broker(): Promise<void>;
  };
  close(): Promise<void>;
};

/** A house in which an Ewon is registered and online. */
async function openHouse(brokerKind: 'embedded' | 'mosquitto'): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), 'uplink-loss-'));
  const accountDir = join(dir, 'account');
  const brokerPlace = { accountStateDir: accountDir, out: join(dir, 'broker') };
  const broker = brokerKind === 'mosquitto' ? await startMosquittoProcess(brokerPlace) : undefined;
  const words = (url: string | undefined) => (url ? ['--broker', url] : []);
  const account = await startAccountProcess(accountDir, words(broker?.url));
  const onBoard = await startCommissioned(dir, account);
  const house: House = {
    account,
    broker,
    onBoard,
    restart: {
      async agent() {
        await onBoard.board.power.cut();
        await onBoard.board.power.on();
      },
      async account() {
        await house.account.kill('SIGKILL');
        const same = sameAddresses(account);
        const args = house.broker ? [...same.slice(0, 4), ...words(house.broker.url)] : same;
        house.account = await startAccountProcess(accountDir, args);
      },
      async broker() {
        if (!house.broker) return;
        await house.broker.kill();
        house.broker = await startMosquittoProcess({ ...brokerPlace, port: Number(new URL(house.broker.url).port) });
      },
    },
    async close() {
      await onBoard.board.stop();
      await house.account.kill();
      await house.broker?.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return house;
}

const CASES = {
  'the embedded broker': { kind: 'embedded', needs: [], kills: ['account', 'agent', 'account'] },
  Mosquitto: {
    kind: 'mosquitto',
    needs: ['mosquitto', 'mosquitto_dynamic_security.so'],
    kills: ['broker', 'account', 'agent'],
  },
} as const;

for (const [name, { kind, needs, kills }] of Object.entries(CASES)) {
  suite(`nothing is lost with ${name}`, { timeoutMs: 600_000, needs }, (test) => {
    let house: House;
    test.before(async () => {
      house = await openHouse(kind);
    });
    test.after(() => house.close());

    test(`${MESSAGES} accepted, the acceptor killed; then sent, with ${kills.join(', ')} killed on the way: all there, each once`, async () => {
      await house.onBoard.board.power.cut();
      const accepted = await acceptMessages(outboxPath(house.onBoard.stateDir), MESSAGES);
      assert.ok(accepted.length >= MESSAGES, `${accepted.length} accepted`);
      const eyes = openEyes(house.account.stateDir);
      const began = performance.now();
      await house.onBoard.board.power.on();
      for (const [at, what] of kills.entries()) {
        const enough = ((at + 1) * MESSAGES) / (kills.length + 1);
        await eventually(() => eyes.count() >= enough, { what: `${enough} at the account`, timeoutMs: DRAIN_MS });
        await house.restart[what]();
      }
      await eventually(() => eyes.count() >= accepted.length, { what: 'all at the account', timeoutMs: DRAIN_MS });
      process.stdout.write(` ${accepted.length} in ${((performance.now() - began) / 1000).toFixed(1)} s `);
      const there = eyes.all();
      eyes.close();
      const epochs = new Set(there.map(({ epoch }) => epoch));
      assert.equal(epochs.size, 1);
      const seqs = there.map(({ seq }) => seq);
      const arrived = new Set(seqs);
      const missing = accepted.filter((seq) => !arrived.has(seq));
      assert.deepEqual(missing.slice(0, 5), [], `${missing.length} are missing`);
      assert.equal(arrived.size, seqs.length, 'one is there twice');
      // the account orders by epoch and seq, not by arrival: a broker that was killed, or kept messages for an account that
      // was, hands some on after later ones
      const turned = seqs.filter((seq, at) => at > 0 && seq < (seqs[at - 1] ?? 0)).length;
      process.stdout.write(`(${turned} after a later one) `);
      await house.onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
      const isEmpty = await eventually(() => waitingIn(house.onBoard.stateDir) === 0, {
        what: 'an outbox without telemetry',
        timeoutMs: 60_000,
      });
      assert.ok(isEmpty);
    });
  });
}
