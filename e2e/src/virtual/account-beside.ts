import { type Account, createAccount } from '@ewon-agent/account/server';
import type { Board } from '@ewon-agent/board-sim/board';
import { createInjectLink } from './account-inject.ts';
import { type Admin, createAdmin } from './admin.ts';
import type { Neighbour } from './neighbour.ts';
import { createSwitchboard } from './switchboard.ts';

/** Another real account in the world of a board, with a broker of its own; see `VirtualHouse.besides`. */
export type AccountBeside = Neighbour & {
  readonly account: Account;
  readonly admin: Admin;
  /** Device ids that are connected there. */
  connected(): readonly string[];
  close(): Promise<void>;
};

const BROKER = 'mqtts://broker.beside.test:8883';

/** Starts it. @param stateDir of its own */
export async function createAccountBeside(board: Board, stateDir: string): Promise<AccountBeside> {
  const startMs = board.clock.now() - board.clock.elapsedMs();
  const now = () => startMs + board.clock.elapsedMs();
  const switchboard = createSwitchboard(board.clock.track, now, BROKER);
  const account = await createAccount({
    ...{ stateDir, clock: { ...board.ports.clock, now, after: board.clock.after }, random: board.ports.random },
    log: { write() {} },
    device: { host: '127.0.0.1', port: 0, names: ['beside.test'] },
    admin: { host: '127.0.0.1', port: 0 },
    startBroker: switchboard.startBroker,
  });
  return {
    ...{ account, brokerUrl: BROKER, uplink: switchboard.uplink },
    origin: new URL(account.deviceUrl).origin,
    link: createInjectLink(() => account),
    lose: switchboard.lose,
    connected: switchboard.connected,
    admin: createAdmin(() => account, board.clock.settle),
    close: () => account.close(),
  };
}
