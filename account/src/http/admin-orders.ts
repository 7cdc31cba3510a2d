import { err, ok, parseCommandId, parseDeviceId, SECOND_MS } from '@ewon-agent/contracts';
import type { FastifyInstance } from 'fastify';
import { commandRefusal, policyRefusal } from '../core/body-needs.ts';
import { expireCommands, sendCommand } from '../service/commands.ts';
import { changePolicy, presentPolicy } from '../service/policy.ts';
import { readPolicyEffect } from '../service/policy-effect.ts';
import { announceKey, switchKey } from '../service/rotate-key.ts';
import { answer } from './admin.ts';
import { readCommandOrder, readCommandQuery, readEffectQuery, readPolicyChange } from './bodies.ts';
import { needs } from './needs.ts';
import { sendProblem } from './problem.ts';
import { accountKeyView, commandView, policyView } from './views.ts';

type ById = { Params: { id: string } };

/** How long a command waits for its Ewon unless told: a person who sends one looks whether it came, within the hour. */
const VALID_SECONDS = 3600;
/** An order to another account comes from an import of that account alone. */
const NO_MOVE = err('BAD_REQUEST', 'an Ewon moves when an Administrator of its new account imports it').fault;
/** Commands listed unless `limit` says otherwise. */
const LISTED = 50;

/** The policy, the account's key, and commands. */
export function orderRoutes(app: FastifyInstance): void {
  app.get('/api/v1/policy', needs('privacy', 'patches'), async (request) =>
    policyView(await request.house.store.transact((tx) => presentPolicy(tx, request.house, request.house.clock.now()))),
  );
  app.get('/api/v1/policy/effect', needs('ewons.read'), async (request, reply) => {
    const asked = readEffectQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const { limit } = asked.value;
    return reply.send(await readPolicyEffect(request.house, limit === undefined ? undefined : Number(limit)));
  });
  app.patch('/api/v1/policy', needs('privacy', 'patches'), async (request, reply) => {
    const asked = readPolicyChange(request.body ?? {});
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const refusal = policyRefusal(request.house.person.grants, asked.value);
    if (refusal) return sendProblem(reply, refusal);
    const done = await changePolicy(request.house, asked.value);
    return answer(reply, done.ok ? ok(policyView(done.value)) : done);
  });

  app.get('/api/v1/account-keys', needs('keys.manage'), async (request) =>
    (await request.house.store.transact((tx) => tx.accountKeys())).map(accountKeyView),
  );
  app.post('/api/v1/account-keys', needs('keys.manage'), async (request, reply) => {
    const done = await announceKey(request.house);
    return answer(reply, done.ok ? ok(done.value.map(accountKeyView)) : done);
  });
  app.post('/api/v1/account-keys/switch', needs('keys.manage'), async (request, reply) => {
    const done = await switchKey(request.house);
    return answer(reply, done.ok ? ok(done.value.map(accountKeyView)) : done);
  });

  app.post<ById>('/api/v1/ewons/:id/commands', needs('commands'), async (request, reply) => {
    const deviceId = parseDeviceId(request.params.id);
    if (!deviceId.ok) return sendProblem(reply, { code: 'NOT_FOUND', detail: 'Ewon' });
    const asked = readCommandOrder(request.body);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    if (asked.value.name === 'move') return sendProblem(reply, NO_MOVE);
    const { name, arguments: given = {}, validSeconds = VALID_SECONDS } = asked.value;
    const ewon = await request.house.store.transact((tx) => tx.ewon(deviceId.value));
    const refusal = ewon && commandRefusal(request.house.person.grants, name, ewon.pool);
    if (refusal) return sendProblem(reply, refusal);
    const order = { name, arguments: given, validMs: validSeconds * SECOND_MS };
    const done = await sendCommand(request.house, deviceId.value, order);
    return answer(reply, done.ok ? ok(commandView(done.value)) : done);
  });
  app.get('/api/v1/commands', needs('commands'), async (request, reply) => {
    const asked = readCommandQuery({ ...Object(request.query) });
    if (!asked.ok) return sendProblem(reply, asked.fault);
    await expireCommands(request.house);
    const { deviceId, limit } = asked.value;
    const filter = { limit: Number(limit ?? LISTED), ...(deviceId && { deviceId }) };
    const records = await request.house.store.transact((tx) => tx.commands(filter));
    // what a command answered may be large: it is told to who asks for that command
    return reply.send(records.map((record) => commandView({ ...record, result: null })));
  });
  app.get<ById>('/api/v1/commands/:id', needs('commands'), async (request, reply) => {
    const commandId = parseCommandId(request.params.id);
    await expireCommands(request.house);
    const record = commandId.ok && (await request.house.store.transact((tx) => tx.command(commandId.value)));
    return record ? reply.send(commandView(record)) : sendProblem(reply, { code: 'NOT_FOUND', detail: 'command' });
  });
}
