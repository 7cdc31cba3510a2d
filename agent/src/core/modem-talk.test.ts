import { assert, suite } from '@ewon-agent/contracts/testing';
import { MODEM_UNKNOWN, type ModemTalk, type TalkEffect, type TalkEvent, talkTransition } from './modem-talk.ts';
import { modemReading } from './wan-modem.ts';

/** Asks a modem for one round. `answer` gives the lines for a command; none is a command without an answer. */
function round(answer: (command: string) => readonly string[], from: ModemTalk = MODEM_UNKNOWN) {
  const asked: string[] = [];
  let talk = from;
  let last: TalkEffect | undefined;
  const post = (event: TalkEvent): void => {
    const [next, effects] = talkTransition(talk, event);
    talk = next;
    for (const effect of effects) last = effect;
  };
  post({ on: 'RoundBegun' });
  while (last?.do === 'ask') {
    const { command } = last;
    asked.push(command);
    last = undefined;
    const lines = answer(command);
    for (const text of lines) post({ on: 'LineHeard', text });
    if (lines.length === 0) post({ on: 'TimedOut' });
  }
  return { asked, last, talk };
}
const ok = (...lines: string[]) => [...lines, 'OK'];
const modem = (maker: string) => (command: string) => (command === 'AT+CGMI' ? ok(maker) : ok());

const STANDARD = ['AT+CPIN?', 'AT+CREG?', 'AT+CGREG?', 'AT+CEREG?', 'AT+C5GREG?', 'AT+COPS?', 'AT+CSQ', 'AT+CESQ'];

suite('what a modem is asked', (test) => {
  const OWN: Readonly<Record<string, readonly string[]>> = {
    Quectel: ['AT+QNWINFO', 'AT+QENG="servingcell"'],
    'SIMCOM INCORPORATED': ['AT+CPSI?'],
    'u-blox': ['AT+UCGED?'],
    Telit: ['AT#RFSTS'],
    'LE910C1-EU': ['AT#RFSTS'],
    Cinterion: ['AT^SMONI'],
    'Sierra Wireless, Incorporated': ['AT!GSTATUS?'],
    'A maker that nobody knows': [],
  };
  for (const [maker, own] of Object.entries(OWN))
    test(`${maker}: who it is, what all modems know, and ${own.join(' and ') || 'nothing more'}`, () => {
      const { asked, last } = round(modem(maker));
      assert.deepEqual(asked, ['AT', 'AT+CGMI', 'ATI', ...STANDARD, ...own]);
      assert.equal(last?.do, 'finish');
    });

  test('one whose maker is known is not asked for it again, one that is not known is', () => {
    assert.deepEqual(round(modem('Telit'), round(modem('Telit')).talk).asked, [...STANDARD, 'AT#RFSTS']);
    assert.equal(round(modem('?'), round(modem('?')).talk).asked[0], 'AT');
  });

  test('an error ends a question, and so does a second without an answer after one that was answered', () => {
    const { asked, last } = round((command) =>
      command.endsWith('?') ? ['+CME ERROR: 3'] : command === 'ATI' ? [] : ['ERROR'],
    );
    assert.deepEqual(asked, ['AT', 'AT+CGMI', 'ATI', ...STANDARD]);
    assert.equal(last?.do, 'finish');
  });

  test('two without an answer end the round, and the next one begins with who it is', () => {
    const { asked, last, talk } = round(() => []);
    assert.deepEqual([asked, last?.do], [['AT', 'AT+CGMI'], 'giveUp']);
    assert.equal(round(modem('Telit'), talk).asked[0], 'AT');
  });

  test('what comes unasked, noise and other words between do not end a question', () => {
    const [first] = talkTransition(MODEM_UNKNOWN, { on: 'RoundBegun' });
    for (const text of ['AT', 'RING', '+CIEV: 1', '\0\xff', 'NO CARRIER', 'CONNECT', '+CSQ: x']) {
      const [talk, effects] = talkTransition(first, { on: 'LineHeard', text });
      assert.deepEqual([talk.queue[0], effects], ['AT', []]);
    }
    assert.deepEqual(talkTransition(MODEM_UNKNOWN, { on: 'LineHeard', text: 'OK' })[1], []);
    assert.deepEqual(talkTransition(MODEM_UNKNOWN, { on: 'TimedOut' })[1], []);
  });

  test('a modem that talks on and on is not remembered whole', () => {
    const { last } = round(() => [...Array<string>(5000).fill('+CSQ: 20,99'), 'OK']);
    assert.ok(last?.do === 'finish' && last.answers.length === 200);
  });

  test('nothing is asked that writes', () => {
    for (const maker of Object.keys(OWN))
      for (const command of round(modem(maker)).asked)
        assert.match(command, /^AT(I|[+#^!][A-Z0-9]+(\?|="servingcell")?)?$/);
  });
});

suite('whether a modem is registered', (test) => {
  const CASES: readonly (readonly [what: string, lines: readonly string[], registered: boolean | undefined])[] = [
    ['LTE, though old networks say no', ['+CREG: 0,0', '+CGREG: 0,4', '+CEREG: 0,1'], true],
    ['GSM, though LTE says no', ['+CGREG: 0,5', '+CEREG: 0,2'], true],
    ['calls only', ['+CREG: 0,1', 'ERROR'], true],
    ['calls, refused for packets', ['+CREG: 0,1', '+CEREG: 0,3'], false],
    ['calls say no, and nothing else is known', ['+CREG: 0,2'], undefined],
    [
      '5G without a question for it',
      [
        '+CEREG: 0,0',
        '+QENG: "servingcell","NOCONN","NR5G-SA","TDD",262,01,1A2D00111,123,1A2B,627264,78,12,-91,-11,25,1,-',
      ],
      true,
    ],
    [
      'a cell for emergency calls',
      ['+CEREG: 0,3', '+QENG: "servingcell","LIMSRV","LTE","FDD",262,01,1A2D001,123,1300,3,5,5,1A2B,-95,-12,-65,11,34'],
      false,
    ],
    ['no cell', ['+CPSI: NO SERVICE,Online'], false],
    ['no SIM', ['+CME ERROR: 10', '+CEREG: 0,0'], false],
    ['a SIM that wants its PIN', ['+CPIN: SIM PIN'], false],
    ['nothing said', [], undefined],
  ];
  for (const [what, lines, registered] of CASES)
    test(what, () => {
      const { last } = round((command) => (command === 'ATI' ? ok(...lines) : ok()));
      assert.ok(last?.do === 'finish');
      assert.equal(modemReading(last.answers, 'wwan0').registered, registered);
    });
});
