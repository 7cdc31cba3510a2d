import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandomNode } from '@ewon-agent/account/adapters/random-node';
import { startEmbeddedBroker } from '@ewon-agent/account/broker/broker-embedded';
import { CA_FILE, createAccount } from '@ewon-agent/account/server';
import { createSystemClock } from '@ewon-agent/agent/adapters/clock-system';
import { type LocationMessage, readMessage } from '@ewon-agent/contracts';
import { type AdminApi, createAdminApi } from '../admin-api.ts';

/** The real account with its real broker, in this process, and all that devices told it of where they are. */
export type AccountHere = {
  readonly deviceUrl: string;
  readonly caFile: string;
  readonly api: AdminApi;
  readonly locations: readonly LocationMessage[];
  close(): Promise<void>;
};

/** Starts one on free ports of 127.0.0.1. */
export async function startAccountHere(stateDir: string): Promise<AccountHere> {
  const locations: LocationMessage[] = [];
  const account = await createAccount({
    ...{ stateDir, clock: createSystemClock(), random: createRandomNode(), log: { write() {} } },
    device: { host: '127.0.0.1', port: 0, names: [] },
    admin: { host: '127.0.0.1', port: 0 },
    startBroker: ({ portBefore, names, server, deviceCa, isActive, onMessage, log }) =>
      startEmbeddedBroker({
        ...{ host: '127.0.0.1', port: portBefore, names, ...server, deviceCa, isActive, log },
        onMessage(topic, payload) {
          if (topic.endsWith('/up/location')) {
            const read = readMessage.location(payload);
            if (!read.ok) throw new Error(`up/location is not of its form: ${read.fault.detail}`);
            locations.push(read.value);
          }
          return onMessage(topic, payload);
        },
      }),
  });
  return {
    deviceUrl: account.deviceUrl,
    caFile: join(stateDir, CA_FILE),
    api: createAdminApi(account.adminUrl, readFileSync(join(stateDir, 'admin-token'), 'utf8').trim()),
    locations,
    close: () => account.close(),
  };
}
