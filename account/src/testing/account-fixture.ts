import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Grk, type LogPort, parseGrk } from '@ewon-agent/contracts';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { assert, assertOk } from '@ewon-agent/contracts/testing';
import { createRandomNode } from '../adapters/random-node.ts';
import { type Account, type AccountOptions, createAccount } from '../server.ts';
import { createMemoryBroker } from './broker-memory.ts';
import { createVirtualClock } from './clock-virtual.ts';
import { checkAnswers } from './declared-answers.ts';
import { type Ask, createTestDevice } from './device-client.ts';

/** Where the virtual clock of a test begins. */
export const START_MS = Date.parse('2026-03-01T12:00:00.000Z');
/** How devices of a test call the account. */
export const BASE = 'https://account.test';

const FREE = {
  requests: { perSecond: 1e6, burst: 1e6 },
  signIns: { perSecond: 1e6, burst: 1e6 },
  passwordCostLog2: 4,
};

/** An account server with virtual time and a broker without a network, asked by `inject`. */
export type AccountFixture = Awaited<ReturnType<typeof openAccountFixture>>;

/** Of a state directory that may be opened again, where the port is kept: one that nobody comes by meanwhile. */
async function devicePort(stateDir: string | undefined): Promise<number> {
  return stateDir === undefined || existsSync(join(stateDir, 'ports.json')) ? 0 : freePort();
}

export async function openAccountFixture(options: Partial<AccountOptions> = {}) {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'ewon-account-')));
  const clock = createVirtualClock(START_MS);
  const broker = createMemoryBroker();
  const lines: string[] = [];
  const log: LogPort = { write: (...line) => void lines.push(JSON.stringify(line)) };
  const account: Account = await createAccount({
    stateDir,
    clock,
    random: createRandomNode(),
    log,
    device: { host: '127.0.0.1', port: await devicePort(options.stateDir), names: ['account.test'] },
    admin: { host: '127.0.0.1', port: 0 },
    startBroker: broker.start,
    ...options,
    // what guessing costs is not what tests are about
    limits: { ...FREE, ...options.limits },
  });
  checkAnswers(account.adminApp);
  const askFrom =
    (remoteAddress: string): Ask =>
    async ({ method, url, headers, body }) => {
      const { pathname, host } = new URL(url);
      const answer = await account.deviceApp.inject({
        ...{ method, url: pathname, remoteAddress, headers: { ...headers, host } },
        ...(body !== undefined && { payload: body }),
      });
      const told = Object.fromEntries(
        Object.entries(answer.headers).map(([k, v]) => [k, v === undefined ? v : String(v)]),
      );
      return { status: answer.statusCode, headers: told, body: answer.body };
    };
  /** One request to the admin API with the token of the command line. */
  async function admin(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) {
    const answer = await account.adminApp.inject({
      ...{ method, url: `/api/v1/${path}`, headers: { authorization: `Bearer ${account.adminToken}` } },
      ...(body && { payload: body }),
    });
    const isJson = /[/+]json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      json: isJson ? answer.json() : undefined,
    };
  }
  return {
    stateDir,
    clock,
    broker,
    account,
    lines,
    admin,
    askFrom,
    device: (serial?: string, address = '127.0.0.1') => createTestDevice(askFrom(address), BASE, serial),
    /** The first key of the account. */
    async grk(): Promise<Grk> {
      const [first] = (await admin('GET', 'grks')).json;
      return assertOk(parseGrk((await admin('GET', `grks/${first.id}/key`)).json.key));
    },
    /** The id of the one request that waits. */
    async pendingId(): Promise<string> {
      const { json } = await admin('GET', 'registrations?state=pending');
      assert.equal(json.length, 1, `${json.length} requests wait`);
      return json[0].id;
    },
    async close() {
      await account.close();
      if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
    },
  };
}
