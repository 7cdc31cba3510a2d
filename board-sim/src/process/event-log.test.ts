import { assert, suite } from '@ewon-agent/contracts/testing';
import { createEventLog, type TimedEvent } from './event-log.ts';

const event = (state: 'up' | 'refused'): TimedEvent => ({ on: 'network', state, at: '2026-03-01T12:00:00.000Z' });
const isUp = (told: TimedEvent) => told.on === 'network' && told.state === 'up';

suite('event log', (test) => {
  test('until answers what was told already, or waits for what comes', async () => {
    const log = createEventLog();
    log.add(event('up'));
    assert.equal(await log.until(isUp, { what: 'up' }), log.all[0]);
    const waiting = log.until(isUp, { what: 'up again', from: 1 });
    log.add(event('refused'));
    log.add(event('up'));
    assert.equal(await waiting, log.all[2]);
  });

  test('until fails with what it waited for: too late, or the board ended', async () => {
    const log = createEventLog();
    log.add(event('refused'));
    await assert.rejects(log.until(isUp, { what: 'the sun', timeoutMs: 1 }), /not within 1 ms: the sun.*refused/);
    const waiting = log.until(isUp, { what: 'the sun' });
    log.end('the board ended');
    await assert.rejects(waiting, /the board ended: the sun/);
    await assert.rejects(log.until(isUp, { what: 'the moon' }), /the board ended, and never: the moon/);
  });

  test('a subscription is told what comes, until it ends', () => {
    const log = createEventLog();
    const told: TimedEvent[] = [];
    log.add(event('up'));
    const end = log.subscribe((next) => told.push(next));
    log.add(event('refused'));
    end();
    log.add(event('up'));
    assert.deepEqual(told, [event('refused')]);
  });
});
