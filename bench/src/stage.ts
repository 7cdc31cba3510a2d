import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AccountProcess, startAccountProcess } from '@ewon-agent/e2e/account-process';
import { type MosquittoProcess, startMosquittoProcess } from '@ewon-agent/e2e/mosquitto-process';

/** The brokers that a bench runs with. */
export const BROKERS = ['embedded', 'Mosquitto'] as const;
export type BrokerName = (typeof BROKERS)[number];

/** An account that serves, and a card that leads to it. */
export type Stage = {
  readonly broker: BrokerName;
  readonly account: AccountProcess;
  /** Image of a card with the account's present key. */
  readonly card: string;
  close(): Promise<void>;
};

/** Starts an account with its broker, each a process of its own, with its state in `dir`. `args` are for `account serve`, `nodeArgs` for its Node.js. */
export async function openStage(
  broker: BrokerName,
  dir: string,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<Stage> {
  const state = join(dir, 'account');
  let mosquitto: MosquittoProcess | undefined;
  try {
    if (broker === 'Mosquitto')
      mosquitto = await startMosquittoProcess({ accountStateDir: state, out: join(dir, 'mosquitto') });
    const serveArgs = [...(mosquitto ? ['--broker', mosquitto.url] : []), ...args];
    const account = await startAccountProcess(state, serveArgs, nodeArgs);
    const card = join(dir, 'card.img');
    writeFileSync(card, await account.api.cardImage('bench'));
    return {
      broker,
      account,
      card,
      async close() {
        await account.kill();
        await mosquitto?.stop();
      },
    };
  } catch (error) {
    await mosquitto?.stop();
    throw error;
  }
}
