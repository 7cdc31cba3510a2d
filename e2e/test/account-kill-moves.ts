import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { ImportSummary, ImportView } from '@ewon-agent/account/http/imports/admin-imports';
import type { LockedNetwork } from '@ewon-agent/account/service/user-changes';
import { assert, eventually } from '@ewon-agent/contracts/testing';
import type { AccountProcess } from '../src/account-process.ts';
import { AdminRefusal } from '../src/admin-api.ts';
import { type AskedImport, ask, type DoWork, more, type Work } from './account-kill-book.ts';
import {
  asDevice,
  type Beside,
  BOSS,
  beAtWork,
  hearOrder,
  newRequestId,
  otherOf,
  type Traveller,
  type Where,
} from './account-kill-travellers.ts';

// Ewons are imported from another account, and by one: listed, started, ended half way, let in, and gone from where they were.
// Whatever a kill cuts off is asked for again, and what has begun goes on in the server that comes after.

/** So many run in one direction at once. */
const RUNNING_MAX = 2;
/** Of one import. */
const EWONS_MAX = 2;
/** So many yeses to others lie between two looks, so that imports keep nobody from registering. */
const YESES_BETWEEN = 1;
const ENDED = 0.15;
/** Between two looks: more of them would keep the servers from what is waited for. */
const LOOK_EVERY_MS = 100;
/** On a slow machine; who looks has an account go on every two seconds. */
const SEEN_WITHIN_MS = 120_000;
const SAYS_GOOD_BYE = 0.5;

/** What a work with imports needs. */
export type Moving = Pick<Work, 'account' | 'book' | 'chance'> & { readonly beside: Beside };

/** Work with imports in both directions. */
export const importsWith = (beside: Beside): readonly DoWork[] =>
  (['here', 'beside'] as const).map((into) => (work) => importInto({ ...work, beside }, into));

export const accountOf = ({ account, beside }: Pick<Moving, 'account' | 'beside'>, where: Where): AccountProcess =>
  where === 'here' ? account : beside.account;

async function importInto(work: Moving, into: Where): Promise<void> {
  try {
    const left = work.book.unanswered.get(into);
    if (left) await askFor(work, into, left);
    const begun = await underWay(work, into);
    for (const id of begun) await goOn(work, into, id, work.chance.fraction() < ENDED);
    await sayGoodByes(work, into);
    if (begun.length < RUNNING_MAX) await begin(work, into);
  } catch (cause) {
    // the source or a name was taken meanwhile: a no, and nothing may have come of it
    if (!(cause instanceof AdminRefusal)) throw cause;
    if (cause.code === 'LOCKED_OUT') await unlock(accountOf(work, otherOf(into)));
  }
  await more(work.book, YESES_BETWEEN);
}

/** A sign-in that a kill cuts off counts as one that failed, and ten of them lock the network out. */
async function unlock({ api }: AccountProcess): Promise<void> {
  for (const { network } of await api.get<readonly LockedNetwork[]>('/api/v1/networks/locked'))
    await api.send('POST', '/api/v1/networks/unlock', { network });
}

/** Those that run, or have let an Ewon in that does not know of it. Who looks has the account go on with them. */
export async function underWay(work: Moving, into: Where): Promise<readonly string[]> {
  const all = await accountOf(work, into).api.get<readonly ImportSummary[]>('/api/v1/imports');
  const awaited = work.beside.travellers.flatMap(({ going }) => (going?.into === into ? [going.id] : []));
  return [...new Set([...all.filter(({ state }) => state === 'running').map(({ id }) => id), ...awaited])];
}

async function begin(work: Moving, into: Where): Promise<void> {
  const { book, beside, chance } = work;
  const keys = beside.travellers
    .filter(({ home, former, going }) => home.where !== into && !former && !going)
    .map(({ key }) => key);
  if (keys.length === 0) return;
  const claim = { ...BOSS, url: accountOf(work, otherOf(into)).adminUrl };
  const view = await ask(book, `list, into ${into}`, () =>
    accountOf(work, into).api.send<ImportView>('POST', '/api/v1/imports', claim),
  );
  book.moves.push({ to: 'list', into, view });
  const many = 1 + Math.floor(chance.fraction() * EWONS_MAX);
  const ewons = view.ewons.filter(({ key }) => keys.includes(key)).slice(0, many);
  if (ewons.length === 0) return;
  await askFor(work, into, {
    ...{ to: 'start', id: view.id },
    body: { pool: `Import ${randomUUID()}`, newPool: true, ewons: ewons.map(({ key, name }) => ({ key, name })) },
  });
  if (chance.fraction() < ENDED) return; // until the next look
  await ask(book, `order, into ${into}`, () => ordered(work, into, view.id));
  await goOn(work, into, view.id, chance.fraction() < ENDED);
}

/** Asks for a start or an end, perhaps again. That it is done already is a yes. */
async function askFor(work: Moving, into: Where, asked: AskedImport): Promise<void> {
  const { book } = work;
  const { to, id, body } = asked;
  const { api } = accountOf(work, into);
  const isAgain = book.unanswered.get(into) === asked;
  book.unanswered.set(into, asked);
  let view: ImportView;
  try {
    view = await ask(book, `${to}, into ${into}`, () => api.send('POST', `/api/v1/imports/${id}/${to}`, body));
  } catch (cause) {
    if (!(cause instanceof AdminRefusal)) throw cause;
    book.unanswered.delete(into);
    if (!isAgain || to !== 'start' || cause.code !== 'CONFLICT') throw cause;
    view = await api.get<ImportView>(`/api/v1/imports/${id}`);
    assert.notEqual(view.state, 'listed', 'what the account says was started already was started');
  }
  book.unanswered.delete(into);
  book.moves.push({ to, into, view });
}

/** Looks until it is so. */
export async function seen(what: string, isSo: () => Promise<boolean>): Promise<void> {
  await eventually(async () => (await isSo()) || after(LOOK_EVERY_MS, false), { what, timeoutMs: SEEN_WITHIN_MS });
}

/** Waits until the source has ordered all of them, or the account is gone. */
async function ordered(work: Moving, into: Where, id: string): Promise<void> {
  const isAwaited = ({ state, isOrdered }: ImportView['ewons'][number]) => state === 'waiting' && !isOrdered;
  const isDone = async () => !(await viewOf(work, into, id)).ewons.some(isAwaited);
  await seen('the Ewons of an import are ordered', async () => work.book.isGone || (await isDone()));
  // who asked the account that is gone has heard nothing
  if (work.book.isGone) throw new TypeError('fetch failed');
}

/** Has those come that are ordered, and a person perhaps end it at that moment. */
export async function goOn(work: Moving, into: Where, id: string, isToEnd: boolean): Promise<void> {
  const { book, beside } = work;
  const { state: is, ewons } = await viewOf(work, into, id);
  const ordered = new Set(
    ewons.filter(({ state, isOrdered }) => state === 'waiting' && isOrdered).map(({ key }) => key),
  );
  for (const key of ordered) book.moves.push({ to: 'order', into, id, key });
  const coming = beside.travellers.filter(({ key, going }) => ordered.has(key) || going?.id === id);
  await Promise.all([
    ...coming.map((traveller) => come(work, into, id, traveller)),
    ...(isToEnd && is === 'running' ? [askFor(work, into, { to: 'end', id, body: {} })] : []),
  ]);
}

async function come(work: Moving, into: Where, id: string, traveller: Traveller): Promise<void> {
  const { book, account } = work;
  if (!traveller.going) {
    // at the account that is killed, a device has its order by the broker only, also after a restart
    const stands = async () => standingIn(await viewOf(work, into, id), traveller) === 'waiting';
    if (traveller.home.where === 'here' && !(await hearOrder(account, traveller, id, stands))) return;
    traveller.going = { into, id, requestId: newRequestId() };
  }
  const { requestId } = traveller.going;
  const { status, headers, json } = await ask(book, `let in, into ${into}`, () =>
    asDevice(accountOf(work, into), traveller, (device) => device.move(id, { requestId })),
  );
  traveller.going = undefined;
  if (status !== 200) {
    assert.equal(json['code'], 'MOVE_UNKNOWN', `${traveller.device.serial} is let in: ${JSON.stringify(json)}`);
    const is = standingIn(await viewOf(work, into, id), traveller);
    assert.equal(is, 'stayed', `${traveller.device.serial} is not let in`);
    return;
  }
  const deviceId = String(json['deviceId']);
  book.moves.push({ to: 'let in', into, id, key: traveller.key, deviceId });
  traveller.former = traveller.home;
  const [location, certificate] = [headers['location'] ?? '', String(json['certificate'])];
  traveller.home = { where: into, deviceId, location, certificate };
  if (work.chance.fraction() < SAYS_GOOD_BYE) await sayGoodBye(work, traveller);
  else await beAtWork(accountOf(work, into), traveller);
}

const viewOf = (work: Moving, into: Where, id: string): Promise<ImportView> =>
  accountOf(work, into).api.get<ImportView>(`/api/v1/imports/${id}`);
const standingIn = ({ ewons }: ImportView, traveller: Traveller) =>
  ewons.find(({ key }) => key === traveller.key)?.state;

/** Those that have come say good-bye sooner or later, unless they never do. */
async function sayGoodByes(work: Moving, into: Where): Promise<void> {
  for (const traveller of work.beside.travellers)
    if (traveller.former && traveller.home.where === into && work.chance.fraction() < SAYS_GOOD_BYE)
      await sayGoodBye(work, traveller);
}

/** Tells the account before, as often as it takes: that it knows already is no refusal. */
export async function sayGoodBye(work: Moving, traveller: Traveller): Promise<void> {
  const { former } = traveller;
  if (!former) return;
  const { location, deviceId, where } = former;
  const { status, json } = await ask(work.book, `good-bye, into ${otherOf(where)}`, () =>
    asDevice(accountOf(work, where), traveller, (device) => device.unlink(location, deviceId)),
  );
  assert.equal(status, 200, `${traveller.device.serial} says good-bye: ${JSON.stringify(json)}`);
  work.book.moves.push({ to: 'good-bye', into: otherOf(where), deviceId });
  traveller.former = undefined;
}
