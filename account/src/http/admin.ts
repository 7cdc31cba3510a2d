import { fingerprintOf, ok, parseDeviceId, publicKeyOf, type Result, timestampOf } from '@ewon-agent/contracts';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { House } from '../house.ts';
import type { AskSource } from '../ports/source.ts';
import { approve, tryApproval } from '../service/approve.ts';
import type { CardFacts } from '../service/card-export.ts';
import { removeEwon } from '../service/ewons.ts';
import { allowRenewal, releaseEwon } from '../service/identity.ts';
import { expireOverdue, reject, rejectAll } from '../service/registrations.ts';
import type { Rounds } from '../service/rounds.ts';
import { ACCOUNT_VERSION } from '../version.ts';
import { aboutRoutes } from './admin-about.ts';
import { alarmRoutes } from './admin-alarms.ts';
import { aspuAdminRoutes } from './admin-aspu.ts';
import { cellRoutes } from './admin-cells.ts';
import { ewonListRoutes } from './admin-ewons.ts';
import { grkEditRoutes } from './admin-grk-edit.ts';
import { grkRoutes } from './admin-grks.ts';
import { groupRoutes } from './admin-groups.ts';
import { locationRoutes } from './admin-location.ts';
import { logRoutes } from './admin-log.ts';
import { ownRoutes } from './admin-me.ts';
import { orderRoutes } from './admin-orders.ts';
import { patchRoutes } from './admin-patches.ts';
import { rolloutRoutes } from './admin-rollouts.ts';
import { settingRoutes } from './admin-settings.ts';
import { telemetryRoutes } from './admin-telemetry.ts';
import { tokenRoutes } from './admin-tokens.ts';
import { userRoutes } from './admin-users.ts';
import { readApprove, readRegistrationQuery, readRejectAll, readReplace, readTrying } from './bodies.ts';
import { demandNeeds, keepDoor, type RouteNeeds } from './doorkeeper.ts';
import { eventRoutes } from './events.ts';
import { csrfOf } from './identify.ts';
import { handoverRoutes } from './imports/admin-handover.ts';
import { importRoutes } from './imports/admin-imports.ts';
import { needs } from './needs.ts';
import { withoutNul } from './nul.ts';
import { openApiRoute } from './openapi/route.ts';
import { answerProblems, sendProblem } from './problem.ts';
import { sessionRoutes } from './session.ts';
import { addT2mApi } from './t2mapi/t2mapi.ts';
import { type AccountView, ewonView, registrationView } from './views.ts';

/** What the admin API is given besides the house. */
export type AdminDoor = {
  readonly adminToken: string;
  readonly mqttUrls: readonly string[];
  readonly card: () => Promise<CardFacts>;
  readonly askSource: AskSource;
  readonly imports: Pick<Rounds, 'wake'>;
};

/** Bodies are a key, a name, three fields. */
const BODY_MAX_BYTES = 16 * 1024;

/** For a year (RFC 6797), as the proxy that ends TLS said that it was asked by HTTPS; other names of this host are not ours to bind. */
const HTTPS_ONLY = 'max-age=31536000';

/** Builds the admin listener; the caller adds the page and lets it listen. */
export function createAdminApp(house: House, door: AdminDoor): FastifyInstance {
  const app = fastify({
    ...{ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true, logger: false },
    // TLS is ended by a proxy on this machine: without what it says of where a request comes from, ten wrong passwords of anybody lock out all
    trustProxy: 'loopback',
  });
  // a request without body may still name JSON as its type
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)));
    } catch {
      done(null, undefined); // not JSON: the reader of the route refuses it
    }
  });
  app.decorateRequest('sessionToken', undefined);
  // set by the doorkeeper before any handler runs; an object may not be shared by requests
  app.decorateRequest('house', null as never);
  app.addHook('onSend', async ({ protocol }, reply) => {
    if (protocol === 'https') reply.header('strict-transport-security', HTTPS_ONLY);
  });
  const routeNeeds: RouteNeeds[] = [];
  app.decorate('routeNeeds', routeNeeds);
  answerProblems(app, house.log, 'admin');
  void app.register(async (api) => {
    demandNeeds(api, routeNeeds);
    api.addHook('onRequest', keepDoor(house, door.adminToken));
    api.addHook('preValidation', async ({ params, query, body }, reply) => {
      const given = withoutNul([{ ...Object(params) }, { ...Object(query) }, body]);
      return given.ok ? undefined : sendProblem(reply, given.fault);
    });
    api.addHook('onSend', async (_, reply) => {
      reply.headers({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
    });
    accountRoutes(api, door);
    sessionRoutes(api, house);
    registrationRoutes(api);
    ewonRoutes(api);
    ewonListRoutes(api);
    grkEditRoutes(api);
    telemetryRoutes(api);
    alarmRoutes(api);
    locationRoutes(api);
    cellRoutes(api);
    settingRoutes(api);
    grkRoutes(api, door.card);
    orderRoutes(api);
    aspuAdminRoutes(api);
    patchRoutes(api);
    rolloutRoutes(api);
    userRoutes(api);
    logRoutes(api);
    ownRoutes(api);
    groupRoutes(api);
    tokenRoutes(api);
    aboutRoutes(api);
    importRoutes(api, house, door);
    handoverRoutes(api, house);
    eventRoutes(api, house, door.adminToken);
    openApiRoute(api, routeNeeds);
  });
  addT2mApi(app, house);
  return app;
}

/** Answers a result: its value as JSON, or a problem document. */
export function answer(reply: FastifyReply, result: Result<unknown>): FastifyReply {
  return result.ok ? reply.send(result.value) : sendProblem(reply, result.fault);
}

function accountRoutes(app: FastifyInstance, door: AdminDoor): void {
  app.get('/api/v1/account', needs('anyone'), async (request): Promise<AccountView> => {
    const { account, about } = await request.house.store.transact(async (tx) => ({
      ...{ account: await tx.account(), about: await tx.document('about') },
    }));
    const card = await door.card();
    return {
      id: account.accountId,
      name: account.name,
      deviceUrl: card.accountUrl,
      mqttUrls: door.mqttUrls,
      accountKeyFingerprint: fingerprintOf(publicKeyOf(card.accountKey) ?? new Uint8Array()),
      version: ACCOUNT_VERSION,
      ca: request.house.ca.tlsCa,
      time: timestampOf(request.house.clock.now()),
      ewonFields: about?.ewonFields ?? ['', '', ''],
      ...(request.sessionToken && { csrf: csrfOf(request.sessionToken) }),
    };
  });
}

type ById = { Params: { id: string } };

function registrationRoutes(app: FastifyInstance): void {
  app.get('/api/v1/registrations', needs('registrations.read'), async (request, reply) => {
    const asked = readRegistrationQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    await expireOverdue(request.house);
    const records = await request.house.store.transact((tx) => tx.registrations(asked.value));
    return reply.send(records.map(registrationView));
  });
  app.get<ById>('/api/v1/registrations/:id', needs('registrations.read'), async (request, reply) => {
    const record = await request.house.store.transact((tx) => tx.registration(request.params.id));
    return record
      ? reply.send(registrationView(record))
      : sendProblem(reply, { code: 'NOT_FOUND', detail: 'registration' });
  });
  app.post<ById>('/api/v1/registrations/:id/approve', needs('registrations.decide'), async (request, reply) => {
    const asked = readApprove(request.body ?? {});
    const query = readTrying({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    if (!query.ok) return sendProblem(reply, query.fault);
    if (query.value.dryRun === '1')
      return answer(reply, await tryApproval(request.house, request.params.id, asked.value));
    const done = await approve(request.house, request.params.id, { do: 'approve', properties: asked.value });
    return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
  });
  app.post<ById>('/api/v1/registrations/:id/replace', needs('registrations.decide'), async (request, reply) => {
    const asked = readReplace(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const done = await approve(request.house, request.params.id, { do: 'replace', deviceId: asked.value.deviceId });
    return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
  });
  app.post<ById>('/api/v1/registrations/:id/reject', needs('registrations.decide'), async (request, reply) => {
    const done = await reject(request.house, request.params.id);
    return answer(reply, done.ok ? ok(registrationView(done.value)) : done);
  });
  app.post('/api/v1/registrations/reject', needs('registrations.decide'), async (request, reply) => {
    const asked = readRejectAll(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { grkId, network } = asked.value;
    if (grkId !== undefined && network === undefined)
      return reply.send({ rejected: await rejectAll(request.house, { grkId }) });
    if (network !== undefined && grkId === undefined)
      return reply.send({ rejected: await rejectAll(request.house, { network }) });
    return sendProblem(reply, { code: 'BAD_REQUEST', detail: 'one of grkId, network' });
  });
}

function ewonRoutes(app: FastifyInstance): void {
  const orders = { renew: allowRenewal, release: releaseEwon };
  for (const [order, carryOut] of Object.entries(orders)) {
    app.post<ById>(`/api/v1/ewons/:id/${order}`, needs('ewons.edit'), async (request, reply) => {
      const deviceId = parseDeviceId(request.params.id);
      if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
      const done = await carryOut(request.house, deviceId.value);
      return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
    });
  }
  app.delete<ById>('/api/v1/ewons/:id', needs('ewons.forget'), async (request, reply) => {
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    const done = await removeEwon(request.house, deviceId.value);
    return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
  });
}
