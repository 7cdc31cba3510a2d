import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDeb } from './deb/build-deb.ts';
import { buildPatch } from './deb/build-patch.ts';
import { type Arch, NODE_VERSION } from './deb/node-runtime.ts';

// node packaging/package.ts [--arch amd64|arm64|all] [--quick] [--out DIR]: builds the Debian packages of the agent and the patches to
// this version into out/package, and prints their paths; their sizes go to standard error. --quick does not compress the packages, and builds
// no patch. Exit status: 0 built, 1 a program it needs failed, 2 wrong use.

const ROOT = join(import.meta.dirname, '..');
const ARCHES: readonly Arch[] = ['amd64', 'arm64'];

const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: 'all' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: join(ROOT, 'out/package') },
  },
});
const wanted = ARCHES.filter((arch) => values.arch === 'all' || values.arch === arch);

if (/^(arm|armhf|armel|armv[67].*)$/.test(values.arch)) {
  refuse(`There is no Node ${NODE_VERSION} for 32-bit ARM: the agent runs on amd64 and arm64.`);
} else if (wanted.length === 0) {
  refuse(`ARCH is amd64, arm64 or all (got "${values.arch}").`);
} else {
  mkdirSync(values.out, { recursive: true });
  for (const arch of wanted) {
    const startedMs = performance.now();
    const of = { arch, outdir: values.out, epochS: epochS() };
    const compression = values.quick ? 'none' : 'small';
    const deb = await buildDeb({ ...of, cacheDir: join(ROOT, 'out/cache'), compression });
    const built = values.quick ? [deb] : [deb, await buildPatch(of)];
    const sizes = built.map((file) => `${(statSync(file).size / 1e6).toFixed(1)} MB`);
    const took = `${((performance.now() - startedMs) / 1000).toFixed(0)} s`;
    process.stderr.write(`${sizes.join(', ')}${values.quick ? ' (not compressed)' : ''}, ${took}\n`);
    for (const file of built) process.stdout.write(`${relative(process.cwd(), file)}\n`);
  }
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 2;
}

/** SOURCE_DATE_EPOCH, else the time of the last commit, else (sources without git) 1 January 2026. */
function epochS(): number {
  const told = process.env['SOURCE_DATE_EPOCH'];
  if (told !== undefined && /^\d+$/.test(told)) return Number(told);
  try {
    return Number(
      execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return 1_767_225_600; // sources without their history have no time of their own
  }
}
