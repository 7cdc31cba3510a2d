import { MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { DEBUG_LINES_A_SECOND } from '../core/console/debug.ts';
import { testClock } from '../testing/test-clock.ts';
import { createConsoleFeed } from './console-feed.ts';

function begin() {
  const { clock, pass } = testClock();
  const written: string[] = [];
  const told: string[] = [];
  const { log, feed } = createConsoleFeed({ write: (_, __, msg) => void written.push(msg) }, clock);
  return { log, feed, pass, written, told, tell: (line: string) => void told.push(line) };
}

suite('what is logged, on a console', (test) => {
  test('what a topic is about is told as it is written, and nothing after its minutes', () => {
    const { log, feed, pass, written, told, tell } = begin();
    let ended = 0;
    feed.subscribe('wan', 10, tell, {
      ended() {
        ended += 1;
      },
    });
    log.write('debug', 'wan', 'read', { link: 'eth0' });
    log.write('debug', 'uplink', 'frame');
    pass(10 * MINUTE_MS - 1);
    log.write('warn', 'wan', 'late');
    pass(1);
    log.write('debug', 'wan', 'too late');
    assert.deepEqual([told, ended], [['wan: read link=eth0', 'warn wan: late'], 1]);
    assert.deepEqual(written, ['read', 'frame', 'late', 'too late'], 'the log has all of it');
  });

  test('one that is stopped is told nothing more, and the other goes on', () => {
    const { log, feed, told, tell } = begin();
    const stop = feed.subscribe('all', 1, () => assert.fail());
    feed.subscribe('all', 1, tell);
    stop();
    stop();
    log.write('info', 'patch', 'x');
    assert.deepEqual(told, ['patch: x']);
  });

  test('a storm is counted, and the count is told at the end at the latest', () => {
    const { log, feed, pass, told, tell } = begin();
    feed.subscribe('all', 1, tell);
    for (let i = 0; i < 1000; i += 1) log.write('debug', 'uplink', 'frame');
    pass(MINUTE_MS);
    assert.deepEqual([told.length, told.at(-1)], [DEBUG_LINES_A_SECOND + 1, `... ${1000 - DEBUG_LINES_A_SECOND} more`]);
  });
});
