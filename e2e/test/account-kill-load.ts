import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { overTls } from '@ewon-agent/account/testing/ask-over-tls';
import { createTestDevice, makeCsr, type TestDevice } from '@ewon-agent/account/testing/device-client';
import type { Grk } from '@ewon-agent/contracts';
import type { AccountProcess } from '../src/account-process.ts';
import { AdminRefusal } from '../src/admin-api.ts';

// What people and devices do to an account at once, and a book of what the account has said yes to.

/** A yes of the account. `old`: the Ewon that was replaced. */
export type Yes =
  | { readonly to: 'request'; readonly requestId: string }
  | {
      readonly to: 'approve' | 'replace' | 'reject';
      readonly id: string;
      readonly deviceId: string;
      readonly old?: string;
    }
  | { readonly to: 'renewKey'; readonly made: string; readonly revoked: readonly string[] }
  | { readonly to: 'renewCertificate'; readonly deviceId: string; readonly certificate: string };

/** The last thing asked of what there is once, and whether the account said yes. */
export type Asked = { readonly wish: string; readonly yes: boolean };
export type Book = {
  readonly yes: Yes[];
  /** By the name of a setting: of the pool of new Ewons, of a pool, of the rollout. */
  readonly settings: Map<string, Asked>;
  /** Devices that are linked, for certificates. */
  readonly linked: Map<string, { readonly device: TestDevice; readonly location: string }>;
};

export const newBook = (): Book => ({ yes: [], settings: new Map(), linked: new Map() });

export type Chance = { fraction(): number };
const oneOf = <T>(from: readonly T[], { fraction }: Chance): T | undefined =>
  from[Math.floor(fraction() * from.length)];

let serials = 0;
const nextSerial = () =>
  `${String(2000 + Math.floor(++serials / 10_000)).padStart(4, '0')}-${String(serials % 10_000).padStart(4, '0')}-21`;

/** Does all of it until the server is gone. `patch`: a rollout of it is stopped and goes on. */
export async function burden(account: AccountProcess, book: Book, chance: Chance, patch: string): Promise<void> {
  const agent = new Agent({ ca: await caOf(account), keepAlive: true });
  const base = new URL(account.deviceUrl).origin;
  const workers = [decide, decide, renewKeys, renewCertificates, set];
  try {
    await Promise.all(
      workers.map(async (work) => {
        for (;;) {
          try {
            await work({ account, book, chance, patch, agent, base });
          } catch (cause) {
            if (cause instanceof AdminRefusal) continue; // another worker was first: a no, and nothing may have come of it
            if (isOver(cause)) return;
            throw cause;
          }
        }
      }),
    );
  } finally {
    agent.destroy();
  }
}

/** The server is gone: its connection ended or there is nobody to connect to. */
function isOver(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if (cause.message === 'fetch failed' || cause.message === 'terminated' || cause.name === 'SyntaxError') return true;
  return (
    'code' in cause &&
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(cause.code))
  );
}

function caOf({ ca }: AccountProcess): Promise<string> {
  return readFile(ca, 'utf8');
}

/** Has one Ewon register, and approves it. It is in no book, so nobody replaces it. */
export async function linkOne(account: AccountProcess): Promise<void> {
  const agent = new Agent({ ca: await caOf(account) });
  const base = new URL(account.deviceUrl).origin;
  await decide({ account, book: newBook(), chance: { fraction: () => 0.9 }, patch: '', agent, base });
  agent.destroy();
}

type Work = {
  readonly account: AccountProcess;
  readonly book: Book;
  readonly chance: Chance;
  readonly patch: string;
  readonly agent: Agent;
  readonly base: string;
};

async function decide({ account: { api }, book, chance, agent, base }: Work): Promise<void> {
  const device = createTestDevice(overTls(agent), base, nextSerial());
  const keys = await api.get<readonly { readonly id: string; readonly state: string }[]>('/api/v1/grks');
  const active = keys.find(({ state }) => state === 'active');
  const { key } = await api.get<{ readonly key: Grk }>(`/api/v1/grks/${active?.id}/key`);
  const request = await device.request(key);
  const asked = await device.register(request);
  if (asked.status !== 202) return; // the key was renewed meanwhile
  book.yes.push({ to: 'request', requestId: request.requestId });
  const location = asked.headers['location'] ?? '';
  const { id } = (await api.pending()).find(({ serial }) => serial === device.serial) ?? { id: '' };
  if (id === '') return;
  const what = chance.fraction();
  if (what < 0.2) {
    await api.send('POST', `/api/v1/registrations/${id}/reject`);
    book.yes.push({ to: 'reject', id, deviceId: '' });
    return;
  }
  const old = what < 0.5 ? oneOf([...book.linked.keys()], chance) : undefined;
  if (old !== undefined) book.linked.delete(old);
  const { deviceId } = await api.send<{ readonly deviceId: string }>(
    'POST',
    `/api/v1/registrations/${id}/${old === undefined ? 'approve' : 'replace'}`,
    old === undefined ? {} : { deviceId: old },
  );
  book.yes.push({ to: old === undefined ? 'approve' : 'replace', id, deviceId, ...(old !== undefined && { old }) });
  book.linked.set(deviceId, { device, location });
}

async function renewKeys({ account: { api }, book }: Work): Promise<void> {
  const { id, revoked } = await api.send<{ readonly id: string; readonly revoked: string | readonly string[] }>(
    'POST',
    '/api/v1/grks/renew',
  );
  book.yes.push({ to: 'renewKey', made: id, revoked: [revoked].flat() });
  // a key that is gone before anybody registers with it leaves the others nothing to do
  for (const next = book.yes.length + 8; book.yes.length < next; ) await api.get('/api/v1/account');
}

async function renewCertificates({ account: { api }, book, chance, base, agent }: Work): Promise<void> {
  const deviceId = oneOf([...book.linked.keys()], chance);
  const known = deviceId === undefined ? undefined : book.linked.get(deviceId);
  await api.get('/api/v1/account');
  if (deviceId === undefined || !known) return;
  const { device, location } = known;
  const url = `${base}/device/v1/certificates`;
  const csr = await makeCsr(device.keys.secretKey.subarray(0, 32));
  const { nonce, post } = createTestDevice(overTls(agent), base, device.serial);
  const kid = base + new URL(location).pathname;
  const { status, json } = await post(url, device.sign({ nonce: await nonce(), url, kid }, JSON.stringify({ csr })));
  if (status === 200) book.yes.push({ to: 'renewCertificate', deviceId, certificate: String(json['certificate']) });
}

async function set({ account: { api }, book, chance, patch }: Work): Promise<void> {
  const ask = async (name: string, wish: string, send: () => Promise<unknown>) => {
    book.settings.set(name, { wish, yes: false });
    await send();
    book.settings.set(name, { wish, yes: true });
  };
  const what = chance.fraction();
  if (what < 0.4) {
    const pool = `Pool ${randomUUID().slice(0, 8)}`;
    await ask(`pool ${pool}`, 'there', () => api.send('POST', '/api/v1/pools', { name: pool }));
    await ask('new Ewons go to', pool, () => api.send('PUT', '/api/v1/auto-registration', { enabled: true, pool }));
  } else if (what < 0.6) {
    const { pool: used } = await api.get<{ readonly pool: string }>('/api/v1/auto-registration');
    const pool = (await api.get<readonly string[]>('/api/v1/pools')).find(
      (name) => name !== 'Default' && name !== used,
    );
    if (pool !== undefined)
      await ask(`pool ${pool}`, 'gone', () => api.send('DELETE', `/api/v1/pools/${encodeURIComponent(pool)}`));
  } else if (what < 0.8) {
    const { state } = await api.get<{ readonly state: string }>(`/api/v1/rollouts/${patch}`);
    const order = state === 'stopped' ? 'resume' : 'stop';
    await ask('rollout', order, () => api.send('POST', `/api/v1/rollouts/${patch}/${order}`));
  } else {
    const geolocation = chance.fraction() < 0.5;
    await ask('geolocation', String(geolocation), () => api.send('PUT', '/api/v1/policy', { geolocation }));
  }
}
