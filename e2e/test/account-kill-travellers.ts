import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { overTls } from '@ewon-agent/account/testing/ask-over-tls';
import { createTestDevice, type DeviceAnswer, type TestDevice } from '@ewon-agent/account/testing/device-client';
import { type Probe, probe } from '@ewon-agent/account/testing/mqtt-probe';
import { assert, eventually } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type AdminApi, AdminRefusal } from '../src/admin-api.ts';
import { linkSome } from './account-kill-registrations.ts';
import { type AskDatabase, askSqlite } from './account-kill-truth.ts';

// Ewons that two accounts import from each other, to and fro: the one that is killed, and one beside it that is not. The devices
// are simulated; they do what an agent does, and lose their answers with the account.

/** `here`: the account that is killed. */
export type Where = 'here' | 'beside';
export const otherOf = (where: Where): Where => (where === 'here' ? 'beside' : 'here');

/** What a device keeps of an account that has let it in. */
export type Home = { readonly where: Where; readonly deviceId: string; readonly location: string; certificate: string };
export type Traveller = {
  readonly device: TestDevice;
  readonly key: string;
  home: Home;
  /** To which it owes a good-bye. */
  former: Home | undefined;
  /** The order that it carries out; its request is the same until it is answered. */
  going: { readonly into: Where; readonly id: string; readonly requestId: string } | undefined;
};

/** The account that is not killed, and who is imported to and fro. */
export type Beside = {
  readonly account: AccountProcess;
  readonly ask: AskDatabase;
  readonly travellers: readonly Traveller[];
  close(): Promise<void>;
};

/** On a slow machine. */
const HEARD_WITHIN_MS = 60_000;

/** Of an Administrator of either account. */
export const BOSS = { login: 'boss', password: 'tr0ub4dor & 3' };

/** Prepares an account to be imported from. */
export async function admitBoss({ api }: AccountProcess, name: string): Promise<void> {
  await api.send('POST', '/api/v1/users', { ...BOSS, groupIds: ['administrators'] });
  await api.send('PATCH', '/api/v1/about', { ...(await api.get<object>('/api/v1/about')), name });
}

/** Starts the account that is not killed. All travellers begin there. */
export async function startBeside(stateDir: string, travellers: number): Promise<Beside> {
  const account = await startAccountProcess(stateDir, ['--log-level', 'error']);
  try {
    await admitBoss(account, 'Beside');
    const linked = await linkSome(account, travellers);
    return {
      account: { ...account, api: patient(account.api) },
      ask: askSqlite(stateDir),
      travellers: [...linked].map(([deviceId, { device, location }]) => ({
        ...{ device, key: device.jwk.x, former: undefined, going: undefined },
        home: { where: 'beside', deviceId, location, certificate: '' },
      })),
      close: () => account.kill('SIGKILL'),
    };
  } catch (cause) {
    await account.kill('SIGKILL');
    throw cause;
  }
}

/** The account beside is never gone: that it does not answer is not taken for the kill of the other one. */
function patient(api: AdminApi): AdminApi {
  const sure = <T>(answer: Promise<T>) =>
    answer.catch((cause: unknown) => {
      throw cause instanceof AdminRefusal ? cause : new Error('the account beside does not answer', { cause });
    });
  return {
    ...api,
    get: (path) => sure(api.get(path)),
    send: (method, path, body) => sure(api.send(method, path, body)),
  };
}

/** Says one thing to an account as the device does. */
export async function asDevice(
  account: AccountProcess,
  { device }: Traveller,
  say: (device: TestDevice) => Promise<DeviceAnswer>,
): Promise<DeviceAnswer> {
  const agent = new Agent({ ca: await readFile(account.ca, 'utf8') });
  try {
    return await say(createTestDevice(overTls(agent), new URL(account.deviceUrl).origin, device.serial, device.keys));
  } finally {
    agent.destroy();
  }
}

export const newRequestId = (): string => randomBytes(16).toString('base64url');

/** Connects to the broker of the account that the device is in. @returns undefined where that is gone */
async function connect(account: AccountProcess, { device, home }: Traveller): Promise<Probe | undefined> {
  const opened = await probe({
    url: account.mqttUrls[0] ?? '',
    serverCa: await readFile(account.ca, 'utf8'),
    identity: { certificate: home.certificate, privateKey: device.privateKey },
    clientId: home.deviceId,
  });
  return opened.ok ? opened.probe : undefined;
}

const topicOf = (account: AccountProcess, { home }: Traveller, rest: string) =>
  `ewon/v1/${account.accountId}/${home.deviceId}/${rest}`;

/**
 * Waits for the order of an import at the broker that keeps it.
 * @param stands whether the device is still to come
 * @returns false: it is not, or the account is gone
 */
export async function hearOrder(
  account: AccountProcess,
  traveller: Traveller,
  id: string,
  stands: () => Promise<boolean>,
): Promise<boolean> {
  const client = await connect(account, traveller);
  if (!client) return false;
  try {
    await client.subscribe(topicOf(account, traveller, 'down/#'));
    const isOf = (line: string) => line.includes('/down/cmd/') && payloadOf(line).includes(id);
    await eventually(async () => client.heard.some(isOf) || !client.isOpen || !(await stands()), {
      what: `${traveller.device.serial} hears the order that its account has told the other one of`,
      timeoutMs: HEARD_WITHIN_MS,
    });
    return client.heard.some(isOf);
  } finally {
    await client.leave('orderly');
  }
}

/** What a message says that its account has signed; nothing, where an order is taken away. */
function payloadOf(line: string): string {
  const { signed } = JSON.parse(line.slice(line.indexOf(' ')).trim() || '{}');
  return Buffer.from(String(signed?.payload ?? ''), 'base64url').toString('utf8');
}

/** Is at work in the account that it is in, which is how the account before learns of it that hears no good-bye. */
export async function beAtWork(account: AccountProcess, traveller: Traveller): Promise<boolean> {
  const client = await connect(account, traveller);
  if (!client) return false;
  try {
    const status = { v: 1, at: new Date().toISOString(), epoch: 'e', seq: 1, state: 'online', agent: '0.1.0' };
    const text = JSON.stringify({ ...status, bootId: 'b', bootCount: 1 });
    const said = await client.publish(topicOf(account, traveller, 'up/status'), text);
    assert.notEqual(said, 'refused', 'it may say that it is online');
    return said === 'acked';
  } finally {
    await client.leave('orderly');
  }
}
