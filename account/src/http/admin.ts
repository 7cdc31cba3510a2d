import { fingerprintOf, ok, parseDeviceId, publicKeyOf, type Result, timestampOf } from '@ewon-agent/contracts';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { House } from '../house.ts';
import { approve } from '../service/approve.ts';
import type { CardFacts } from '../service/card-export.ts';
import { removeEwon } from '../service/ewons.ts';
import { allowRenewal, releaseEwon } from '../service/identity.ts';
import { expireOverdue, reject, rejectAll } from '../service/registrations.ts';
import { alarmRoutes } from './admin-alarms.ts';
import { aspuAdminRoutes } from './admin-aspu.ts';
import { cellRoutes } from './admin-cells.ts';
import { ewonListRoutes } from './admin-ewons.ts';
import { grkEditRoutes } from './admin-grk-edit.ts';
import { grkRoutes } from './admin-grks.ts';
import { locationRoutes } from './admin-location.ts';
import { logRoutes } from './admin-log.ts';
import { orderRoutes } from './admin-orders.ts';
import { patchRoutes } from './admin-patches.ts';
import { rolloutRoutes } from './admin-rollouts.ts';
import { settingRoutes } from './admin-settings.ts';
import { telemetryRoutes } from './admin-telemetry.ts';
import { readApprove, readRegistrationQuery, readRejectAll, readReplace } from './bodies.ts';
import { eventRoutes } from './events.ts';
import { answerProblems, sendProblem } from './problem.ts';
import { csrfOf, requireAdmin, sessionRoutes } from './session.ts';
import { type AccountView, ewonView, registrationView } from './views.ts';

/** What the admin API is given besides the house. */
export type AdminDoor = {
  readonly adminToken: string;
  readonly mqttUrls: readonly string[];
  readonly card: () => Promise<CardFacts>;
};

/** Bodies are a key, a name, three fields. */
const BODY_MAX_BYTES = 16 * 1024;

/** Builds the admin listener; the caller adds the page and lets it listen. */
export function createAdminApp(house: House, door: AdminDoor): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true, logger: false });
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
  answerProblems(app, house.log, 'admin');
  void app.register(async (api) => {
    api.addHook('onRequest', requireAdmin(house, door.adminToken));
    api.addHook('onSend', async (_, reply) => {
      reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    });
    accountRoutes(api, house, door);
    sessionRoutes(api, house);
    registrationRoutes(api, house);
    ewonRoutes(api, house);
    ewonListRoutes(api, house);
    grkEditRoutes(api, house);
    telemetryRoutes(api, house);
    alarmRoutes(api, house);
    locationRoutes(api, house);
    cellRoutes(api, house);
    settingRoutes(api, house);
    grkRoutes(api, house, door.card);
    orderRoutes(api, house);
    aspuAdminRoutes(api, house);
    patchRoutes(api, house);
    rolloutRoutes(api, house);
    logRoutes(api, house);
    eventRoutes(api, house);
  });
  return app;
}

/** Answers a result: its value as JSON, or a problem document. */
export function answer(reply: FastifyReply, result: Result<unknown>): FastifyReply {
  return result.ok ? reply.send(result.value) : sendProblem(reply, result.fault);
}

function accountRoutes(app: FastifyInstance, house: House, door: AdminDoor): void {
  app.get('/api/v1/account', async (request): Promise<AccountView> => {
    const account = await house.store.transact((tx) => tx.account());
    const card = await door.card();
    return {
      id: account.accountId,
      name: account.name,
      deviceUrl: card.accountUrl,
      mqttUrls: door.mqttUrls,
      accountKeyFingerprint: fingerprintOf(publicKeyOf(card.accountKey) ?? new Uint8Array()),
      ca: house.ca.tlsCa,
      time: timestampOf(house.clock.now()),
      ...(request.sessionToken && { csrf: csrfOf(request.sessionToken) }),
    };
  });
}

type ById = { Params: { id: string } };

function registrationRoutes(app: FastifyInstance, house: House): void {
  app.get('/api/v1/registrations', async (request, reply) => {
    const asked = readRegistrationQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    await expireOverdue(house);
    const records = await house.store.transact((tx) => tx.registrations(asked.value));
    return reply.send(records.map(registrationView));
  });
  app.get<ById>('/api/v1/registrations/:id', async (request, reply) => {
    const record = await house.store.transact((tx) => tx.registration(request.params.id));
    return record
      ? reply.send(registrationView(record))
      : sendProblem(reply, { code: 'NOT_FOUND', detail: 'registration' });
  });
  app.post<ById>('/api/v1/registrations/:id/approve', async (request, reply) => {
    const asked = readApprove(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const done = await approve(house, request.params.id, { do: 'approve', properties: asked.value });
    return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
  });
  app.post<ById>('/api/v1/registrations/:id/replace', async (request, reply) => {
    const asked = readReplace(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const done = await approve(house, request.params.id, { do: 'replace', deviceId: asked.value.deviceId });
    return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
  });
  app.post<ById>('/api/v1/registrations/:id/reject', async (request, reply) => {
    const done = await reject(house, request.params.id);
    return answer(reply, done.ok ? ok(registrationView(done.value)) : done);
  });
  app.post('/api/v1/registrations/reject', async (request, reply) => {
    const asked = readRejectAll(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { grkId, network } = asked.value;
    if (grkId !== undefined && network === undefined)
      return reply.send({ rejected: await rejectAll(house, { grkId }) });
    if (network !== undefined && grkId === undefined)
      return reply.send({ rejected: await rejectAll(house, { network }) });
    return sendProblem(reply, { code: 'BAD_REQUEST', detail: 'one of grkId, network' });
  });
}

function ewonRoutes(app: FastifyInstance, house: House): void {
  const orders = { renew: allowRenewal, release: releaseEwon };
  for (const [order, carryOut] of Object.entries(orders)) {
    app.post<ById>(`/api/v1/ewons/:id/${order}`, async (request, reply) => {
      const deviceId = parseDeviceId(request.params.id);
      if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
      const done = await carryOut(house, deviceId.value);
      return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
    });
  }
  app.delete<ById>('/api/v1/ewons/:id', async (request, reply) => {
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    const done = await removeEwon(house, deviceId.value);
    return answer(reply, done.ok ? ok(ewonView(done.value)) : done);
  });
}
