import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { BulkLine } from '@ewon-agent/account/http/list-views';
import { overTls } from '@ewon-agent/account/testing/ask-over-tls';
import { createTestDevice, makeCsr, type TestDevice } from '@ewon-agent/account/testing/device-client';
import type { Grk } from '@ewon-agent/contracts';
import type { AccountProcess } from '../src/account-process.ts';
import { ask, type Book, more, newBook, oneOf, say, type Work } from './account-kill-book.ts';

// Devices ask to be let in, people decide, one by one and many at once, take a replacement back and renew keys.

/** So many are approved at once. */
const MANY = 3;
/** So many yeses must lie between two renewals: a key that is gone before anybody registers leaves the others nothing to do. */
const YESES_BETWEEN = 10;

let serials = 0;
const nextSerial = () =>
  `${String(2000 + Math.floor(++serials / 10_000)).padStart(4, '0')}-${String(serials % 10_000).padStart(4, '0')}-21`;

type Asking = { readonly id: string; readonly device: TestDevice; readonly location: string };

/** Of work, what a registration needs. */
type Deciding = Omit<Work, 'patch'>;

/** @returns the device that waits now, if its key was not renewed meanwhile */
async function register({ account: { api }, book, agent, base }: Deciding): Promise<Asking | undefined> {
  const device = createTestDevice(overTls(agent), base, nextSerial());
  const keys = await api.get<readonly { readonly id: string; readonly state: string }[]>('/api/v1/grks');
  const active = keys.find(({ state }) => state === 'active');
  const { key } = await api.get<{ readonly key: Grk }>(`/api/v1/grks/${active?.id}/key`);
  const request = await device.request(key);
  const asked = await ask(book, 'request', () => device.register(request));
  if (asked.status !== 202) return undefined;
  say(book, { to: 'request', requestId: request.requestId });
  const found = (await api.pending()).find(({ serial }) => serial === device.serial);
  return found && { id: found.id, device, location: asked.headers['location'] ?? '' };
}

export async function decide(work: Deciding): Promise<void> {
  const { account, book, chance } = work;
  const asking = await register(work);
  if (!asking) return;
  const { id, device, location } = asking;
  const what = chance.fraction();
  if (what < 0.2) {
    await ask(book, 'reject', () => account.api.send('POST', `/api/v1/registrations/${id}/reject`));
    say(book, { to: 'reject', id });
    return;
  }
  const old = what < 0.6 ? oneOf([...book.linked.keys()], chance) : undefined;
  const known = old === undefined ? undefined : book.linked.get(old);
  if (old !== undefined) book.linked.delete(old);
  const to = old === undefined ? 'approve' : 'replace';
  const { deviceId } = await ask(book, to, () =>
    account.api.send<{ readonly deviceId: string }>(
      'POST',
      `/api/v1/registrations/${id}/${to}`,
      old === undefined ? {} : { deviceId: old },
    ),
  );
  say(book, { to, id, deviceId, ...(old !== undefined && { old }) });
  book.linked.set(deviceId, { device, location });
  if (old === undefined || !known || chance.fraction() < 0.4) return;
  await ask(book, 'undo', () => account.api.send('POST', `/api/v1/ewons/${deviceId}/undo-replacement`));
  say(book, { to: 'undo', deviceId, old });
  book.linked.set(old, known);
}

export async function approveMany(work: Work): Promise<void> {
  const { account, book } = work;
  const asking: Asking[] = [];
  for (let n = 0; n < MANY; n++) asking.push(...[(await register(work)) ?? []].flat());
  if (asking.length === 0) return;
  const order = { do: 'approve', registrations: asking.map(({ id }) => id), template: 'Many {serial}' };
  await ask(book, 'approve many', () =>
    account.api.lines<BulkLine>('/api/v1/registrations/bulk', order, ({ id, ok }) => {
      if (ok) say(book, { to: 'approve', id });
    }),
  );
}

export async function renewKeys({ account, book }: Work): Promise<void> {
  const { id, revoked } = await ask(book, 'renewKey', () =>
    account.api.send<{ readonly id: string; readonly revoked: string | readonly string[] }>(
      'POST',
      '/api/v1/grks/renew',
    ),
  );
  say(book, { to: 'renewKey', made: id, revoked: [revoked].flat() });
  await more(book, YESES_BETWEEN);
}

export async function renewCertificates({ account: { api }, book, chance, base, agent }: Work): Promise<void> {
  const deviceId = oneOf([...book.linked.keys()], chance);
  const known = deviceId === undefined ? undefined : book.linked.get(deviceId);
  await api.get('/api/v1/account');
  if (deviceId === undefined || !known) return;
  const { device, location } = known;
  const url = `${base}/device/v1/certificates`;
  const csr = await makeCsr(device.keys.secretKey.subarray(0, 32));
  const { nonce, post } = createTestDevice(overTls(agent), base, device.serial);
  const kid = base + new URL(location).pathname;
  const { status, json } = await ask(book, 'renewCertificate', async () =>
    post(url, device.sign({ nonce: await nonce(), url, kid }, JSON.stringify({ csr }))),
  );
  if (status === 200) say(book, { to: 'renewCertificate', deviceId, certificate: String(json['certificate']) });
}

/** Has Ewons register with any account, and approves them. They are not among those that are replaced. @returns them by their ids */
export async function linkSome(account: AccountProcess, ewons: number): Promise<Book['linked']> {
  const agent = new Agent({ ca: await readFile(account.ca, 'utf8') });
  const base = new URL(account.deviceUrl).origin;
  const book = newBook();
  while (book.linked.size < ewons) await decide({ account, book, chance: { fraction: () => 0.9 }, agent, base });
  agent.destroy();
  return book.linked;
}
