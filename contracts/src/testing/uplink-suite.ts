import type { Code } from '../codes.ts';
import { MQTT_PACKET_MAX_BYTES } from '../limits.ts';
import type { UplinkMessage, UplinkPort, UplinkTarget } from '../ports/uplink.ts';
import type { Fault } from '../result.ts';
import { assert, assertFault, assertOk, eventually, type SuiteOptions, suite } from './suite.ts';

/** Ways in which a broker, or what calls itself one, can be wrong before a session is open; and the code of each. */
export const UPLINK_TROUBLES = {
  'nobody listens': 'UPLINK_UNREACHABLE',
  'TCP is accepted and nothing is said': 'UPLINK_UNREACHABLE',
  'TLS is spoken and CONNECT is not answered': 'UPLINK_UNREACHABLE',
  'the answer to TLS is not TLS': 'UPLINK_PROTOCOL',
  'the answer to CONNECT is not MQTT': 'UPLINK_PROTOCOL',
  'the answer to CONNECT announces 256 MiB': 'UPLINK_PROTOCOL',
  'the server is busy': 'UPLINK_UNREACHABLE',
  'CONNECT is answered with "not authorized"': 'UPLINK_REFUSED',
  'CONNECT is answered with a TCP reset': 'UPLINK_REFUSED',
  'our certificate is of a CA that the broker does not know': 'UPLINK_REFUSED',
  'our certificate has expired': 'UPLINK_REFUSED',
  'the server certificate is self-signed': 'TLS_UNTRUSTED',
  'the server certificate has the right name and another CA': 'TLS_UNTRUSTED',
  'the server certificate is for another name': 'TLS_NAME_MISMATCH',
  'the server certificate has expired': 'TLS_EXPIRED',
  'the server certificate is not valid yet': 'TLS_CLOCK',
} as const satisfies Record<string, Code>;
export type UplinkTrouble = keyof typeof UPLINK_TROUBLES;

/** What happens to an open session that nobody asked for. */
export const UPLINK_BREAKS = {
  'the connection is cut': 'UPLINK_UNREACHABLE',
  'bytes that are not MQTT arrive': 'UPLINK_PROTOCOL',
  'a packet of 256 MiB begins': 'UPLINK_PROTOCOL',
} as const satisfies Record<string, Code>;
export type UplinkBreak = keyof typeof UPLINK_BREAKS;

/** A port, and a broker that a test can look into. */
export type UplinkFixture = {
  readonly port: UplinkPort;
  /** A device that may connect; each call another one. Its will is on its `up/status`. */
  target(): Promise<UplinkTarget>;
  /** Messages the account took, oldest first. */
  received(): readonly { readonly topic: string; readonly payload: string }[];
  /** Sends to a device, on a topic of its `receives`. @returns the topic */
  tell(target: UplinkTarget, payload: string): Promise<string>;
  /** Revokes the device of a target. */
  revoke(target: UplinkTarget): Promise<void>;
  /** A target with one thing wrong, with a deadline of at most half a second. */
  trouble(what: UplinkTrouble): Promise<UplinkTarget>;
  /** A target whose broker accepts, and what makes the trouble happen. */
  breaking(what: UplinkBreak): Promise<{ readonly target: UplinkTarget; happen(): void }>;
  close(): Promise<void>;
};

/** The obligations of {@link UplinkPort}. */
export function uplinkSuite(name: string, options: SuiteOptions, makeFixture: () => Promise<UplinkFixture>): void {
  suite(name, { timeoutMs: 60_000, ...options }, (test) => {
    let fixture: UplinkFixture;
    test.before(async () => {
      fixture = await makeFixture();
    });
    test.after(() => fixture.close());

    const open = async (target: UplinkTarget) => {
      const closed: Fault[] = [];
      const heard: { topic: string; payload: string }[] = [];
      const events = {
        closed: (fault: Fault) => void closed.push(fault),
        received: (topic: string, payload: Uint8Array) =>
          void heard.push({ topic, payload: Buffer.from(payload).toString() }),
      };
      const session = assertOk(await fixture.port.open(target, events));
      return { session, closed, heard };
    };
    const arrived = (message: { topic: string; payload: string }) =>
      eventually(() => fixture.received().some((m) => m.topic === message.topic && m.payload === message.payload), {
        what: `${message.payload} on ${message.topic}`,
      });
    const statusOf = (target: UplinkTarget, payload: string): UplinkMessage => ({ ...target.will, payload });
    const eventOf = (target: UplinkTarget, payload: string): UplinkMessage => ({
      topic: target.will.topic.replace(/status$/, 'event'),
      payload,
      qos: 1,
      retain: false,
    });

    test('a message of QoS 1 has arrived when send resolves; QoS 0 arrives as well', async () => {
      const target = await fixture.target();
      const { session } = await open(target);
      assertOk(await session.send(statusOf(target, 'online')));
      assertOk(await session.send({ ...eventOf(target, 'once'), qos: 0 }));
      await arrived(statusOf(target, 'online'));
      await arrived(eventOf(target, 'once'));
      await session.close();
    });

    test('messages sent without waiting arrive in the order they were given', async () => {
      const target = await fixture.target();
      const { session } = await open(target);
      const payloads = Array.from({ length: 200 }, (_, i) => `n ${i}`);
      for (const sent of await Promise.all(payloads.map((p) => session.send(eventOf(target, p))))) assertOk(sent);
      await arrived(eventOf(target, 'n 199'));
      const mine = fixture.received().filter((m) => m.topic === eventOf(target, '').topic);
      assert.deepEqual(
        mine.map((m) => m.payload),
        payloads,
      );
      await session.close();
    });

    test('what the account sends arrives in order, once; what it sends to another does not', async () => {
      const [mine, other] = [await fixture.target(), await fixture.target()];
      const here = await open(mine);
      const there = await open(other);
      // a message of QoS 1 is acknowledged after the SUBSCRIBE before it was answered
      assertOk(await here.session.send(statusOf(mine, 'subscribed')));
      assertOk(await there.session.send(statusOf(other, 'subscribed')));
      const payloads = Array.from({ length: 50 }, (_, i) => `{"n":${i}}`);
      for (const payload of payloads) await fixture.tell(mine, payload);
      const topic = await fixture.tell(other, 'for another');
      await eventually(() => here.heard.length >= payloads.length && there.heard.length > 0, { what: 'all have come' });
      assert.deepEqual(
        here.heard.map(({ payload }) => payload),
        payloads,
      );
      assert.deepEqual(there.heard, [{ topic, payload: 'for another' }]);
      await Promise.all([here.session.close(), there.session.close()]);
    });

    test('close sends DISCONNECT: no will; closed is reported once, before close resolves', async () => {
      const target = await fixture.target();
      const { session, closed } = await open(target);
      assertOk(await session.send(statusOf(target, 'here')));
      await session.close();
      assert.equal(closed.length, 1);
      await session.close();
      assert.equal(closed.length, 1);
      const { session: next } = await open(target);
      assertOk(await next.send(eventOf(target, 'after the will would have come')));
      await arrived(eventOf(target, 'after the will would have come'));
      const wills = fixture
        .received()
        .filter((m) => m.topic === target.will.topic && m.payload === target.will.payload);
      assert.deepEqual(wills, []);
      await next.close();
    });

    test('a second session of the same device ends the first, once', async () => {
      const target = await fixture.target();
      const { closed } = await open(target);
      const { session } = await open(target);
      await eventually(() => closed.length === 1, { what: 'the first session is closed' });
      assertOk(await session.send(eventOf(target, 'from the second')));
      assert.equal(closed.length, 1);
      await session.close();
    });

    test('send on a session that has ended is a fault', async () => {
      const target = await fixture.target();
      const { session } = await open(target);
      await session.close();
      assertFault(await session.send(eventOf(target, 'too late')), 'UPLINK_UNREACHABLE');
    });

    test('a message above the packet limit is a fault, and the session goes on', async () => {
      const target = await fixture.target();
      const { session, closed } = await open(target);
      assertFault(await session.send(eventOf(target, 'x'.repeat(MQTT_PACKET_MAX_BYTES))), 'BAD_REQUEST');
      const topicBytes = eventOf(target, '').topic.length;
      assertOk(await session.send(eventOf(target, 'y'.repeat(MQTT_PACKET_MAX_BYTES - topicBytes - 10))));
      assert.deepEqual(closed, []);
      await session.close();
    });

    test('a revoked device: its session ends, and it is told so at open or at its first message', async () => {
      const target = await fixture.target();
      const { session, closed } = await open(target);
      assertOk(await session.send(statusOf(target, 'still there')));
      await fixture.revoke(target);
      await eventually(() => closed.length === 1, { what: 'the session is closed' });
      const reports: Fault[] = [];
      const again = await fixture.port.open(target, {
        closed: (fault) => void reports.push(fault),
        received: () => {},
      });
      if (again.ok) {
        assertFault(await again.value.send(statusOf(target, 'back again')), 'UPLINK_REFUSED');
        await eventually(() => reports.length === 1, { what: 'the session without rights is closed' });
        assert.equal(reports[0]?.code, 'UPLINK_REFUSED');
      } else {
        assertFault(again, 'UPLINK_REFUSED');
        assert.deepEqual(reports, []);
      }
    });

    for (const [what, code] of Object.entries(UPLINK_TROUBLES)) {
      test(`${what}: ${code}, nothing reported as closed`, async () => {
        const reports: Fault[] = [];
        const target = await fixture.trouble(what as UplinkTrouble);
        assertFault(
          await fixture.port.open(target, { closed: (fault) => void reports.push(fault), received: () => {} }),
          code,
        );
        assert.deepEqual(reports, []);
      });
    }

    for (const [what, code] of Object.entries(UPLINK_BREAKS)) {
      test(`${what}: what was not acknowledged fails, and closed says ${code} once`, async () => {
        const { target, happen } = await fixture.breaking(what as UplinkBreak);
        const { session, closed } = await open(target);
        const sent = session.send(eventOf(target, 'never acknowledged'));
        happen();
        assertFault(await sent, code);
        await eventually(() => closed.length === 1, { what: 'closed is reported' });
        assert.equal(closed[0]?.code, code);
        await session.close();
        assert.equal(closed.length, 1);
      });
    }
  });
}
