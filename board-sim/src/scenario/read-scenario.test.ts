import { toUtf8 } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { readScenarios } from './read-scenario.ts';

const SOUND = {
  name: 'one-card',
  shows: 'A card goes in and is seen.',
  boards: ['sim'],
  given: { cards: { card: {} } },
  steps: [
    { insert: { card: 'card', slot: 'usb1' } },
    { expect: { registration: 'pending', withinMs: 2000 } },
    { stays: { led: 'cardOk', forMs: 100 } },
    { wait: { ms: 5 } },
  ],
};

const read = (scenario: object) => readScenarios(toUtf8(JSON.stringify(scenario)), 'one-card.json');

suite('reading a scenario', (test) => {
  test('steps become orders and looks, and what is not told is filled in', () => {
    const [scenario] = assertOk(read(SOUND));
    assert.deepEqual(scenario?.steps, [
      { do: 'insert', with: { card: 'card', slot: 'usb1' } },
      { do: 'expect', seen: { registration: 'pending' }, withinMs: 2000 },
      { do: 'stays', seen: { led: 'cardOk' }, forMs: 100 },
      { do: 'wait', ms: 5 },
    ]);
    assert.deepEqual(scenario.tags, []);
    assert.deepEqual(scenario.given.cards?.['card'], {
      ...{
        key: 'account',
        manifest: 'signed',
        wishes: [],
        format: 'fat32',
        table: 'none',
        damage: [],
        lock: 'open',
        badSectors: [],
      },
    });
  });

  test('forEach makes one scenario of each entry, with its values, its name and its tags', () => {
    const forEach = [
      { is: 'fast', ms: 1, tags: ['ci'] },
      { is: 'slow', ms: 900 },
    ];
    const scenarios = assertOk(read({ ...SOUND, tags: ['soak'], forEach, steps: [{ wait: { ms: '$ms' } }] }));
    assert.deepEqual(
      scenarios.map(({ name, tags, steps }) => ({ name, tags, steps })),
      [
        { name: 'one-card-fast', tags: ['soak', 'ci'], steps: [{ do: 'wait', ms: 1 }] },
        { name: 'one-card-slow', tags: ['soak'], steps: [{ do: 'wait', ms: 900 }] },
      ],
    );
  });

  const broken: Record<string, readonly [scenario: object, told: RegExp]> = {
    'an unknown step is named': [{ steps: [{ jump: {} }] }, /\/steps\/0: .*jump/],
    'a step with two members is none': [{ steps: [{ powerCut: {}, powerOn: {} }] }, /\/steps\/0: .*1/],
    'an expectation without a deadline is named': [
      { steps: [{ expect: { led: 'cardOk' } }] },
      /\/steps\/0\/expect: .*withinMs/,
    ],
    'an expectation of nothing expects nothing': [{ steps: [{ expect: { withinMs: 5 } }] }, /\/steps\/0\/expect/],
    'a card that is not given is named': [
      { steps: [{ insert: { card: 'crad', slot: 'usb1' } }] },
      /there is no card "crad"/,
    ],
    'a card looked at that is not given is named': [
      { steps: [{ expect: { card: { card: 'crad', file: 'RESULT.TXT' }, withinMs: 5 } }] },
      /there is no card "crad"/,
    ],
    'a misspelt code is named: it would never come, and pass where none is wanted': [
      { steps: [{ expect: { events: [{ code: 'CARD_GOME', atMost: 0 }], withinMs: 5 } }] },
      /there is no code CARD_GOME/,
    ],
    'one misspelt code of several is named': [
      { steps: [{ expect: { slots: { usb1: { code: 'CARD_GONE|CARD_GOME' } }, withinMs: 5 } }] },
      /there is no code CARD_GOME/,
    ],
    'a value that forEach does not have stays as it is written, and is refused': [
      { forEach: [{ is: 'a' }], steps: [{ wait: { ms: '$ms' } }] },
      /\/steps\/0\/wait\/ms/,
    ],
    'an entry of forEach without a name is refused': [{ forEach: [{ ms: 1 }] }, /\/0: .*is/],
    'a board that there is not is refused': [{ boards: ['simm'] }, /\/boards\/0/],
  };
  for (const [name, [change, told]] of Object.entries(broken)) {
    test(name, () => assert.match(assertFault(read({ ...SOUND, ...change }), 'SCENARIO_BAD').detail, told));
  }

  test('what is no JSON, no object or larger than 64 KiB is refused with the name of the file', () => {
    for (const text of ['{', '[]', '"x"', ' '.repeat(65 * 1024)]) {
      assert.match(assertFault(readScenarios(toUtf8(text), 'a.json'), 'SCENARIO_BAD').detail, /^a\.json: /);
    }
  });
});
