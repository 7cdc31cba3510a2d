import { parseArgs } from 'node:util';
import type { Bench, BenchSize } from './bench.ts';
import { boardBench } from './board.ts';
import { consoleBench } from './console.ts';
import { drainBench } from './drain.ts';
import { fleetBench } from './fleet.ts';
import { footprintBench } from './footprint.ts';
import { ingestBench } from './ingest.ts';
import { listsBench } from './lists.ts';
import { mapBench } from './map.ts';
import { outboxBench } from './outbox.ts';
import { pageBench } from './page.ts';
import { patchBench } from './patch.ts';
import { registrationBench } from './registration.ts';
import { writeSection } from './report.ts';
import { startBench } from './start.ts';

// npm run bench -- [NAME …] [--runs N] [--seconds N] [--devices N] [--json]
// Figures go to stdout, progress to stderr. A run at full size also writes its section of docs/benchmarks.md; one that
// was made smaller does not, because its figures mean less.

const USAGE = `npm run bench -- NAME … [--runs N] [--seconds N] [--devices N] [--json]
Without --runs, --seconds and --devices a bench runs whole and writes its section of docs/benchmarks.md.
--devices is for "fleet", "map", "lists" and "page": a fleet of that many devices alone.`;

const BENCHES: readonly Bench[] = [
  registrationBench,
  boardBench,
  footprintBench,
  startBench,
  outboxBench,
  ingestBench,
  drainBench,
  fleetBench,
  mapBench,
  patchBench,
  consoleBench,
  listsBench,
  pageBench,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ json: { type: 'boolean' }, help: { type: 'boolean' } },
    ...{ runs: { type: 'string' }, seconds: { type: 'string' }, devices: { type: 'string' } },
  },
});
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
const size: BenchSize = {
  ...sized('runs', values.runs),
  ...sized('seconds', values.seconds),
  ...sized('devices', values.devices),
};
if (unknown.length > 0 || Object.values(size).some(Number.isNaN)) {
  process.stderr.write(
    `${unknown.length > 0 ? `no bench is called ${unknown.join(', ')}` : '--runs, --seconds and --devices take a number from 1'}\n`,
  );
  process.exitCode = 2;
} else if (positionals.length === 0 || values.help) {
  if (values.help) process.stdout.write(`${USAGE}\n\n`);
  for (const { name, about } of BENCHES) process.stdout.write(`${name.padEnd(14)}${about}\n`);
} else {
  for (const bench of BENCHES.filter(({ name }) => positionals.includes(name))) await measure(bench);
}

async function measure(bench: Bench): Promise<void> {
  const { name, title } = bench;
  const answer = await bench.run(size, (line) => process.stderr.write(`${name}: ${line}\n`));
  process.stdout.write(
    values.json ? `${JSON.stringify({ name, ...answer.figures })}\n` : `${title}\n\n${answer.body}\n`,
  );
  if (Object.keys(size).length === 0) writeSection({ name, title, body: answer.body });
}

function sized(name: keyof BenchSize, text: string | undefined): BenchSize {
  if (text === undefined) return {};
  return { [name]: /^[1-9][0-9]*$/.test(text) ? Number(text) : Number.NaN };
}
