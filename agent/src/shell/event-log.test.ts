import { err, type LogPort, ok, type StoredEvent, type UplinkMessage, type UplinkSession } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { link } from '../testing/fixtures.ts';
import { createEventLog } from './event-log.ts';

const silent: LogPort = { write() {} };

/** An event log over a store in memory, at a clock that the test sets. */
function eventLog() {
  const kept: (StoredEvent & { sent: boolean })[] = [];
  let seq = 0;
  const time = { nowMs: 1000 };
  const store = {
    epoch: 'e1',
    load: () => ok(undefined),
    save: () => ok(undefined),
    nextSeq: () => ok(++seq),
    appendEvent(event: StoredEvent) {
      kept.push({ ...event, sent: false });
      return ok(undefined);
    },
    unsentEvents: (limit: number) => kept.filter(({ sent }) => !sent).slice(0, limit),
    recentEvents: () => kept,
    markSent(which: number) {
      for (const event of kept) if (event.seq === which) event.sent = true;
      return ok(undefined);
    },
    close() {},
  };
  const clock = { now: () => time.nowMs, monotonic: () => 0, after: () => () => {} };
  return { log: createEventLog({ store, clock, log: silent }), kept, time };
}

/** A session that keeps what is sent, and fails after `good` messages. */
function session(good = Number.POSITIVE_INFINITY) {
  const sent: UplinkMessage[] = [];
  const uplink: UplinkSession = {
    async send(message) {
      if (sent.length >= good) return err('UPLINK_UNREACHABLE', 'x');
      sent.push(message);
      return ok(undefined);
    },
    async close() {},
  };
  const told = () =>
    sent
      .map(({ payload }) => JSON.parse(payload))
      .map(({ code, historical }) => `${code}${historical ? ' historical' : ''}`);
  return { uplink, told };
}

suite('event log', (test) => {
  test('sends oldest first, and marks what was made before the session', async () => {
    const { log, time } = eventLog();
    log.report('CARD_USABLE', '');
    time.nowMs = 0; // the clock was set back: order is by number
    log.report('REGISTERED', '');
    const { uplink, told } = session();
    await log.flush(link(), uplink, 2);
    assert.deepEqual(told(), ['CARD_USABLE historical', 'REGISTERED']);
  });

  test('what the broker did not acknowledge is sent again in the next session, nothing twice', async () => {
    const { log } = eventLog();
    for (const code of ['CARD_USABLE', 'REGISTERED', 'UPLINK_ONLINE'] as const) log.report(code, '');
    const first = session(1);
    await log.flush(link(), first.uplink, 0);
    const second = session();
    await log.flush(link(), second.uplink, 0);
    assert.deepEqual([first.told(), second.told()], [['CARD_USABLE'], ['REGISTERED', 'UPLINK_ONLINE']]);
  });

  test('what one account was not told any more is not told to the next, but stays on the device', async () => {
    const { log, kept } = eventLog();
    for (let n = 0; n < 120; n++) log.report('UPLINK_UNREACHABLE', 'account Acme');
    log.withhold();
    log.report('REGISTERED', '');
    const { uplink, told } = session();
    await log.flush(link(), uplink, 0);
    assert.deepEqual(told(), ['REGISTERED']);
    assert.equal(kept.length, 121);
  });
});
