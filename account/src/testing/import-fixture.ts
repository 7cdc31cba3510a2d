import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CommandDocument,
  commandStateTopicFor,
  type DeviceId,
  fromBase64url,
  isSignedBy,
  type MoveArguments,
  openJws,
  readCommand,
  readMoveArguments,
  SECOND_MS,
  type SignedByAccount,
  toUtf8,
} from '@ewon-agent/contracts';
import { assert, assertOk } from '@ewon-agent/contracts/testing';
import type { ImportView } from '../http/imports/admin-imports.ts';
import { type AccountFixture, BASE, openAccountFixture } from './account-fixture.ts';
import { createTestDevice, type TestDevice } from './device-client.ts';
import { linked } from './stories.ts';

/** Password of `boss`, Administrator of the source. */
export const SOURCE_PASSWORD = 'tr0ub4dor & 3';

type Options = Parameters<typeof openAccountFixture>[0];
export type ImportFixture = Awaited<ReturnType<typeof openImportFixture>>;

/** Two accounts: one that Ewons are imported from, and the one they go to. Between them is real HTTP. */
export async function openImportFixture(options: { readonly source?: Options; readonly here?: Options } = {}) {
  const source = await openAccountFixture(options.source);
  const here = await openAccountFixture(options.here);
  return importFixtureOver(source, here);
}

/** The same with accounts that are open already. */
export async function importFixtureOver(source: AccountFixture, here: AccountFixture) {
  const boss = await source.admin('POST', 'users', {
    ...{ login: 'boss', password: SOURCE_PASSWORD, groupIds: ['administrators'] },
  });
  assert.ok(boss.status === 200 || boss.json.code === 'LOGIN_TAKEN', boss.text);
  for (const [fixture, name] of [
    [source, 'Plant A'],
    [here, 'Plant B'],
  ] as const) {
    const about = (await fixture.admin('GET', 'about')).json;
    const named = await fixture.admin('PATCH', 'about', { ...about, name });
    assert.equal(named.status, 200, named.text);
  }
  const claim = (more: object = {}) => ({
    ...{ url: source.account.adminUrl, login: 'boss', password: SOURCE_PASSWORD },
    ...more,
  });
  let seq = 0;
  const there = (device: Pick<TestDevice, 'serial' | 'keys'>) =>
    createTestDevice(here.askFrom('127.0.0.1'), BASE, device.serial, device.keys);
  const view = async (id: string): Promise<ImportView> => (await here.admin('GET', `imports/${id}`)).json;
  return {
    source,
    here,
    claim,
    view,
    open: (more: object = {}) => here.admin('POST', 'imports', claim(more)),
    /** Lists, and starts with all that may move unless told. */
    async start(more: object = {}, opened?: ImportView): Promise<ImportView> {
      const listed: ImportView = opened ?? (await here.admin('POST', 'imports', claim())).json;
      const ewons = listed.ewons.map(({ key, name }) => ({ key, name }));
      const started = await here.admin('POST', `imports/${listed.id}/start`, { pool: 'Default', ewons, ...more });
      assert.equal(started.status, 200, started.text);
      return started.json;
    },
    /** Looks again, as a page does, until it is so. */
    async until(id: string, isSo: (now: ImportView) => boolean): Promise<ImportView> {
      for (;;) {
        const now = await view(id);
        if (isSo(now)) return now;
        await here.clock.advance(2 * SECOND_MS);
      }
    },
    /** A device with the place that it has in the source. */
    async ewon(serial: string, name: string, more: object = {}) {
      const device = source.device(serial);
      return { device, ...(await linked(source, device, { name, ...more })) };
    },
    /** The same device as it asks the account it goes to. */
    there,
    /** Has an Ewon that is ordered come, as its agent does. */
    async come(device: TestDevice, move: string) {
      const moved = await there(device).move(move);
      assert.equal(moved.status, 200, JSON.stringify(moved.json));
      assert.ok(here.broker.admitted.has(String(moved.json['deviceId'])), 'its broker lets it in');
      return moved;
    },
    /** What the broker of the source keeps for an Ewon as its order to move, verified as the device would; undefined: nothing. */
    orderFor: (deviceId: string) => orderKept(source, deviceId),
    /** As its agent says how the order stands. */
    async say(deviceId: string, id: CommandDocument['id'], state: string, more: object = {}): Promise<void> {
      const device = { accountId: source.account.accountId, deviceId: deviceId as DeviceId };
      const at = '2026-03-01T12:00:00.000Z';
      const said = { v: 1, at, epoch: 'e', seq: ++seq, id, state, ...more };
      await source.broker.send(commandStateTopicFor(device, id), said);
    },
    events: async (of: AccountFixture): Promise<readonly string[]> =>
      (await of.admin('GET', 'log?limit=1000')).json.map(({ event }: { event: string }) => event),
    async close() {
      await here.close();
      await source.close();
    },
  };
}

async function orderKept(
  { broker, admin }: AccountFixture,
  deviceId: string,
): Promise<{ readonly command: CommandDocument; readonly move: MoveArguments } | undefined> {
  const topics = new Map<string, string>();
  for (const { topic, payload, retain } of broker.sent)
    if (retain && topic.includes(`${deviceId}/down/cmd/`)) topics.set(topic, payload.toString());
  const [kept] = [...topics.values()].filter((payload) => payload !== '');
  if (kept === undefined) return undefined;
  const { signed }: SignedByAccount = JSON.parse(kept);
  const jws = assertOk(openJws(signed, 'ewon-cmd'));
  const [key] = (await admin('GET', 'account-keys')).json;
  assert.ok(isSignedBy(jws, fromBase64url(key.publicKey) ?? new Uint8Array()), 'signed by the source');
  const command = assertOk(readCommand(jws.payload));
  assert.equal(command.name, 'move');
  return { command, move: assertOk(readMoveArguments(toUtf8(JSON.stringify(command.arguments)))) };
}

/** Stands before an account and does to a request as it is told: its answer is lost, or held for ever. */
export async function openBetween(adminUrl: string) {
  const held = new Set<ServerResponse>();
  const between = {
    /** Decides of each request, as `POST moves`. */
    does: (_request: string): 'pass' | 'lose' | 'hold' => 'pass',
    /** Requests that nobody has answered or given up. */
    held: held as ReadonlySet<ServerResponse>,
    url: '',
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
  const server = createServer(async (request, response) => {
    const does = between.does(`${request.method} ${request.url?.split('/').at(-1)}`);
    const body = Buffer.concat(await request.toArray());
    if (does === 'hold') {
      held.add(response);
      response.once('close', () => held.delete(response));
      return;
    }
    const { 'content-type': type, authorization } = request.headers;
    const headers = { ...(type && { 'content-type': type }), ...(authorization && { authorization }) };
    const sent = { method: request.method ?? 'GET', headers, ...(body.length > 0 && { body }) };
    const answer = await fetch(new URL(request.url ?? '', adminUrl), sent);
    const text = await answer.text();
    if (does === 'lose') response.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  between.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return between;
}

/** Runs a story on two accounts. */
export function onImport(
  story: (fixture: ImportFixture) => Promise<void>,
  options?: Parameters<typeof openImportFixture>[0],
): () => Promise<void> {
  return async () => {
    const fixture = await openImportFixture(options);
    try {
      await story(fixture);
    } finally {
      await fixture.close();
    }
  };
}
