import {
  ackTopicFor,
  type ClockPort,
  type EwonIdentity,
  err,
  type Fault,
  ok,
  type Ports,
  parseSerial,
  type Result,
  toUtf8,
  type UplinkEvents,
  type UplinkMessage,
  type UplinkSession,
} from '@ewon-agent/contracts';
import { memoryOutbox } from '@ewon-agent/contracts/suites/memory-outbox';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import type { AgentEvent } from '../core/agent.ts';
import type { Link } from '../core/model.ts';
import { link, OTHER_DEVICE, SD0 } from '../testing/fixtures.ts';
import { createLinkSession } from './link-session.ts';
import { createOutbox } from './outbox.ts';

const other: Link = { ...link(), deviceId: OTHER_DEVICE };
const identity: EwonIdentity = {
  serial: assertOk(parseSerial('1524-0071-21')),
  model: 'Flexy 205',
  firmware: '14.6s0',
};
const GONE: Fault = { code: 'UPLINK_UNREACHABLE', detail: 'cut' };

/** A broker in the test's hands: it answers an attempt when it is told to, and acknowledges unless it is silent. */
function attemptAt(clientId: string, events: UplinkEvents) {
  const { promise, resolve } = Promise.withResolvers<Result<UplinkSession>>();
  const sent: UplinkMessage[] = [];
  const session = { isSilent: false, isClosed: false };
  return {
    clientId,
    sent,
    session,
    promise,
    cut: () => events.closed(GONE),
    tell: (topic: string, body: object) => events.received(topic, toUtf8(JSON.stringify(body))),
    refuse: () => resolve(err('UPLINK_REFUSED', 'no')),
    accept: () =>
      resolve(
        ok({
          send(message) {
            sent.push(message);
            return session.isSilent ? new Promise(() => {}) : Promise.resolve(ok(undefined));
          },
          async close() {
            session.isClosed = true;
            events.closed(GONE);
          },
        }),
      ),
  };
}

function linkSession() {
  const attempts: ReturnType<typeof attemptAt>[] = [];
  const posted: AgentEvent[] = [];
  const later = new Set<() => void>();
  const asked = { identity: Promise.resolve<Result<EwonIdentity>>(ok(identity)) };
  const clock: ClockPort = {
    now: () => 0,
    monotonic: () => 0,
    after(_, call) {
      later.add(call);
      return () => later.delete(call);
    },
  };
  const ports: Ports = {
    clock,
    random: { bytes: (length) => new Uint8Array(length), fraction: () => 0.5 },
    slots: {
      slots: [SD0],
      watch: () => assert.fail(),
      read: () => assert.fail(),
      piece: () => assert.fail(),
      mark: () => assert.fail(),
    },
    led: { show: async () => {} },
    board: { bootId: 'b', reboot: () => assert.fail() },
    firmware: { identity: () => asked.identity },
    store: {
      load: () => ok(undefined),
      save: () => ok(undefined),
      close() {},
    },
    outbox: memoryOutbox(),
    account: { request: () => assert.fail(), close() {} },
    uplink: {
      open({ clientId }, events) {
        const attempt = attemptAt(clientId, events);
        attempts.push(attempt);
        return attempt.promise;
      },
    },
    log: { write() {} },
  };
  const outbox = createOutbox({ port: ports.outbox, clock, dropped: () => {}, damaged: () => {} });
  const session = createLinkSession({
    ports,
    self: {
      agentVersion: '1',
      bootId: 'b',
      bootCount: 1,
      usage: () => ({ rssBytes: 1, cpuMs: 1, eventLoopLagMs: 0, uptimeMs: 1 }),
    },
    outbox,
    readCertificate: () => undefined,
    privateKeyPem: 'PEM',
    post: (event) => posted.push(event),
  });
  const fire = () => {
    for (const call of [...later]) call();
  };
  return { session, attempts, posted, asked, later, fire, outbox, port: ports.outbox };
}

const at = <T>(list: readonly T[], n: number): T => list[n] ?? assert.fail(`no ${n}`);
const topics = (sent: readonly UplinkMessage[]) => sent.map((m) => m.topic.split('/').slice(3).join(' '));

suite('link session', (test) => {
  test('a session that opens after the link was given up is closed, and nobody is told that it is there', async () => {
    const { session, attempts, posted } = linkSession();
    const opening = session.open(link(), 0);
    await session.close();
    at(attempts, 0).accept();
    assert.equal(await opening, undefined);
    assert.ok(at(attempts, 0).session.isClosed, 'an unlinked device must not stay connected');
    assert.deepEqual(posted, []);
  });

  test('forget and a new link while the first attempt hangs: the late session goes, the new one stays', async () => {
    const { session, attempts, posted } = linkSession();
    const first = session.open(link(), 0);
    await session.close();
    const second = session.open(other, 0);
    at(attempts, 1).accept();
    assert.equal((await second)?.on, 'Connected');
    at(attempts, 0).accept();
    assert.equal(await first, undefined);
    assert.ok(at(attempts, 0).session.isClosed && !at(attempts, 1).session.isClosed);
    await session.sendHealth(other);
    assert.deepEqual(topics(at(attempts, 1).sent), [`${OTHER_DEVICE} up health`]);
    assert.deepEqual(posted, []);
  });

  test('a session that ends is told once, and the next one is not touched by it', async () => {
    const { session, attempts, posted } = linkSession();
    const first = session.open(link(), 0);
    at(attempts, 0).accept();
    await first;
    at(attempts, 0).cut();
    assert.deepEqual(
      posted.map((e) => e.on),
      ['Disconnected'],
    );
    const second = session.open(link(), 1);
    at(attempts, 1).accept();
    await second;
    await session.sendHealth(link());
    assert.equal(at(attempts, 1).sent.length, 1);
  });

  test('a session that ends in the moment it opens is a failed attempt, told once', async () => {
    const { session, attempts, posted } = linkSession();
    const opening = session.open(link(), 0);
    at(attempts, 0).accept();
    at(attempts, 0).cut();
    assert.equal((await opening)?.on, 'Disconnected');
    assert.deepEqual(posted, []);
  });

  test('what was begun for one link is never sent over the session of another', async () => {
    const { session, attempts, asked } = linkSession();
    const firmware = Promise.withResolvers<Result<EwonIdentity>>();
    asked.identity = firmware.promise;
    const first = session.open(link(), 0);
    at(attempts, 0).accept();
    await first;
    const announcing = session.announce(link());
    await Promise.resolve();
    await session.close();
    const second = session.open(other, 0);
    at(attempts, 1).accept();
    await second;
    firmware.resolve(ok(identity));
    await announcing;
    assert.deepEqual(at(attempts, 1).sent, []);
  });

  test('what waits is sent after the announcement, and forgotten when the account has it', async () => {
    const { session, attempts, outbox, port } = linkSession();
    const event = (text: string) => ({ kind: 'event', atMs: 0, body: JSON.stringify({ text }) }) as const;
    outbox.acceptNow(event('before'));
    const opening = session.open(link(), 0);
    at(attempts, 0).accept();
    await opening;
    outbox.acceptNow(event('while it opens'));
    await session.announce(link());
    outbox.acceptNow(event('since'));
    const sent = at(attempts, 0).sent;
    const [channels, texts] = [
      topics(sent).map((topic) => topic.split(' ').at(-1)),
      sent
        .map(({ payload }) => JSON.parse(payload))
        .flatMap(({ text, historical }) => (text ? [[text, historical]] : [])),
    ];
    assert.deepEqual(channels, ['status', 'event', 'event', 'inventory', 'health', 'event']);
    assert.deepEqual(texts, [
      ['before', true],
      ['while it opens', undefined],
      ['since', undefined],
    ]);
    const address = { accountId: link().account.id, deviceId: link().deviceId };
    const ack = { v: 1, epoch: port.epoch, ranges: [[0, 1000]] };
    at(attempts, 0).tell(ackTopicFor({ ...address, deviceId: OTHER_DEVICE }), ack);
    at(attempts, 0).tell(ackTopicFor(address), { ...ack, ranges: 'all' });
    assert.equal(port.waiting(0, 9).length, 3, 'what is for another, or cannot be read, is no acknowledgement');
    at(attempts, 0).tell(ackTopicFor(address), ack);
    await session.close();
    assert.deepEqual(port.waiting(0, 9), []);
  });

  test('an Ewon that does not answer holds back nothing that waits', async () => {
    const { session, attempts, asked, outbox } = linkSession();
    asked.identity = new Promise(() => {});
    outbox.acceptNow({ kind: 'alarm', atMs: 0, body: '{}' });
    const opening = session.open(link(), 0);
    at(attempts, 0).accept();
    await opening;
    void session.announce(link());
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(topics(at(attempts, 0).sent).at(-1)?.split(' ').at(-1), 'event');
    await session.close();
  });

  test('a broker that acknowledges nothing does not hold back the good-bye', async () => {
    const { session, attempts, later, fire } = linkSession();
    const opening = session.open(link(), 0);
    at(attempts, 0).accept();
    await opening;
    at(attempts, 0).session.isSilent = true;
    const closing = session.close();
    assert.equal(later.size, 1, 'the wait has an end');
    fire();
    await closing;
    assert.ok(at(attempts, 0).session.isClosed);
    assert.match(at(attempts, 0).sent.at(-1)?.payload ?? '', /"offline"/);
  });

  test('closing by ourselves tells the broker that we are offline, and nobody here that we were cut off', async () => {
    const { session, attempts, posted, later } = linkSession();
    const opening = session.open(link(), 0);
    at(attempts, 0).accept();
    await opening;
    await session.close();
    assert.ok(at(attempts, 0).session.isClosed);
    assert.deepEqual([posted, later.size], [[], 0]);
  });

  test('a refused attempt is a disconnection with its code', async () => {
    const { session, attempts } = linkSession();
    const opening = session.open(link(), 0);
    at(attempts, 0).refuse();
    const event = await opening;
    assert.equal(event?.on === 'Disconnected' && event.fault.code, 'UPLINK_REFUSED');
  });
});
