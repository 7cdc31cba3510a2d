import { assert, suite } from '@ewon-agent/contracts/testing';
import { DEBUG_LINES_A_SECOND, type DebugTopic, debugLine, FRESH_PACE, isAbout, type LogFact, paced } from './debug.ts';

const fact = (area: string, msg = 'x', fields: LogFact['fields'] = {}): LogFact => ({
  level: 'debug',
  area,
  msg,
  fields,
});
const ABOUT: readonly (readonly [LogFact, readonly DebugTopic[]])[] = [
  [fact('uplink'), ['uplink']],
  [fact('wan'), ['wan']],
  [fact('patch'), ['patch']],
  [fact('location'), []],
  [fact('agent', 'CardInserted'), ['card']],
  [fact('agent', 'CardRead'), ['card']],
  [fact('agent', 'RequestPended'), ['registration']],
  [fact('agent', 'Linked'), ['registration', 'uplink']],
  [fact('agent', 'Connected'), ['uplink']],
  [fact('agent', 'some text', { code: 'WAN_PORTAL' }), ['wan']],
  [fact('agent', 'some text', { code: 'CARD_UNREADABLE' }), ['card']],
];

suite('what is shown of the log', (test) => {
  for (const [one, topics] of ABOUT)
    test(`${one.area} ${one.msg} ${one.fields['code'] ?? ''}: ${topics.join(' and ') || 'all only'}`, () => {
      const all: readonly DebugTopic[] = ['card', 'patch', 'registration', 'uplink', 'wan'];
      assert.deepEqual(
        all.filter((topic) => isAbout(topic, one)),
        topics,
      );
      assert.ok(isAbout('all', one));
    });

  test('a line is harmless and bounded', () => {
    const line = debugLine(fact('wan', '\x1b[2Jgone', { ssid: 'x\r\ny'.repeat(200), object: { a: 1 }, n: 5 }));
    assert.match(line, /^wan: \\x1b\[2Jgone ssid=x/);
    assert.ok(/^[ -~]*$/.test(line) && line.length <= 800, line);
  });

  test('so many in a second; what is left out is told as a number', () => {
    let pace = FRESH_PACE;
    const shown: string[] = [];
    const at = (steadyMs: number, isFull = false) => {
      const [next, lines] = paced(pace, 'line', { steadyMs, isFull });
      pace = next;
      shown.push(...lines);
    };
    for (let i = 0; i < DEBUG_LINES_A_SECOND + 5; i += 1) at(100);
    assert.equal(shown.length, DEBUG_LINES_A_SECOND);
    at(1100);
    assert.deepEqual(shown.slice(-2), ['... 5 more', 'line']);
    at(2500, true);
    at(2600);
    assert.deepEqual(shown.slice(-2), ['... 1 more', 'line'], 'who did not keep up is told so');
  });
});
