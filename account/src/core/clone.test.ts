import { assert, suite } from '@ewon-agent/contracts/testing';
import { type Boots, judgeBoot, readBoots, writeBoots } from './clone.ts';

type Said = readonly [bootId: string, bootCount: number, seq: number, epoch?: string];

/** Plays what a device says; answers the number of the message that raised suspicion, or "sound". */
function verdictOn(said: readonly Said[]): string {
  let boots: Boots = readBoots(null);
  for (const [n, [bootId, bootCount, seq, epoch = 'e']] of said.entries()) {
    const verdict = judgeBoot(boots, { bootId, bootCount, epoch, seq });
    if (verdict.suspicion !== undefined) return `suspicion at ${n + 1}`;
    boots = readBoots(writeBoots(verdict.boots));
  }
  return 'sound';
}

const STORIES: readonly (readonly [story: string, said: readonly Said[], verdict: string])[] = [
  ['the first word of a device', [['a', 1, 1]], 'sound'],
  [
    'a line that comes and goes',
    [
      ['a', 1, 1],
      ['a', 1, 9],
      ['a', 1, 20],
    ],
    'sound',
  ],
  [
    'power cuts, kill -9 and restarts',
    [
      ['a', 1, 1],
      ['b', 2, 9],
      ['c', 3, 20],
      ['d', 7, 30],
    ],
    'sound',
  ],
  [
    'an outbox that was lost: a new epoch',
    [
      ['a', 1, 900, 'e1'],
      ['b', 2, 1, 'e2'],
      ['b', 2, 9, 'e2'],
    ],
    'sound',
  ],
  [
    'an outbox that was lost while it ran',
    [
      ['a', 1, 900, 'e1'],
      ['a', 1, 1, 'e2'],
    ],
    'sound',
  ],
  [
    'a broker that hands over again',
    [
      ['a', 1, 1],
      ['b', 2, 9],
      ['a', 1, 1],
      ['b', 2, 9],
    ],
    'sound',
  ],
  [
    'one message that was long on the way',
    [
      ['a', 1, 1],
      ['b', 2, 9],
      ['a', 1, 5],
      ['b', 2, 12],
    ],
    'sound',
  ],
  [
    'a backup restored: the count goes back',
    [
      ['a', 1, 1],
      ['b', 2, 9],
      ['c', 2, 9],
    ],
    'suspicion at 3',
  ],
  [
    'a much older backup',
    [
      ['a', 41, 1],
      ['c', 7, 9],
    ],
    'suspicion at 2',
  ],
  [
    'a copy beside the original: it goes on',
    [
      ['a', 1, 1],
      ['b', 2, 9],
      ['a', 1, 12],
    ],
    'suspicion at 3',
  ],
  [
    'the same, and the original has said less',
    [
      ['a', 1, 1],
      ['b', 2, 90],
      ['a', 1, 5],
      ['b', 2, 95],
      ['a', 1, 7],
    ],
    'suspicion at 5',
  ],
  [
    'a copy beside the original, which starts again',
    [
      ['a', 1, 1],
      ['b', 2, 9],
      ['c', 2, 12],
    ],
    'suspicion at 3',
  ],
  [
    'two that start in turn',
    [
      ['a', 1, 1],
      ['b', 2, 9],
      ['c', 3, 12],
      ['d', 3, 14],
    ],
    'suspicion at 4',
  ],
  [
    'a start that counts itself anew',
    [
      ['a', 1, 1],
      ['a', 2, 9],
    ],
    'suspicion at 2',
  ],
];

suite('clones', (test) => {
  for (const [story, said, verdict] of STORIES) test(story, () => assert.equal(verdictOn(said), verdict));

  test('a thousand starts take no more room than a few', () => {
    let boots = readBoots(null);
    for (let n = 1; n <= 1000; n += 1)
      boots = judgeBoot(boots, { bootId: `boot-${n}`, bootCount: n, epoch: 'e', seq: n }).boots;
    assert.ok(writeBoots(boots).length < 1000);
  });
});
