import { assert, suite } from '@ewon-agent/contracts/testing';
import { differences, limitsPassed, look, type Sight } from './judge.ts';
import type { Observation } from './scenario.ts';
import type { Eyes } from './stage.ts';

const SEEN: Required<Sight> = {
  agent: {
    registration: 'pending',
    lastCode: 'REGISTRATION_PENDING',
    uplink: 'off',
    slots: [{ slot: 'usb1', state: 'settled', code: 'CARD_GONE' }],
    led: 'cardOk',
    starts: 2,
  },
  events: [
    { code: 'REGISTRATION_SENT', text: 'key 1234 sent' },
    { code: 'REGISTRATION_SENT', text: 'key 5678 sent' },
  ],
  account: { pending: 1, requests: 2, ewons: 0, online: 0, log: ['administrator approved'] },
  cardFile: 'one line\n',
};

suite('judging what is seen', (test) => {
  test('what is as it was wanted has no differences', () => {
    const wanted: Observation = {
      registration: 'pending',
      lastCode: 'REGISTRATION_PENDING',
      uplink: 'off',
      slots: { usb1: { state: 'settled', code: 'CARD_NO_T2M|CARD_GONE' } },
      led: 'cardOk',
      starts: 2,
      events: [
        { code: 'REGISTRATION_SENT', atLeast: 2, atMost: 2 },
        { code: 'REGISTERED', atMost: 0 },
      ],
      account: { pending: 1, requests: 2, ewons: 0, online: 0, log: 'approved' },
      card: { card: 'card', file: 'RESULT.TXT', contains: 'one' },
    };
    assert.deepEqual(differences(wanted, SEEN), []);
  });

  const otherwise: readonly (readonly [Observation, string])[] = [
    [{ registration: 'registered' }, 'registration is pending, not registered'],
    [{ led: 'cardFailed' }, 'led is cardOk, not cardFailed'],
    [{ starts: 1 }, 'starts is 2, not 1'],
    [{ slots: { usb1: { state: 'empty' } } }, 'slot usb1 is settled, not empty'],
    [{ slots: { usb1: { code: 'CARD_FULL' } } }, 'slot usb1 is CARD_GONE, not CARD_FULL'],
    [{ slots: { sd0: { code: 'CARD_FULL' } } }, 'there is no slot sd0'],
    [{ events: [{ code: 'REGISTERED' }] }, 'event REGISTERED came 0 times, not 1'],
    [{ events: [{ code: 'REGISTRATION_SENT', atMost: 1 }] }, 'event REGISTRATION_SENT came 2 times, more than 1'],
    [{ events: [{ code: 'REGISTRATION_SENT', atMost: 0 }] }, 'event REGISTRATION_SENT came 2 times, more than 0'],
    [
      { events: [{ code: 'REGISTRATION_SENT', text: '9999' }] },
      'event REGISTRATION_SENT with "9999" came 0 times, not 1',
    ],
    [{ account: { pending: 0 } }, "the account's pending is 1, not 0"],
    [{ account: { log: 'rejected' } }, 'no line of the account\'s log has "rejected"'],
    [{ card: { card: 'card', file: 'RESULT.TXT', contains: 'two' } }, 'RESULT.TXT of card card has no "two"'],
    [{ card: { card: 'card', file: 'RESULT.TXT' } }, 'RESULT.TXT is on card card'],
  ];
  for (const [wanted, said] of otherwise) {
    test(`said: ${said}`, () => assert.deepEqual(differences(wanted, SEEN), [said]));
  }

  test('an agent that does not answer, and a file that is not there, are said', () => {
    assert.deepEqual(differences({ led: 'cardOk' }, { agent: undefined }), ['the agent does not answer']);
    const card = { card: 'card', file: 'RESULT.TXT', contains: 'one' };
    assert.deepEqual(differences({ card }, { cardFile: undefined }), ['RESULT.TXT is not on card card']);
    assert.deepEqual(differences({ card: { card: 'card', file: 'T2M.txt' } }, { cardFile: undefined }), []);
  });

  test('only what is spoken of is looked at', async () => {
    const asked: string[] = [];
    const note =
      <T>(what: string, answer: T) =>
      async () => {
        asked.push(what);
        return answer;
      };
    const eyes: Eyes = {
      agent: note('agent', undefined),
      events: note('events', []),
      account: note('account', SEEN.account),
      cardFile: note('cardFile', undefined),
    };
    await look({ account: { pending: 0 } }, eyes);
    await look({ led: 'cardOk', starts: 1 }, eyes);
    assert.deepEqual(asked, ['account', 'agent']);
  });

  test("a silence is the agent's only as far as the watcher itself was awake", () => {
    const vitals = { heartbeatGapMs: 1500, watcherGapMs: 600, memoryGrowthKib: 100 };
    assert.deepEqual(limitsPassed({ heartbeatGapMs: 1000, memoryGrowthKib: 100 }, vitals), []);
    assert.equal(limitsPassed({ heartbeatGapMs: 899, memoryGrowthKib: 99 }, vitals).length, 2);
  });
});
