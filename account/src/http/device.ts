import type { ServerOptions } from 'node:https';
import {
  DEVICE_REQUEST_MAX_BYTES,
  type Directory,
  err,
  jsonReader,
  readGrkBinding,
  readRegistrationRequest,
  readRenewalRequest,
  SECOND_MS,
  timestampOf,
} from '@ewon-agent/contracts';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { isOverdue } from '../core/approval.ts';
import type { House } from '../house.ts';
import type { KeyedCertificate } from '../ports/start-broker.ts';
import { unlinkEwon } from '../service/ewons.ts';
import { renewCertificate } from '../service/identity.ts';
import { cameFrom } from '../service/places.ts';
import { register } from '../service/register.ts';
import { expireOverdue } from '../service/registrations.ts';
import { trustedKeys } from '../service/signing.ts';
import { pendingAnswer, standingOf } from '../service/standing.ts';
import { aspuRoutes } from './aspu.ts';
import { type Addressed, hostnamesOf, tokenOfKid } from './device-door.ts';
import { movesRoute } from './imports/moves.ts';
import { knownDevice } from './known-device.ts';
import { waitOf, watchRegistration } from './long-poll.ts';
import { openNewcomer } from './newcomer.ts';
import type { Nonces } from './nonces.ts';
import { answerProblems, sendProblem } from './problem.ts';
import { rateLimit } from './rate-limit.ts';
import { sourceNetworkOf } from './source-network.ts';
import { wizardRoute } from './wizard.ts';

// The device side of the account over HTTPS (docs/decisions/0002-wire-v1.md §3). Here requests are taken apart and
// answers put together; what they mean is decided in core and carried out in service.

/** What the device interface is given besides the house. */
export type DeviceDoor = {
  readonly nonces: Nonces;
  /** Host names of this account, without port. */
  readonly names: readonly string[];
  readonly mqttUrls: () => readonly string[];
  readonly server: KeyedCertificate;
};

const ROOT = '/device/v1';
/** Where the directory is. */
export const DIRECTORY_PATH = `${ROOT}/directory`;
const REGISTRATIONS = `${ROOT}/registrations`;

/** How soon to ask again without a long poll. */
const POLL_AGAIN_SECONDS = '5';
/** How soon to ask again whether a person has allowed a renewal. */
const RENEW_AGAIN_SECONDS = '600';
/** Until a request must have arrived as a whole; a slow sender holds a socket no longer. */
const REQUEST_TIMEOUT_MS = 15 * SECOND_MS;
/** Of a file of the repository of patches: a hash, a dot, a hundred characters. */
const NAME_MAX_CHARACTERS = 165;
/** Sockets at once; each long poll holds one. */
const CONNECTIONS_MAX = 5000;

const readUnlink = jsonReader<{ readonly deviceId: string }>({
  type: 'object',
  properties: { deviceId: { type: 'string', maxLength: 28 } },
  required: ['deviceId'],
  additionalProperties: false,
});

/** Builds the HTTPS device interface; the caller lets it listen. */
export function createDeviceApp(house: House, door: DeviceDoor) {
  const { certificate: cert, privateKey: key } = door.server;
  // who has a certificate may show it; what it opens is MQTT over WebSocket, and nothing here
  const asking: ServerOptions = { ca: house.ca.deviceCa, requestCert: true, rejectUnauthorized: false };
  const https: ServerOptions = { cert, key, ...asking, minVersion: 'TLSv1.2', handshakeTimeout: REQUEST_TIMEOUT_MS };
  const app = fastify({
    https,
    bodyLimit: DEVICE_REQUEST_MAX_BYTES,
    routerOptions: { maxParamLength: NAME_MAX_CHARACTERS },
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    logger: false,
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/jose+json', 'application/json'], { parseAs: 'string' }, (_, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(null, undefined); // not JSON: refused as what it is, not a JWS
    }
  });
  app.addHook('onRequest', rateLimit(house.clock, house.limits.requests));
  app.addHook('onSend', async (_, reply) => {
    // the time as this account knows it: a device whose clock is wrong judges its certificate by it
    const date = new Date(house.clock.now()).toUTCString();
    reply.header('date', date);
    // what says itself how long it may be kept, as files of patches do, is the same for everybody
    if (!reply.hasHeader('cache-control'))
      reply.headers({ 'replay-nonce': door.nonces.fresh(), 'cache-control': 'no-store' });
  });
  answerProblems(app, house.log, 'device');

  aspuRoutes(app, house.aspu.folder);

  const hostnames = hostnamesOf(door.names);
  const addressed = (request: FastifyRequest): Addressed => ({ path: request.url, hostnames });
  const refuse = (reply: FastifyReply, request: FastifyRequest, fault: ReturnType<typeof err>['fault']) => {
    const network = sourceNetworkOf(request.ip);
    if (fault.code !== 'BAD_NONCE') house.log.write('warn', 'device', 'refused', { code: fault.code, network });
    return sendProblem(reply, fault);
  };

  app.get(DIRECTORY_PATH, async (request): Promise<Directory> => {
    const base = `https://${request.host}${ROOT}`;
    return {
      nonce: `${base}/nonce`,
      registrations: `${base}/registrations`,
      unlink: `${base}/unlink`,
      time: timestampOf(house.clock.now()),
      account: { accountKeys: await house.store.transact(trustedKeys) },
      ca: house.ca.tlsCa,
    };
  });

  app.route({
    method: ['GET', 'HEAD'],
    url: `${ROOT}/nonce`,
    exposeHeadRoute: false,
    handler: (_, reply) => reply.code(204).send(),
  });

  app.post(REGISTRATIONS, async (request, reply) => {
    const asked = await openNewcomer({ door, addressed }, request, readRegistrationRequest);
    if (!asked.ok) return refuse(reply, request, asked.fault);
    const { publicKey, url } = asked.value;
    const binding = readGrkBinding(asked.value.request.grkBinding);
    if (!binding.ok) return refuse(reply, request, binding.fault);
    if (binding.value.url !== url) return refuse(reply, request, err('BAD_SIGNATURE', 'grkBinding: url').fault);
    if (!Buffer.from(binding.value.publicKey).equals(publicKey))
      return refuse(reply, request, err('BAD_SIGNATURE', 'grkBinding: made for another device key').fault);
    const registered = await register(house, { ...asked.value, binding: binding.value });
    if (!registered.ok) return refuse(reply, request, registered.fault);
    const { record, account } = registered.value;
    reply.headers({ location: `https://${request.host}${REGISTRATIONS}/${record.token}`, 'retry-after': '0' });
    return reply.code(202).send(pendingAnswer(record, { id: account.accountId, name: account.name }));
  });

  const newcomers = { house, door, registrations: REGISTRATIONS, addressed, refuse };
  wizardRoute(app, { ...newcomers, url: `${ROOT}/wizard` });
  movesRoute(app, { ...newcomers, url: `${ROOT}/moves` });

  app.post(`${REGISTRATIONS}/:token`, async (request, reply) => {
    const known = await knownDevice(house, door.nonces, request.body, addressed(request), (knock) =>
      tokenOfKid(knock, addressed(request), REGISTRATIONS),
    );
    if (!known.ok) return refuse(reply, request, known.fault);
    const { record, knock } = known.value;
    await cameFrom(house, record, request.ip);
    if (knock.jws.header.kid !== knock.url)
      return refuse(reply, request, err('BAD_REQUEST', 'kid is not this URL').fault);
    if (knock.jws.payload.length > 0) return refuse(reply, request, err('BAD_REQUEST', 'payload is not empty').fault);
    if (record.state === 'pending' && isOverdue(record.createdAt, house.clock.now())) await expireOverdue(house);

    const waitMs = waitOf(request.headers.prefer);
    const watch = watchRegistration(house, record.registrationId, waitMs);
    reply.raw.once('close', watch.stop);
    try {
      let standing = await standingOf(house, record.registrationId, door);
      if (standing.ok && standing.value.is === 'pending' && waitMs > 0) {
        await watch.ended;
        standing = await standingOf(house, record.registrationId, door);
      }
      if (!standing.ok) return refuse(reply, request, standing.fault);
      if (standing.value.is === 'over') return sendProblem(reply, standing.value.fault);
      if (standing.value.is === 'granted') return reply.send(standing.value.answer);
      // who waited here may ask again at once
      reply.header('retry-after', waitMs > 0 ? '0' : POLL_AGAIN_SECONDS);
      if (waitMs > 0) reply.header('preference-applied', `wait=${waitMs / SECOND_MS}`);
      return reply.code(202).send(standing.value.answer);
    } finally {
      watch.stop();
    }
  });

  app.post(`${ROOT}/certificates`, async (request, reply) => {
    const known = await knownDevice(house, door.nonces, request.body, addressed(request), (knock) =>
      tokenOfKid(knock, addressed(request), REGISTRATIONS),
    );
    if (!known.ok) return refuse(reply, request, known.fault);
    await cameFrom(house, known.value.record, request.ip);
    const asked = readRenewalRequest(known.value.knock.jws.payload);
    if (!asked.ok) return refuse(reply, request, asked.fault);
    const renewed = await renewCertificate(house, known.value.record.registrationId, asked.value.csr, door);
    if (!renewed.ok) return refuse(reply, request, renewed.fault);
    if (renewed.value.status !== 'renewal') return reply.send(renewed.value);
    reply.header('retry-after', RENEW_AGAIN_SECONDS);
    return reply.code(202).send(renewed.value);
  });

  app.post(`${ROOT}/unlink`, async (request, reply) => {
    const known = await knownDevice(house, door.nonces, request.body, addressed(request), (knock) =>
      tokenOfKid(knock, addressed(request), REGISTRATIONS),
    );
    if (!known.ok) return refuse(reply, request, known.fault);
    const asked = readUnlink(known.value.knock.jws.payload);
    if (!asked.ok) return refuse(reply, request, asked.fault);
    const { deviceId } = known.value.record;
    if (deviceId === null || asked.value.deviceId !== deviceId)
      return refuse(reply, request, err('NOT_FOUND', 'Ewon').fault);
    await unlinkEwon(house, deviceId);
    return reply.send({ status: 'unlinked' });
  });

  return app;
}
