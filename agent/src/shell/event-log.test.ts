import { err, type LogPort } from '@ewon-agent/contracts';
import { memoryOutbox } from '@ewon-agent/contracts/suites/memory-outbox';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createEventLog } from './event-log.ts';
import { createOutbox } from './outbox.ts';

/** An event log over an outbox in memory. */
function eventLog(port = memoryOutbox()) {
  const told: string[] = [];
  const clock = { now: () => 1000, monotonic: () => 0, after: () => () => {} };
  const log: LogPort = { write: (level, _area, text) => void told.push(`${level} ${text}`) };
  const outbox = createOutbox({ port, clock, dropped: () => {}, damaged: () => {} });
  return { log: createEventLog({ ports: { outbox: port, clock, log }, outbox }), port, told };
}

suite('event log', (test) => {
  test('what is reported waits to be sent, an error as an alarm, and can be read on the device', () => {
    const { log, port } = eventLog();
    log.report('CARD_USABLE', 'slot usb1');
    log.report('CARD_UNREADABLE', '');
    assert.deepEqual(
      port.waiting(0, 9).map(({ kind }) => kind),
      ['event', 'alarm'],
    );
    const [first, second] = log.recent(9);
    assert.deepEqual(
      [first?.code, first?.at, first?.epoch, first?.seq],
      ['CARD_USABLE', '1970-01-01T00:00:01.000Z', 'e', 1],
    );
    assert.match(first?.text ?? '', /slot usb1/);
    assert.equal(second?.severity, 'error');
  });

  test('what one account was not told any more is not told to the next, but stays on the device', () => {
    const { log, port } = eventLog();
    for (let n = 0; n < 1200; n++) log.report('UPLINK_UNREACHABLE', 'account Acme');
    log.withhold();
    log.report('REGISTERED', '');
    assert.equal(port.waiting(0, 9).length, 1);
    assert.equal(log.recent(5000).length, 1201);
  });

  test('an event that the disk does not take is in the log, with the code of why', () => {
    const { log, told } = eventLog({ ...memoryOutbox(), append: () => err('STATE_UNWRITABLE', 'full') });
    log.report('REGISTERED', '');
    assert.equal(told[0], 'error event lost');
  });

  test('what cannot be given up is tried at the next start again, not for ever', () => {
    const port = memoryOutbox();
    const { log, told } = eventLog({ ...port, remove: () => err('STATE_UNWRITABLE', 'full') });
    log.report('REGISTERED', '');
    log.withhold();
    assert.match(told.at(-1) ?? '', /^error what waits could not be given up/);
  });
});
