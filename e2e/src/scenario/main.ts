import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { junitXml } from '@ewon-agent/board-sim/scenario/junit';
import { type Play, play } from '@ewon-agent/board-sim/scenario/play';
import type { BoardKind, Scenario } from '@ewon-agent/board-sim/scenario/scenario';
import { describeFault, type Fault } from '@ewon-agent/contracts';
import { type Choice, choose, readCatalogue } from './catalogue.ts';
import { startAll } from './in-turn.ts';
import { prepareQemuGround } from './qemu-ground.ts';
import { setQemuStage } from './qemu-stage.ts';
import { progressLines, summaryLine } from './report.ts';
import { setSimStage } from './sim-stage.ts';

// npm run scenarios: plays scenarios of board-sim/scenarios on a board.
// Exit status: 0 all passed, 1 one failed, 2 wrong use or a file that is no scenario.

const HELP = `npm run scenarios -- [options] [part of a name …]

Plays the scenarios of board-sim/scenarios on a board. docs/scenarios.md says how to write one.

  --board BOARD   sim (virtual time, the default) or qemu (a real kernel, real time; builds the package and the board)
  --tag TAG       ci or soak: only those with this tag, or all; without it all but the long ones
  --jobs N        so many at a time (1 to 16); 1 unless told
  --package FILE  the agent's Debian package for the board qemu; built unless told
  --junit FILE    writes the results as JUnit XML as well
  --json          one JSON object per scenario on standard output; what is for people goes to standard error
  --list          says what there is and plays nothing
  --help          this text

Exit status: 0 all passed, 1 one failed, 2 wrong use.
`;

type Flags = {
  readonly jobs?: string;
  readonly package?: string;
  readonly junit?: string;
  readonly json?: boolean;
  readonly list?: boolean;
};

const OPTIONS = {
  board: { type: 'string', default: 'sim' },
  tag: { type: 'string' },
  jobs: { type: 'string', default: '1' },
  package: { type: 'string' },
  junit: { type: 'string' },
  json: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

process.exitCode = await main();

async function main(): Promise<number> {
  const asked = readArguments();
  if (typeof asked === 'string') return wrong({ code: 'USAGE', detail: asked });
  const { choice, flags } = asked;
  if (!choice) {
    process.stdout.write(HELP);
    return 0;
  }
  const read = readCatalogue();
  if (!read.ok) return wrong(read.fault);
  const chosen = choose(read.value, choice);
  if (!chosen.ok) return wrong(chosen.fault);
  return flags.list ? list(chosen.value) : playAll(chosen.value, choice.board, flags);
}

async function playAll(scenarios: readonly Scenario[], board: BoardKind, flags: Flags): Promise<number> {
  const people = flags.json ? process.stderr : process.stdout;
  const setStage = await stageFor(board, flags.package, (step) => void people.write(`     ${step}\n`));
  const playOne = async (scenario: Scenario) => {
    const result = await play(scenario, { board, setStage, wallMs: () => performance.now() });
    people.write(`${progressLines(result).join('\n')}\n`);
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    return result;
  };
  const results = await Promise.all(startAll(scenarios, Number(flags.jobs), playOne));
  people.write(`${summaryLine(results)}\n`);
  if (flags.junit) writeFileSync(flags.junit, junitXml(results));
  return results.every(({ outcome }) => outcome === 'passed') ? 0 : 1;
}

async function stageFor(
  board: BoardKind,
  debPath: string | undefined,
  tell: (step: string) => void,
): Promise<Play['setStage']> {
  if (board === 'sim') return setSimStage;
  const ground = await prepareQemuGround({ tell, ...(debPath === undefined ? {} : { debPath }) });
  return (scenario) => setQemuStage(scenario, ground);
}

function list(scenarios: readonly Scenario[]): number {
  for (const { name, tags, shows } of scenarios)
    process.stdout.write(`${name}${tags.map((tag) => ` [${tag}]`).join('')}\n    ${shows}\n`);
  return 0;
}

function readArguments(): { readonly choice?: Choice; readonly flags: Flags } | string {
  try {
    const { values, positionals: names } = parseArgs({ allowPositionals: true, options: OPTIONS });
    const { board, tag, help, ...flags } = values;
    if (help) return { flags };
    if (board !== 'sim' && board !== 'qemu') return '--board is sim or qemu';
    if (tag !== undefined && tag !== 'ci' && tag !== 'soak' && tag !== 'all') return '--tag is ci, soak or all';
    if (!/^([1-9]|1[0-6])$/.test(flags.jobs)) return '--jobs is 1 to 16';
    return { choice: { board, names, ...(tag ? { tag } : {}) }, flags };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wrong(fault: Fault): number {
  process.stderr.write(`${describeFault(fault)}\n`);
  return 2;
}
