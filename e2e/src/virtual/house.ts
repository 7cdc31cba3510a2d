import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, createAccount } from '@ewon-agent/account/server';
import { readCertificate } from '@ewon-agent/agent/adapters/certificate-node';
import { openDeviceKey } from '@ewon-agent/agent/adapters/device-key-file';
import { openSqliteOutbox } from '@ewon-agent/agent/adapters/outbox-sqlite';
import { openSqliteStore } from '@ewon-agent/agent/adapters/store-sqlite';
import type { AccountAddress } from '@ewon-agent/agent/core/model';
import { ALL_ON, type LocalSwitches } from '@ewon-agent/agent/core/policy';
import { recentEvents } from '@ewon-agent/agent/shell/event-log';
import { type Agent, startAgent } from '@ewon-agent/agent/wiring';
import { type Board, type BoardOptions, createBoard } from '@ewon-agent/board-sim/board';
import { gateAccountLink, gateUplink } from '@ewon-agent/board-sim/sim/gate-network';
import { gateLog, gateOutbox, gateStore } from '@ewon-agent/board-sim/sim/gates';
import type { CardFiles, EventMessage, LogPort, OutboxPort, StateStorePort } from '@ewon-agent/contracts';
import { createInjectLink } from './account-inject.ts';
import { type Admin, createAdmin } from './admin.ts';
import { linkBeside, type Neighbour, uplinkBeside } from './neighbour.ts';
import { createSwitchboard, type Switchboard } from './switchboard.ts';

const silent: LogPort = { write() {} };
/** More than any story makes. */
const EVENTS_SHOWN = 5000;

/** A whole house in one process and in virtual time: the real account, the real agent, a simulated board. */
export type VirtualHouse = {
  readonly board: Board;
  account(): Account;
  agent(): Agent;
  /** The agent's event log, oldest first. */
  events(): readonly EventMessage[];
  connected(): readonly string[];
  /** The broker, as somebody who owns it sees it. */
  readonly broker: Pick<Switchboard, 'retained' | 'forge'>;
  /** Switches the board on: the agent goes on from what was saved. */
  boot(): Promise<void>;
  /** Lays files at the board that switch off, or takes them away. */
  switchAtBoard(to: LocalSwitches): void;
  /** Cuts the power as soon as a state of a command was told for which this says so. */
  cutWhen(is: (state: string) => boolean): void;
  /** Cuts the power (or finds it cut) and switches it on again. */
  reboot(): Promise<void>;
  /** Sets another account beside this one, which the Ewon can reach from its next start on. */
  besides(neighbour: Neighbour): void;
  /** Copies the saved state of the agent. @returns puts the copy in its place, with the power cut, and switches it on */
  backUp(): () => Promise<void>;
  accountDown(): Promise<void>;
  accountUp(): Promise<void>;
  admin: Admin;
  /** A card with the present key, as the files in its root. */
  card(note?: string): Promise<CardFiles>;
  close(): Promise<void>;
};

/** Builds a house; the board is off until `boot`. */
export async function createVirtualHouse(options: BoardOptions = {}): Promise<VirtualHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'virtual-house-'));
  const board = createBoard(options);
  const startMs = board.clock.now() - board.clock.elapsedMs();
  /** The right time, also where the board has lost it. */
  const worldNow = () => startMs + board.clock.elapsedMs();
  const switchboard = createSwitchboard(board.clock.track, worldNow);
  let starts = 0;
  let account: Account | undefined;
  let address: AccountAddress | undefined;
  let agent: Agent | undefined;
  let store: StateStorePort | undefined;
  let switches = ALL_ON;
  let isCutting: (state: string) => boolean = () => false;
  let outbox: OutboxPort | undefined;
  let neighbour: Neighbour | undefined;
  const ownLink = createInjectLink(() => account);
  const worldClock = { ...board.ports.clock, now: worldNow, after: board.clock.after };

  const accountUp = async () => {
    account = await createAccount({
      stateDir: join(dir, 'account'),
      clock: worldClock,
      random: board.ports.random,
      log: silent,
      device: {
        host: '127.0.0.1',
        port: Number(address ? new URL(address.directoryUrl).port : 0),
        names: ['account.test'],
      },
      admin: { host: '127.0.0.1', port: 0 },
      startBroker: switchboard.startBroker,
    });
    address ??= { directoryUrl: account.deviceUrl, ca: account.ca };
  };
  const boot = async () => {
    const key = await openDeviceKey(dir);
    store?.close();
    outbox?.close();
    store = openSqliteStore(join(dir, 'state.db'), () => board.clock.now());
    outbox = openSqliteOutbox(join(dir, 'outbox.db'), () => board.clock.now());
    const { ports } = board;
    const link = linkBeside(ownLink, neighbour);
    const tracked = {
      ...link,
      request: (r: Parameters<typeof link.request>[0]) =>
        r.headers['prefer'] ? link.request(r) : board.clock.track(link.request(r)),
    };
    const starting = startAgent({
      ports: {
        ...ports,
        store: gateStore(board, store),
        outbox: gateOutbox(board, outbox),
        account: gateAccountLink(board, tracked),
        uplink: gateUplink(board, uplinkBeside(switchboard.uplink, neighbour), (session) => {
          switchboard.lose(session);
          neighbour?.lose(session);
        }),
        log: gateLog(board, silent),
      },
      ...key,
      policy: address ? { account: address } : {},
      boardSwitches: () => switches,
      diagnose: (status) => ({ v: 1, status }),
      self: {
        agentVersion: '0.0.0-test',
        bootId: `boot-${++starts}`,
        usage: () => ({ rssBytes: 1, cpuMs: 1, eventLoopLagMs: 0, uptimeMs: 1 }),
      },
      macs: () => [],
      observe: ({ effect }) => {
        if (effect?.do === 'tellCommand' && isCutting(effect.command.state)) board.power.cut();
      },
      readCertificate,
    });
    // with the power cut in the middle of the start, it never resolves
    agent = await Promise.race([starting, new Promise<undefined>((cut) => ports.power.whenCut(() => cut(undefined)))]);
    await board.clock.settle();
  };
  const admin = createAdmin(() => account ?? fail('the account is down'), board.clock.settle);
  await accountUp();

  return {
    board,
    account: () => account ?? fail('the account is down'),
    agent: () => agent ?? fail('the board is off'),
    events: () => (outbox ? recentEvents(outbox, EVENTS_SHOWN) : []),
    connected: switchboard.connected,
    broker: switchboard,
    boot,
    cutWhen(is) {
      isCutting = is;
    },
    switchAtBoard(to) {
      switches = to;
    },
    async reboot() {
      board.reboot();
      await boot();
    },
    besides(other) {
      neighbour = other;
    },
    backUp() {
      const copy = store?.load();
      return async () => {
        board.power.cut();
        if (copy?.ok && copy.value) store?.save(copy.value);
        board.reboot();
        await boot();
      };
    },
    async accountDown() {
      const down = account;
      account = undefined;
      await down?.close();
      await board.clock.settle();
    },
    accountUp,
    admin,
    async card(note = 'line 4') {
      const server = account ?? fail('the account is down');
      const keys = await admin.call<readonly { id: string; state: string }[]>('GET', '/api/v1/grks');
      const key = keys.findLast(({ state }) => state === 'active');
      const answer = await server.adminApp.inject({
        url: `/api/v1/grks/${key?.id}/export?form=txt&note=${encodeURIComponent(note)}`,
        headers: { authorization: `Bearer ${server.adminToken}` },
      });
      return { t2mTxt: new Uint8Array(answer.rawPayload), otherFiles: [] };
    },
    async close() {
      board.power.cut();
      await account?.close();
      store?.close();
      outbox?.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function fail(why: string): never {
  throw new Error(`this is a bug of the test: ${why}`);
}
