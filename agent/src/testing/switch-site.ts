import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionPlaces } from '../adapters/version-places.ts';
import { readVerdict, type Verdict } from '../core/version-orders.ts';
import { readVersions, type Versions } from '../core/version-state.ts';
import { createTufRepository, type TargetSample, type TufRepository } from './switch-repository.ts';
import { mainOf, type VersionSample, versionTarget } from './version-archive.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FILES = join(ROOT, 'packaging/deb/files');
export const PATCH = 'ewon-agent.tar.zst';

export type SwitchRun = { readonly status: number | null; readonly signal: string | null; readonly stderr: string };

/** Bundles the switch as it is installed; answers its entry. */
export function bundleSwitch(dir: string): string {
  const args = [join(ROOT, 'packaging/bundle.ts'), dir, join(ROOT, 'agent/src/cli/switch.ts')];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

/** A board in a directory: the real launcher and the real switch, a package 1.0.0, and a repository that root trusts. */
export function createSwitchSite(entry: string, repository: TufRepository = createTufRepository()) {
  const dir = mkdtempSync(join(tmpdir(), 'switch-'));
  const places = versionPlaces(dir);
  const restarted = join(dir, 'restarted');
  const { packageDir, versionsDir, runDir } = places; // the last two are made by systemd
  for (const made of [join(dir, 'etc/ewon-agent'), join(dir, 'usr/bin'), packageDir, versionsDir, runDir])
    mkdirSync(made, { recursive: true });
  symlinkSync(process.execPath, join(places.packageDir, 'node'));
  const restart = script('restart', `echo again >> ${restarted}`);
  const launcher = script(
    'usr/bin/ewon-agent',
    readFileSync(join(FILES, 'usr/bin/ewon-agent'), 'utf8')
      .replaceAll(/\/(usr\/lib\/ewon-agent|var\/lib\/ewon-agent-versions|run\/ewon-agent-versions)/g, `${dir}/$1`)
      .replaceAll('id -u ewon-agent', 'false'), // a machine of ours may have that user
  );
  setPackage('1.0.0');
  writeFileSync(places.rootFile, repository.root(1), { mode: 0o644 });

  // as installed, but for where things are
  const chooser = script(
    'choose-version',
    readFileSync(join(FILES, 'usr/lib/ewon-agent/choose-version'), 'utf8')
      .replace(
        '/usr/lib/ewon-agent/node /usr/lib/ewon-agent/switch/main.mjs start',
        `"${process.execPath}" "${entry}" start --below "${dir}"`,
      )
      .replaceAll(/=\/(var|run)\//g, `=${dir}/$1/`),
  );

  function script(name: string, text: string): string {
    const path = join(dir, name);
    writeFileSync(path, text.startsWith('#!') ? text : `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  }
  function setPackage(version: string): void {
    writeFileSync(join(places.packageDir, 'about.json'), JSON.stringify({ version, arch: 'amd64', node: '24.0.0' }));
    writeFileSync(join(places.packageDir, 'main.mjs'), mainOf(version));
  }
  const argsOf = (what: 'start' | 'orders', more: readonly string[] = []) => [
    ...[process.execPath, entry, what, '--below', dir, '--restart', restart, ...more],
  ];

  const site = {
    ...{ dir, places, repository, setPackage, argsOf },
    /** Runs the switch; `before` goes before it, as strace does. */
    run(what: 'start' | 'orders', options: { before?: readonly string[]; more?: readonly string[] } = {}): SwitchRun {
      const [program = '', ...args] = [...(options.before ?? []), ...argsOf(what, options.more)];
      const { status, signal, stderr } = spawnSync(program, args, {
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      return { status, signal, stderr };
    },
    spawn(what: 'start' | 'orders', before: readonly string[]) {
      const [program = '', ...args] = [...before, ...argsOf(what)];
      return spawn(program, args, { stdio: 'ignore' });
    },
    /** What the agent does: puts the target and then the order where root looks. Answers the id of the order. */
    order(target: TargetSample, metadata: Record<string, string>, path = PATCH): string {
      const id = randomBytes(16).toString('hex');
      mkdirSync(places.ordersDir, { recursive: true });
      rmSync(join(places.ordersDir, 'target'), { force: true, recursive: true });
      writeFileSync(join(places.ordersDir, 'target'), target.bytes);
      writeFileSync(join(places.ordersDir, 'install'), JSON.stringify({ id, path, metadata }));
      return id;
    },
    /** Publishes a version and orders it. */
    orderVersion(sample: VersionSample): string {
      const target = versionTarget(sample);
      return site.order(target, repository.publish({ targets: { [PATCH]: target } }));
    },
    online(version: string): void {
      mkdirSync(places.ordersDir, { recursive: true });
      writeFileSync(join(places.ordersDir, 'online'), JSON.stringify({ version }));
    },
    verdict(): Verdict | undefined {
      const path = join(places.runDir, 'verdict.json');
      const read = existsSync(path) ? readVerdict(readFileSync(path)) : undefined;
      return read?.ok ? read.value : undefined;
    },
    versions(): Versions {
      const path = join(places.versionsDir, 'state.json');
      const read = readVersions(existsSync(path) ? readFileSync(path, 'utf8') : undefined);
      if (!read.ok) throw new Error(read.fault.detail);
      return read.value;
    },
    /** What the launcher starts, in words: `1.1.0 run`. */
    launched(): string {
      const { stdout, stderr } = spawnSync(launcher, ['run'], { encoding: 'utf8' });
      return stdout.trim() || stderr;
    },
    launcher,
    /** What a start of the agent comes to: choose-version, then the launcher. */
    start(): string {
      const { status, stderr } = spawnSync(chooser, { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return site.launched();
    },
    restarts: () => (existsSync(restarted) ? readFileSync(restarted, 'utf8').split('\n').length - 1 : 0),
    /** Everything beside what belongs there. */
    left(): readonly string[] {
      const { blessed, trial } = site.versions();
      const known = ['state.json', 'tuf.json', blessed?.slot, trial?.slot];
      const entries = existsSync(places.versionsDir) ? readdirSync(places.versionsDir) : [];
      const orders = existsSync(places.ordersDir) ? readdirSync(places.ordersDir) : [];
      return [...entries.filter((name) => !known.includes(name)), ...orders].sort();
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
  return site;
}
export type SwitchSite = ReturnType<typeof createSwitchSite>;
