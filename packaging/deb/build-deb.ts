import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleAgent, bundleSwitch } from '../bundle-agent.ts';
import { aboutVersion } from './about-version.ts';
import { copyrightPage, npmParts } from './copyright.ts';
import { type Arch, CPUS, nodeRuntime } from './node-runtime.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const PACKAGE = 'ewon-agent';
const MAINTAINER = 'ewon-agent maintainers <maintainers@ewon-agent.example>';
const EXECUTABLE = new Set([
  'usr/bin/ewon-agent',
  ...['choose-version', 'node', 'slot-access'].map((name) => `usr/lib/ewon-agent/${name}`),
]);
export type DebOptions = {
  readonly arch: Arch;
  /** Version of the agent unless told. */
  readonly version?: string;
  /** Where the package goes. */
  readonly outdir: string;
  /** Where the npm package of Node is kept between builds. */
  readonly cacheDir: string;
  /** Seconds since 1970 that every file is said to be of, so that the same sources make the same package. */
  readonly epochS: number;
  /** `small` packs four to one, which takes a minute of processor time; `none` is for who installs it at once. The files are the same. */
  readonly compression: 'small' | 'none';
};

/**
 * Builds the Debian package of the agent for one processor, whatever the processor here. One that was built of the
 * same files before is left as it is: packing takes longest, and would give the same bytes.
 * @returns path of the `.deb`
 * @throws when npm or dpkg-deb fail; what they say is on standard error
 */
export async function buildDeb(options: DebOptions): Promise<string> {
  const { arch, outdir, cacheDir, epochS, compression } = options;
  const version = options.version ?? agentVersion();
  const deb = join(outdir, `${PACKAGE}_${version}_${arch}.deb`);
  const tree = `${deb}.${process.pid}`; // two may build at a time
  cpSync(join(HERE, 'files'), tree, { recursive: true });
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  };

  const agent = await bundleAgent(join(tree, 'usr/lib/ewon-agent'), CPUS[arch], version);
  const changer = await bundleSwitch(join(tree, 'usr/lib/ewon-agent/switch'));
  put('usr/lib/ewon-agent/about.json', aboutVersion(version, arch));
  const node = nodeRuntime(arch, cacheDir);
  put('usr/lib/ewon-agent/node', node.binary);
  const nodePart = { name: 'Node.js', version: node.version, licence: 'MIT and others', text: node.licence };
  const doc = `usr/share/doc/${PACKAGE}`;
  put(
    `${doc}/copyright`,
    copyrightPage([...npmParts([...new Set([...agent.sources, ...changer.sources])].sort()), nodePart]),
  );
  put(`${doc}/changelog.gz`, gzipSync(changelog(version, epochS), { level: 9 }));
  for (const page of globSync('usr/share/man/man*/*[0-9]', { cwd: tree })) {
    put(`${page}.gz`, gzipSync(readFileSync(join(tree, page)), { level: 9 }));
    rmSync(join(tree, page));
  }

  const paths = globSync('**/*', { cwd: tree }).sort();
  const files = paths.filter((path) => lstatSync(join(tree, path)).isFile());
  put('DEBIAN/control', controlFile({ arch, version, installedKiB: kibibytesOf(tree, paths) }));
  put('DEBIAN/conffiles', `${files.flatMap((path) => (path.startsWith('etc/') ? [`/${path}\n`] : [])).join('')}`);
  put('DEBIAN/md5sums', md5sums(tree, files));
  for (const script of globSync('*', { cwd: join(HERE, 'control') }))
    put(`DEBIAN/${script}`, readFileSync(join(HERE, 'control', script)));
  settle(tree, epochS);

  const key = `${keyOf(tree)} ${epochS} ${compression}\n`;
  if (!existsSync(deb) || textOf(`${deb}.key`) !== key) {
    const how = { small: '-Zxz', none: '-Znone' }[compression];
    execFileSync('dpkg-deb', ['--root-owner-group', how, '--build', tree, `${tree}.deb`], {
      env: { ...process.env, SOURCE_DATE_EPOCH: String(epochS) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(`${tree}.deb`, deb);
    writeFileSync(`${deb}.key`, key);
  }
  rmSync(tree, { recursive: true });
  return deb;
}

/** The version of the agent, which is the version of its package. */
export function agentVersion(): string {
  return JSON.parse(readFileSync(join(ROOT, 'agent/package.json'), 'utf8')).version;
}

function controlFile(of: { arch: Arch; version: string; installedKiB: number }): string {
  return `Package: ${PACKAGE}
Version: ${of.version}
Architecture: ${of.arch}
Maintainer: ${MAINTAINER}
Installed-Size: ${of.installedKiB}
Depends: libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 8), init-system-helpers (>= 1.54), passwd, systemd | systemd-standalone-sysusers
Recommends: systemd, udev
Section: net
Priority: optional
Description: joins an Ewon gateway to its account by itself
 The agent runs on the Linux board beside an Ewon. A card with a registration
 key in one of its slots makes the Ewon ask its account to be taken in; once a
 person has approved it, it is online over MQTT.
 .
 The Node it runs on is inside and is used by nothing else.
`;
}

function changelog(version: string, epochS: number): string {
  const date = new Date(epochS * 1000).toUTCString().replace('GMT', '+0000');
  return `${PACKAGE} (${version}) unstable; urgency=medium

  * What changed is told by the history of the sources.

 -- ${MAINTAINER}  ${date}
`;
}

/** What the files take on disk, rounded as Debian Policy 5.6.20 says: each file up to a KiB, 1 KiB for all else. */
function kibibytesOf(tree: string, paths: readonly string[]): number {
  const sizes = paths.map((path) => lstatSync(join(tree, path)));
  return sizes.reduce((sum, stat) => sum + (stat.isFile() ? Math.ceil(stat.size / 1024) : 1), 0);
}

function md5sums(tree: string, files: readonly string[]): string {
  const inPackage = files.filter((path) => !path.startsWith('etc/'));
  return execFileSync('md5sum', inPackage, { cwd: tree, encoding: 'utf8' });
}

/** Names what is in a tree: two with the same name hold the same files. */
function keyOf(tree: string): string {
  const hash = createHash('sha256');
  const files = globSync('**/*', { cwd: tree }).filter((path) => statSync(join(tree, path)).isFile());
  for (const path of files.sort()) hash.update(`${path}\n`).update(readFileSync(join(tree, path)));
  return hash.digest('hex');
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Modes by rule and one time for all, so that neither umask nor checkout shows in the package. */
function settle(tree: string, epochS: number): void {
  for (const path of ['', ...globSync('**/*', { cwd: tree })]) {
    const file = join(tree, path);
    const runs = EXECUTABLE.has(path) || /^DEBIAN\/(pre|post)(inst|rm)$/.test(path);
    chmodSync(file, statSync(file).isDirectory() || runs ? 0o755 : 0o644);
    lutimesSync(file, epochS, epochS);
  }
}
