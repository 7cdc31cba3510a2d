import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import type { DiskRecord } from '@ewon-agent/board-sim/qemu/disks';
import type { Scenario } from '@ewon-agent/board-sim/scenario/scenario';
import type { Stage } from '@ewon-agent/board-sim/scenario/stage';
import { type AccountProcess, startAccountProcess } from '../account-process.ts';
import { startMosquittoProcess } from '../mosquitto-process.ts';
import { type AskAccount, accountHands, seeAccount } from './account.ts';
import { createBoardTime } from './board-time.ts';
import { createKeyRing } from './card-pair.ts';
import { createMediumFiles } from './medium-files.ts';
import { configFor } from './qemu-config.ts';
import { watchAgent } from './qemu-eyes.ts';
import { boardHands } from './qemu-hands.ts';

/** Where boards come from: each is one on which the agent has just started and knows nothing. */
export type QemuGround = {
  /**
   * @param files those of /etc/ewon-agent
   * @param record where all that it writes is recorded, when it is
   */
  freshBoard(files: Readonly<Record<string, string>>, record?: DiskRecord): Promise<QemuBoard>;
};

/** What the board calls this machine. */
const HOST = '10.0.2.2';

type Closing = (() => Promise<unknown>)[];

/** Sets a stage with the board that has a real kernel: the agent as installed from its package, the account on this machine. */
export async function setQemuStage({ given }: Scenario, ground: QemuGround): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'scenario-'));
  const closing: Closing = [async () => rmSync(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    const [account, board] = await bothOf(
      startAccount(given, dir, closing),
      ground.freshBoard(configFor(given)).then((started) => {
        closing.push(() => started.stop());
        return started;
      }),
    );
    const ask = asking(account);
    const media = createMediumFiles(dir);
    const keyRing = createKeyRing(ask);
    for (const [name, spec] of Object.entries(given.cards ?? {})) await media.make(name, spec, await keyRing(spec));
    const agent = watchAgent(board);
    closing.push(async () => agent.end());
    const time = createBoardTime(board.watch);
    const hands = { ...accountHands(ask), ...boardHands(board, media, time) };
    if (given.autoRegistration) await hands.autoRegistration({ is: given.autoRegistration });
    await agent.answers();
    await agent.begin();
    return {
      board: 'qemu',
      hands,
      eyes: {
        agent: async () => agent.sight(),
        events: async () => agent.events(),
        account: () => seeAccount(ask),
        cardFile: async (card, file) => media.readFile(card, file),
        kernel: () => kernelLines(board),
      },
      time,
      vitals: async () => agent.vitals(),
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Starts the account, and before it the broker that is asked for; what ends them is added to `closing`. */
async function startAccount({ broker }: Scenario['given'], dir: string, closing: Closing): Promise<AccountProcess> {
  const accountStateDir = join(dir, 'account');
  const words = ['--name', HOST];
  if (broker === 'mosquitto') {
    const mosquitto = await startMosquittoProcess({ accountStateDir, out: join(dir, 'broker'), names: [HOST] });
    closing.push(() => mosquitto.stop());
    const { port } = new URL(mosquitto.url);
    words.push('--broker', mosquitto.url, '--device-broker', `mqtts://${HOST}:${port}`);
  }
  const account = await startAccountProcess(accountStateDir, words);
  closing.push(() => account.kill());
  return account;
}

/** Waits for both, also when one fails: what the other has started must be ended. */
async function bothOf<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

const KERNEL_LINES = 40;

/** What the kernel said last; says why when the board does not answer, because this is asked when something went wrong already. */
async function kernelLines({ guest }: QemuBoard): Promise<readonly string[]> {
  try {
    return (await guest.run(`dmesg | tail -n ${KERNEL_LINES}`)).stdout.trim().split('\n');
  } catch (cause) {
    return [`does not answer: ${cause instanceof Error ? cause.message : String(cause)}`];
  }
}

function asking({ api }: AccountProcess): AskAccount {
  return (method, path, body) => (method === 'GET' ? api.get(path) : api.send(method, path, body));
}
