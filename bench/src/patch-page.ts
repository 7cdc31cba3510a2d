import { KIB } from '@ewon-agent/contracts';
import type { BenchAnswer } from './bench.ts';
import type { Held } from './patch-runner.ts';
import type { Memory } from './proc.ts';
import { figure, SPREAD_HEAD, spreadCells, table } from './report.ts';
import { type Spread, spread } from './statistics.ts';

/** One round, in milliseconds. */
export type PatchRound = {
  readonly floorMs: number;
  /** By the process that runs already. */
  readonly directoryMs: number;
  readonly httpsMs: number;
  /** By a process from its start to its end. */
  readonly processMs: number;
  /** Not where the kernel or the rights do not allow it. */
  readonly installMs?: number;
  readonly extractMs: number;
  /** `node -e 0`, from start to end. */
  readonly nodeMs: number;
};

/** What a process held around its first or its second patch. */
export type PatchHeld = Held & { readonly from: 'directory' | 'HTTPS'; readonly nth: 'first' | 'second' };

const AIM_RATIO = 2;
const AIM_MIB = 20;

const WAYS: Readonly<Record<keyof PatchRound, { readonly words: string; readonly aim: string }>> = {
  directoryMs: { words: "**agent's parts**, running, from a directory", aim: `≤ ${AIM_RATIO} × install` },
  httpsMs: { words: "**agent's parts**, running, over HTTPS", aim: `≤ ${AIM_RATIO} × install` },
  processMs: { words: "**agent's parts**, whole process, from a directory", aim: `≤ ${AIM_RATIO} × install` },
  installMs: { words: '`rauc install`, its service running', aim: '' },
  extractMs: { words: '`rauc extract`, whole process, and flushed', aim: '' },
  nodeMs: { words: '*machine:* `node -e 0`, whole process', aim: '' },
  floorMs: { words: '*floor:* Node.js: read, SHA-256, write, flush, rename', aim: '' },
};

/** Words what was measured. */
export function patchAnswer(
  rounds: readonly PatchRound[],
  held: readonly PatchHeld[],
  { patchBytes, why }: { readonly patchBytes: number; readonly why: string | undefined },
): BenchAnswer {
  const there = Object.keys(WAYS).filter((way): way is keyof PatchRound => rounds.every((round) => way in round));
  const ways = there.map((way) => ({
    ...{ way, ms: spread(valuesOf(rounds, way)), timesInstall: ratio(rounds, way, 'installMs') },
    ...{ timesExtract: ratio(rounds, way, 'extractMs'), timesFloor: ratio(rounds, way, 'floorMs') },
  }));
  const memory = memoryOf(held);
  const timeRows = ways.map(({ way, ms, timesInstall, timesExtract, timesFloor }) => [
    WAYS[way].words,
    ...spreadCells(ms),
    ...[timesInstall, timesExtract, timesFloor].map((times) => (times ? figure(times.median) : '')),
    WAYS[way].aim,
  ]);
  const memoryRows = memory.map(({ from, nth, idlePssMib, morePssMib, moreRssMib }) => [
    `${nth} patch of a process, ${from === 'HTTPS' ? 'over HTTPS' : 'from a directory'}`,
    figure(idlePssMib.median),
    ...spreadCells(morePssMib),
    ...[moreRssMib.median, moreRssMib.max].map(figure),
    nth === 'first' ? `PSS ≤ ${AIM_MIB}` : '',
  ]);
  const head = ['MiB', 'idle, PSS', ...SPREAD_HEAD.map((cell) => (cell === 'n' ? cell : `more PSS, ${cell}`))];
  return {
    figures: { patchBytes, aimRatio: AIM_RATIO, aimMib: AIM_MIB, ways, memory, whyNoInstall: why },
    body: [
      METHOD.replace('MIB', String(patchBytes / KIB / 1024)),
      ...(why === undefined ? [] : [`\`rauc install\` was not measured: ${why}.`]),
      table(['ms', ...SPREAD_HEAD, '× install', '× extract', '× floor', 'aim'], timeRows),
      MEMORY_METHOD,
      table([...head, 'more RSS, median', 'more RSS, max', 'aim'], memoryRows),
    ].join('\n\n'),
  };
}

function valuesOf(rounds: readonly PatchRound[], way: keyof PatchRound): number[] {
  return rounds.flatMap((round) => round[way] ?? []);
}

/** Of each round, so that what slowed a round down slowed both. */
function ratio(rounds: readonly PatchRound[], way: keyof PatchRound, peer: keyof PatchRound): Spread | undefined {
  const ratios = rounds.flatMap(({ [way]: ours, [peer]: theirs }) => (ours && theirs ? ours / theirs : []));
  return ratios.length > 0 ? spread(ratios) : undefined;
}

function memoryOf(held: readonly PatchHeld[]) {
  const kinds = (['directory', 'HTTPS'] as const).flatMap((from) =>
    (['first', 'second'] as const).map((nth) => ({ from, nth })),
  );
  return kinds.map((kind) => {
    const of = held.filter(({ from, nth }) => from === kind.from && nth === kind.nth);
    const more = (what: keyof Memory) => spread(of.map(({ idle, most }) => (most[what] - idle[what]) / KIB));
    const idlePssMib = spread(of.map(({ idle }) => idle.pssKib / KIB));
    return { ...kind, idlePssMib, morePssMib: more('pssKib'), moreRssMib: more('rssKib') };
  });
}

const METHOD = `The same file of MIB MiB of random bytes, from a disk that has it in its page cache, to a file that is known to be right and stays after
a power cut. All take turns in each round; × is the median of the ratios of the rounds.

The agent's parts read a TUF repository that they see for the first time, verify its metadata, and bring the file: hashed, flushed each
MiB and at the end, renamed. They are bundled as the agent is. *Running* is in a process that is there already and has done this before,
as an agent; from a directory as from a card, or over HTTPS on loopback, where the process of the bench is the server. *Whole process*
is one from its start to its end.

RAUC is that of Debian, with the file as the image of a bundle that is on the disk already, in the plain format and signed by a key on P-256.
\`rauc install\`, from its start to its end, has its service verify the bundle, mount it, and write the image to a slot that is not
booted, a file with its room taken, and flush it; the service runs already, on a message bus of its own, with no boot loader to tell.
\`rauc extract\` verifies and unpacks in a process of its own and flushes nothing, so the bench does, in the same time. It is beside it
for what it is: the least that RAUC does, which installs nothing.`;

const MEMORY_METHOD = `Memory, in runs of their own: a fresh process, bundled as well, brings the patch twice. Idle is just before each, with the garbage collected; the
process holds then what an agent that has no patches holds of this (schemas, hashes, HTTPS). *More* is the most of
\`/proc/PID/smaps_rollup\`, read every 2 ms until the patch is there, less idle. The first patch loads what verifies metadata.`;
