import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { outboxPath } from '@ewon-agent/agent/cli/places';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { acceptMessages } from '../src/accept-messages.ts';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import type { BoardWithAgent } from '../src/board-with-agent.ts';
import { startCommissioned } from '../src/commission.ts';
import { type MosquittoProcess, startMosquittoProcess } from '../src/mosquitto-process.ts';

// The real agent with a list of two addresses of brokers, each of which goes away and comes back while messages are sent:
// it is at the other one soon, and at the account is each message once. Mosquitto stands behind both, as the account speaks
// to one; when the agent leaves a good second broker for the first by itself, the core's table of uplink says.

const MESSAGES = 3000;
/** Seconds of back-off for each of two addresses, on a machine that has other things to do. */
const SOON_MS = 60_000;

suite('a list of brokers', {
  timeoutMs: 180_000,
  needs: ['mosquitto', 'mosquitto_dynamic_security.so'],
}, (test) => {
  let dir: string;
  let broker: MosquittoProcess;
  let doors: { readonly first: Door; readonly second: Door };
  let account: AccountProcess;
  let onBoard: BoardWithAgent;

  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'broker-list-'));
    broker = await startMosquittoProcess({ accountStateDir: join(dir, 'account'), out: join(dir, 'broker') });
    doors = { first: await openDoor(broker.url), second: await openDoor(broker.url) };
    const list = [doors.first.url, doors.second.url];
    account = await startAccountProcess(join(dir, 'account'), ['--broker', broker.url, '--device-broker', ...list]);
    onBoard = await startCommissioned(dir, account);
  });
  test.after(async () => {
    await onBoard.board.stop();
    await account.kill();
    await doors.first.shut();
    await doors.second.shut();
    await broker.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The broker that the newest session is with. */
  const place = () => {
    const lines = onBoard.board.events.all.flatMap((event) => (event.on === 'output' ? [event.line] : []));
    const newest = lines.findLast((line) => line.includes('"UPLINK_ONLINE"')) ?? '';
    return Object.entries(doors).find(([, { url }]) => newest.includes(url))?.[0];
  };
  const isAt = (which: 'first' | 'second', timeoutMs = SOON_MS) =>
    eventually(() => place() === which, { what: `at the ${which}`, timeoutMs });

  test('the first goes: the second; the second goes when the first is back: the first; each message is there, once', async () => {
    await isAt('first');
    await onBoard.board.power.cut();
    const accepted = await acceptMessages(outboxPath(onBoard.stateDir), MESSAGES);
    const db = new DatabaseSync(join(account.stateDir, 'account.sqlite'), { readOnly: true });
    const rows = db.prepare('SELECT seq FROM telemetry');
    const there = () => rows.all().map(({ seq }) => Number(seq));
    doors.first.after(200_000, () => void doors.first.shut()); // in the middle of what is sent
    await onBoard.board.power.on();
    await isAt('second');
    await eventually(() => there().length >= accepted.length, { what: 'all there', timeoutMs: SOON_MS });

    await doors.first.open();
    await doors.second.shut();
    await isAt('first');
    const seqs = there();
    db.close();
    assert.equal(new Set(seqs).size, seqs.length, 'doubled');
    assert.deepEqual(
      accepted.filter((seq) => !seqs.includes(seq)),
      [],
      'lost',
    );
  });
});

/** An address of a broker that can go away and come back, with all that is connected. */
type Door = {
  readonly url: string;
  open(): Promise<void>;
  shut(): Promise<void>;
  /** Once, when so many bytes went in. */
  after(bytes: number, call: () => void): void;
};

async function openDoor(brokerUrl: string): Promise<Door> {
  const behind = Number(new URL(brokerUrl).port);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let due: { left: number; readonly call: () => void } | undefined;
  const port = await freePort(); // nobody comes by it while it is shut
  const meet = (client: Socket) => {
    const upstream = connect(behind, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {}); // it is closed, and that is what counts
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => {
      upstream.write(bytes);
      if (due) due.left -= bytes.length;
      if (!due || due.left > 0) return;
      const { call } = due;
      due = undefined;
      call();
    });
    upstream.pipe(client);
  };
  const open = async () => {
    const opening = createServer(meet).listen(port, '127.0.0.1');
    server = opening;
    await new Promise<void>((listening) => opening.once('listening', () => listening()));
  };
  await open();
  return {
    url: `mqtts://127.0.0.1:${port}`,
    open,
    async shut() {
      const shutting = server;
      server = undefined;
      for (const socket of sockets) socket.destroy();
      if (shutting) await new Promise((closed) => shutting.close(closed));
    },
    after(bytes, call) {
      due = { left: bytes, call };
    },
  };
}
