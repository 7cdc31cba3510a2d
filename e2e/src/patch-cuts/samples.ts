import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTufRepository, type TargetSample } from '@ewon-agent/agent/testing/switch-repository';
import { targetOf, versionTarget } from '@ewon-agent/agent/testing/version-archive';

const BUILD_PATCH = join(import.meta.dirname, '../../../packaging/deb/build-patch.ts');
const ARCH = 'amd64';

/** Versions that the board is brought to, each newer than the one before it. */
export const SAMPLES = {
  /** This agent, which says that it is another version. */
  works: '99.0.0',
  crashes: '99.0.1',
  hangs: '99.0.2',
} as const;
export type SampleName = keyof typeof SAMPLES;

export type Samples = {
  /** What a person puts into /etc/ewon-agent/aspu-root.json. */
  readonly root: string;
  /** What the agent puts down to have it installed. */
  order(name: SampleName): { readonly target: Uint8Array; readonly install: string };
};

/** Builds the patches, and a repository that holds all of them. */
export async function makeSamples(dir: string): Promise<Samples> {
  const repository = createTufRepository();
  const targets: Readonly<Record<SampleName, TargetSample>> = {
    works: await thisAgent(SAMPLES.works, dir),
    crashes: versionTarget({ version: SAMPLES.crashes, arch: ARCH, main: 'process.exit(1);\n' }),
    hangs: versionTarget({ version: SAMPLES.hangs, arch: ARCH, main: 'setInterval(() => {}, 3_600_000);\n' }),
  };
  const pathOf = (name: string) => `${name}.tar.zst`;
  const named = Object.entries(targets).map(([name, target]) => [pathOf(name), target] as const);
  const metadata = repository.publish({ targets: Object.fromEntries(named) });
  return {
    root: repository.root(1),
    order: (name) => ({
      target: targets[name].bytes,
      install: JSON.stringify({ id: randomBytes(16).toString('hex'), path: pathOf(name), metadata }),
    }),
  };
}

/** As "make package" builds it. */
async function thisAgent(version: string, outdir: string): Promise<TargetSample> {
  const options = { arch: ARCH, version, outdir, epochS: 1_780_000_000 };
  const script = `import { buildPatch } from ${JSON.stringify(BUILD_PATCH)}; process.stdout.write(await buildPatch(${JSON.stringify(options)}))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return targetOf(readFileSync(stdout), versionTarget({ version, arch: ARCH }).custom);
}
