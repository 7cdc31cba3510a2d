import type { BenchAnswer } from './bench.ts';
import type { Memory } from './proc.ts';
import { figure, table } from './report.ts';
import type { Resident } from './resident.ts';
import { type Spread, spread } from './statistics.ts';

export type ResidentName = 'bare' | 'floor' | 'untidy' | 'idle' | 'fresh' | 'node-red' | 'sparkplug';

const NAMES: Readonly<Record<ResidentName, string>> = {
  bare: 'bare Node',
  floor: 'floor program',
  untidy: 'floor program that leaves its garbage to Node',
  idle: '**agent**, idle and connected, started from what it saved',
  fresh: 'agent after a registration in the same process',
  'node-red': 'node-red, one MQTT connection over TLS',
  sparkplug: 'Sparkplug client (sparkplug-client), as it comes, over TLS',
};
const AIM = 1.15;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const MEASURES = { pss: 'pssKib', privateDirty: 'privateDirtyKib', rss: 'rssKib' } as const;

/** Words what was measured over so many seconds. */
export function footprintAnswer(
  residents: ReadonlyMap<ResidentName, Resident>,
  { seconds, warmUpSeconds }: { readonly seconds: number; readonly warmUpSeconds: number },
): BenchAnswer {
  const seen = [...residents].map(([name, resident]) => ({ name, ...figuresOf(resident, seconds) }));
  const floor = seen.find(({ name }) => name === 'floor');
  if (!floor) throw new Error('this is a bug: no floor was watched');
  const rows = seen.map(({ name, pss, privateDirty, rss, ...of }) => [
    NAMES[name],
    mib(pss),
    ratio(pss, floor.pss),
    mib(privateDirty),
    ratio(privateDirty, floor.privateDirty),
    mib(rss),
    figure(of.cpuSecondsPerHour),
    figure(of.sleepsPerMinute),
    figure(of.kibPerDay),
  ]);
  const head = [
    '',
    'PSS, MiB',
    '× floor',
    'Private_Dirty, MiB',
    '× floor',
    'RSS, MiB',
    'CPU, s per hour',
    'sleeps per minute',
    'on the wire, KiB per day',
  ];
  return {
    figures: { seconds, aimRatio: AIM, residents: seen },
    body: `${method(seconds, warmUpSeconds)}\n\n${table(head, rows)}\n\n${AIMED}`,
  };
}

function figuresOf({ memory, cpuMs, sleeps, wireBytes }: Resident, seconds: number) {
  const of = (measure: keyof Memory) => spread(memory.map((sample) => sample[measure]));
  return {
    ...{ pss: of(MEASURES.pss), privateDirty: of(MEASURES.privateDirty), rss: of(MEASURES.rss) },
    cpuSecondsPerHour: ((cpuMs / 1000) * HOUR_S) / seconds,
    sleepsPerMinute: (sleeps * 60) / seconds,
    kibPerDay: ((wireBytes / 1024) * DAY_S) / seconds,
  };
}

/** A median with what was least and most. */
function mib({ median, min, max }: Spread): string {
  const text = (kib: number) => figure(kib / 1024);
  return `${text(median)} (${text(min)}–${text(max)})`;
}

function ratio(own: Spread, floor: Spread): string {
  return (own.median / floor.median).toFixed(2);
}

const method = (seconds: number, warmUpSeconds: number) =>
  `All processes run at the same time on the same Node, so that they share the same pages of it. The floor program is one TLS
MQTT connection by the same client with a certificate of this account, and one SQLite file; floor and agent are bundled by the same
means. Both have given back the garbage of their start a minute after it, which Node does by itself or not, by chance. The peers run as npm installs them. Samples of \`/proc/PID/smaps_rollup\` every 10 s for ${seconds} s, after ${warmUpSeconds} s of warming up; median
(least–most). CPU and how often the main thread went to sleep are of the whole time, from \`/proc/PID/stat\` and \`status\`. On the wire
is what all TCP connections of the process sent and received meanwhile, TLS, TCP and IP headers included, by \`ss\`, times what a day has of
that; all ping each 60 s, and the agent says each 15 minutes how it is, which falls into these ten minutes once or not at all.`;

const AIMED = `Aim: PSS and Private_Dirty of the idle connected agent at most ${AIM} × the floor, and less than 1 MiB per day on the wire.`;
