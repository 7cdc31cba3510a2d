import { type DeviceId, KIB } from '@ewon-agent/contracts';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { may, poolsWith } from '../../core/permissions.ts';
import type { EwonRecord } from '../../core/records.ts';
import type { Person } from '../../core/users.ts';
import type { House } from '../../house.ts';
import { createBuckets } from '../../service/buckets.ts';
import { createProvedLately } from '../../service/proved-lately.ts';
import { endT2mSession, openT2mSession } from '../../service/t2m-callers.ts';
import { ewonOfNumber, numbersOfEwons, numbersOfPools } from '../../service/t2m-numbers.ts';
import type { StoreTx } from '../../store/store.ts';
import { houseOf } from '../doorkeeper.ts';
import { sourceNetworkOf } from '../source-network.ts';
import { byCredentials, callerOf } from './caller.ts';
import { demand, type Parameters, parametersOf } from './parameters.ts';
import { type Outcome, REFUSALS, sendRefusal } from './refusal.ts';
import { type T2mAccount, t2mEwon } from './views.ts';

const BASE = '/t2mapi';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const FORM_MAX_BYTES = 16 * KIB;
/** What this server is no way to: an Ewon is not reached through it. */
const NOT_BUILT = ['wakeup', 'sendoffline', 'get'] as const;

/** A call of a service. */
type Asked = { readonly given: Parameters; readonly network: string; readonly request: FastifyRequest };
type Service = (asked: Asked) => Promise<Outcome<object>>;

/** Talk2M's API "M2Web", as far as it tells of an account and its Ewons: for scripts that there are already. */
export async function t2mApi(app: FastifyInstance, house: House): Promise<void> {
  const calls = createBuckets(house.clock, house.limits.requests);
  const signIns = createBuckets(house.clock, house.limits.signIns);
  const bounds = { calls, signIns, proved: createProvedLately(house) };
  app.addContentTypeParser(FORM_TYPE, { parseAs: 'string', bodyLimit: FORM_MAX_BYTES }, (_, body, done) => {
    done(null, body);
  });
  app.addHook('onSend', async (_, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
  app.setNotFoundHandler((_, reply) => sendRefusal(reply, REFUSALS.noService().refusal));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const code = error.statusCode ?? 500;
    if (code < 500) return sendRefusal(reply, { code, message: 'Invalid request' });
    const path = request.routeOptions.url ?? ''; // not the address that was sent: passwords stand in it
    house.log.write('error', 't2mapi', 'request failed', { path, cause: error.stack ?? String(error) });
    return sendRefusal(reply, { code: 500, message: 'Internal error' });
  });

  const serve = (service: string, answer: Service): void => {
    app.route({
      method: ['GET', 'POST'],
      url: `/${service}`,
      exposeHeadRoute: false,
      async handler(request, reply: FastifyReply) {
        const given = parametersOf(request.url, request.body);
        const network = sourceNetworkOf(request.ip);
        const outcome = given.ok ? await answer({ given: given.value, network, request }) : given;
        if (outcome.ok) return reply.send(outcome.value);
        if (outcome.refusal.code === 429) reply.header('retry-after', 1);
        return sendRefusal(reply, outcome.refusal);
      },
    });
  };
  /** Serves whoever proves himself, with what he may see. */
  const serveCaller = (service: string, answer: (asked: Asked, tx: StoreTx) => Promise<Outcome<object>>): void =>
    serve(service, async (asked) => {
      const { given, network, request } = asked;
      const caller = await callerOf(house, bounds, { method: request.method, network, given });
      if (!caller.ok) return caller;
      const { person } = caller.value;
      if (!may(person.grants, 'ewons.read')) return REFUSALS.notPermitted();
      return seenBy(house, person).store.transact((tx) => answer(asked, tx));
    });

  serve('login', async ({ given, network, request }) => {
    // in full each time: it is written into the log, and opens what lasts
    const caller = await byCredentials(house, { calls, signIns }, { method: request.method, network, given });
    if (!caller.ok) return caller;
    const says = request.headers['user-agent'] ?? '';
    const t2msession = await openT2mSession(house, caller.value, { network, says });
    return ok({ t2msession, success: true });
  });
  serve('logout', async ({ given, network, request }) => {
    const asked = demand(given, 't2msession');
    if (!asked.ok) return asked;
    const caller = await callerOf(house, bounds, { method: request.method, network, given });
    if (!caller.ok) return caller;
    await endT2mSession({ ...house, person: caller.value.person }, asked.value.t2msession);
    return ok({ success: true });
  });
  serveCaller('getaccountinfo', async (_, tx) => ok(await accountIn(tx)));
  serveCaller('getewons', async ({ given, request }, tx) => {
    const pool = await poolAsked(tx, given.get('pool'));
    if (!pool.ok) return pool;
    const listed = await tx.ewons({ link: ['linked', 'unlinked'] });
    const found = pool.value === undefined ? listed : listed.filter((ewon) => ewon.pool === pool.value);
    return ok({ ewons: await viewsOf(tx, found, request), success: true });
  });
  serveCaller('getewon', async ({ given, request }, tx) => {
    const [id, name] = [given.get('id'), given.get('name')];
    if (id === undefined && name === undefined) return REFUSALS.missing('name');
    const found = id === undefined ? await tx.ewonByName(name ?? '') : await ewonById(tx, id);
    // asked for once more, because a name is there once in an account, whoever sees it
    const seen = found && (await tx.ewon(found.deviceId));
    if (!seen || (seen.link !== 'linked' && seen.link !== 'unlinked')) return REFUSALS.noDevice(id ?? name ?? '');
    const [ewon] = await viewsOf(tx, [seen], request);
    return ok({ ewon, success: true });
  });
  for (const service of NOT_BUILT)
    app.all(service === 'get' ? '/get/*' : `/${service}`, { exposeHeadRoute: false }, async (_, reply) =>
      sendRefusal(reply, REFUSALS.notBuilt(service).refusal),
    );
}

/** Adds the API to a listener. */
export function addT2mApi(app: FastifyInstance, house: House): void {
  void app.register(async (scope) => t2mApi(scope, house), { prefix: BASE });
}

function ok<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** The house as who calls sees it: his Ewons, and the pools that they are in. */
function seenBy(house: House, person: Person): House {
  return houseOf(house, person, poolsWith(person.grants, 'ewons.read'));
}

async function accountIn(tx: StoreTx): Promise<T2mAccount> {
  const [account, about, names] = [await tx.account(), await tx.document('about'), await tx.pools()];
  const numbers = await numbersOfPools(tx, names);
  return {
    ...{ accountReference: about?.reference ?? '', accountName: account.name, company: about?.company ?? '' },
    customAttributes: about?.ewonFields ?? ['', '', ''],
    pools: names.map((name) => ({ id: numbers.get(name) ?? 0, name })),
    ...{ accountType: 'Pro', success: true },
  };
}

/** A pool by its name or by its number; undefined where all are asked for. */
async function poolAsked(tx: StoreTx, asked: string | undefined): Promise<Outcome<string | undefined>> {
  if (asked === undefined) return ok(undefined);
  const names = await tx.pools();
  if (names.includes(asked)) return ok(asked);
  const numbers = await numbersOfPools(tx, names);
  const found = names.find((name) => String(numbers.get(name)) === asked);
  return found === undefined ? REFUSALS.noPool(asked) : ok(found);
}

async function ewonById(tx: StoreTx, id: string): Promise<EwonRecord | undefined> {
  // as many digits as PostgreSQL takes for an integer
  const deviceId: DeviceId | undefined = /^[1-9]\d{0,8}$/.test(id) ? await ewonOfNumber(tx, Number(id)) : undefined;
  return deviceId && (await tx.ewon(deviceId));
}

async function viewsOf(tx: StoreTx, ewons: readonly EwonRecord[], { host }: FastifyRequest) {
  const numbers = await numbersOfEwons(
    tx,
    ewons.map(({ deviceId }) => deviceId),
  );
  return ewons.map((ewon) => t2mEwon(ewon, numbers.get(ewon.deviceId) ?? 0, host));
}
