import type { BenchAnswer } from './bench.ts';
import { figure, SPREAD_HEAD, spreadCells, table } from './report.ts';
import { spread } from './statistics.ts';

/** How many messages the producer has under way at a time. */
export const OUTSTANDING = [1, 8, 64, 256, 1000] as const;

/** One round of one of them, and what the machine itself took just before. */
export type OutboxRound = {
  readonly who: (typeof OUTSTANDING)[number] | 'floor';
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly durableWriteMs: number;
};

const AIM_PER_SECOND = 10_000;
const AIM_P99_MS = 5;

/** Words what was measured. */
export function outboxAnswer(rounds: readonly OutboxRound[], bodyBytes: number): BenchAnswer {
  const of = (who: OutboxRound['who'], what: keyof Omit<OutboxRound, 'who'>) =>
    spread(rounds.filter((round) => round.who === who).map((round) => round[what]));
  const figuresOf = (who: OutboxRound['who']) => ({
    perSecond: of(who, 'perSecond'),
    p50Ms: of(who, 'p50Ms'),
    p99Ms: of(who, 'p99Ms'),
  });
  const floor = figuresOf('floor');
  const outbox = OUTSTANDING.map((outstanding) => {
    const figures = figuresOf(outstanding);
    return { outstanding, ...figures, ofFloor: figures.perSecond.median / floor.perSecond.median };
  });
  const durableWriteMs = of('floor', 'durableWriteMs');
  const rate = [
    ...outbox.map(({ outstanding, perSecond, ofFloor }) => [
      `${outstanding} under way`,
      ...spreadCells(perSecond),
      figure(ofFloor),
      outstanding === 64 ? `≥ ${AIM_PER_SECOND}` : '',
    ]),
    ['*floor:* plain loop, 64 to a commit', ...spreadCells(floor.perSecond), '1.00', ''],
  ];
  const wait = [
    ...outbox.map(({ outstanding, p50Ms, p99Ms }) => [
      `${outstanding} under way`,
      figure(p50Ms.median),
      ...spreadCells(p99Ms),
      outstanding === 64 ? `p99 ≤ ${AIM_P99_MS}` : '',
    ]),
    ['*floor:* commit of 64', figure(floor.p50Ms.median), ...spreadCells(floor.p99Ms), ''],
    ['*machine:* 4 KiB, fsync, rename', figure(durableWriteMs.median), ...spreadCells(durableWriteMs), ''],
  ];
  return {
    figures: { aimPerSecond: AIM_PER_SECOND, aimP99Ms: AIM_P99_MS, bodyBytes, outbox, floor, durableWriteMs },
    body: [
      METHOD.replace('BYTES', `${bodyBytes}`),
      table(['messages/s', ...SPREAD_HEAD, '× floor', 'aim'], rate),
      table(
        ['ms from offer to answer', 'p50', ...SPREAD_HEAD.map((head) => (head === 'n' ? head : `p99, ${head}`)), 'aim'],
        wait,
      ),
    ].join('\n\n'),
  };
}

const METHOD = `The agent's outbox in one process with its producer, which keeps so many messages of BYTES bytes under way and offers the
next one as soon as one is answered. An answer means that the message is on the disk (SQLite, WAL, synchronous FULL). Each
round takes all of them in turns with the floor: the same library in a plain loop, 64 rows to a commit, without seq, epoch,
kinds, budget or producer. p99 is that of a round; n is how many rounds there were.`;
