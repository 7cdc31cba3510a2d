import type { BenchAnswer } from './bench.ts';
import type { Memory } from './proc.ts';
import { figure, table } from './report.ts';
import type { Resident } from './resident.ts';
import { type Spread, spread } from './statistics.ts';

export type ResidentName = 'bare' | 'floor' | 'idle' | 'fresh';

const NAMES: Readonly<Record<ResidentName, string>> = {
  bare: 'bare Node',
  floor: 'floor program',
  idle: '**agent**, idle and connected, started from what it saved',
  fresh: 'agent after a registration in the same process',
};
const AIM = 1.2;
const MEASURES = { pss: 'pssKib', privateDirty: 'privateDirtyKib', rss: 'rssKib' } as const;

/** Words what was measured over so many seconds. */
export function footprintAnswer(residents: ReadonlyMap<ResidentName, Resident>, seconds: number): BenchAnswer {
  const seen = [...residents].map(([name, resident]) => ({ name, ...figuresOf(resident) }));
  const floor = seen.find(({ name }) => name === 'floor');
  if (!floor) throw new Error('this is a bug: no floor was watched');
  const rows = seen.map(({ name, pss, privateDirty, rss, cpuMs, sleeps }) => [
    NAMES[name],
    mib(pss),
    ratio(pss, floor.pss),
    mib(privateDirty),
    ratio(privateDirty, floor.privateDirty),
    mib(rss),
    String(cpuMs),
    String(sleeps),
  ]);
  const head = [
    '',
    'PSS, MiB',
    '× floor',
    'Private_Dirty, MiB',
    '× floor',
    'RSS, MiB',
    `CPU, ms in ${seconds} s`,
    'sleeps',
  ];
  return {
    figures: { seconds, aimRatio: AIM, residents: seen },
    body: `${METHOD}\n\n${table(head, rows)}\n\n${AIMED}`,
  };
}

function figuresOf({ memory, cpuMs, sleeps }: Resident) {
  const of = (measure: keyof Memory) => spread(memory.map((sample) => sample[measure]));
  return { pss: of(MEASURES.pss), privateDirty: of(MEASURES.privateDirty), rss: of(MEASURES.rss), cpuMs, sleeps };
}

/** A median with what was least and most. */
function mib({ median, min, max }: Spread): string {
  const text = (kib: number) => figure(kib / 1024);
  return `${text(median)} (${text(min)}–${text(max)})`;
}

function ratio(own: Spread, floor: Spread): string {
  return (own.median / floor.median).toFixed(2);
}

const METHOD = `All processes run at the same time on the same Node, so that they share the same pages of it. The floor program is one TLS
MQTT connection by the same client with a certificate of this account, and one SQLite file; floor and agent are bundled by the same
means. Samples of \`/proc/PID/smaps_rollup\` every 2 s after 15 s of warming up; median (least–most). CPU and how often the main
thread went to sleep are of the whole time, from \`/proc/PID/stat\` and \`status\`.`;

const AIMED = `Aim: PSS and Private_Dirty of the idle connected agent at most ${AIM} × the floor.`;
