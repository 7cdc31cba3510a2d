// test-timeout: 300 s
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { sampleDeb } from '../testing/sample-debs.ts';
import type { Arch } from './node-runtime.ts';

const ROOT = join(import.meta.dirname, '../..');
const ARCHES: readonly Arch[] = ['amd64', 'arm64'];
/** Machines by their number in an ELF header (e_machine). */
const MACHINES = { 62: 'amd64', 183: 'arm64' } as Readonly<Record<number, Arch>>;

/** What runs; everything else is read. */
const PROGRAMS = [
  './usr/bin/ewon-agent',
  './usr/lib/ewon-agent/choose-version',
  './usr/lib/ewon-agent/node',
  './usr/lib/ewon-agent/slot-access',
];

suite('the Debian package', { timeoutMs: 200_000, needs: ['dpkg-deb', 'lintian'] }, (test) => {
  const debs = new Map<Arch, string>();
  let unpacked = '';
  test.before(async () => {
    unpacked = mkdtempSync(join(tmpdir(), 'deb-'));
    for (const arch of ARCHES) {
      const deb = await sampleDeb(arch, 'build');
      debs.set(arch, deb);
      execFileSync('dpkg-deb', ['--extract', deb, join(unpacked, arch)]);
    }
  });
  test.after(() => rmSync(unpacked, { recursive: true }));

  const debOf = (arch: Arch) => debs.get(arch) ?? assert.fail(arch);
  const fileIn = (arch: Arch, path: string) => readFileSync(join(unpacked, arch, path));
  /** `mode owner/group path` of each entry, without times and sizes. */
  const entriesOf = (arch: Arch) =>
    execFileSync('dpkg-deb', ['--contents', debOf(arch)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
      .map(([mode = '', owner = '', , , , path = '']) => ({ mode, owner, path }));

  for (const arch of ARCHES) {
    test(`for ${arch}: everything is root's, only programs run, and nobody but root may write`, () => {
      for (const { mode, owner, path } of entriesOf(arch)) {
        const wanted = path.endsWith('/') ? 'drwxr-xr-x' : PROGRAMS.includes(path) ? '-rwxr-xr-x' : '-rw-r--r--';
        assert.deepEqual([path, mode, owner], [path, wanted, 'root/root']);
      }
    });

    test(`for ${arch}: the Node inside is a program for it, and what opens serial ports is made for it`, () => {
      for (const name of ['node', 'serialport.node']) {
        const code = fileIn(arch, `./usr/lib/ewon-agent/${name}`);
        assert.equal(code.subarray(0, 4).toString('latin1'), '\x7fELF');
        assert.equal(MACHINES[code.readUInt16LE(18)], arch);
      }
      assert.equal(
        execFileSync('dpkg-deb', ['--field', debOf(arch), 'Architecture'], { encoding: 'utf8' }).trim(),
        arch,
      );
    });
  }

  test('both hold the same files but for machine code, and what says so', () => {
    const [amd64, arm64] = ARCHES.map((arch) => entriesOf(arch).map(({ path }) => path));
    assert.deepEqual(amd64, arm64);
    const sums = ARCHES.map((arch) =>
      execFileSync('dpkg-deb', ['--info', debOf(arch), 'md5sums'], { encoding: 'utf8' }),
    );
    const different = sums[0]?.split('\n').filter((line) => !sums[1]?.includes(line)) ?? [];
    assert.deepEqual(
      different.map((line) => line.split(/\s+/)[1]),
      ['about.json', 'node', 'serialport.node'].map((name) => `usr/lib/ewon-agent/${name}`),
    );
  });

  test('what the agent needs is there, and the configuration is a conffile', () => {
    const paths = entriesOf('amd64').map(({ path }) => path);
    for (const path of [
      './usr/bin/ewon-agent',
      './usr/lib/ewon-agent/main.mjs',
      './usr/lib/ewon-agent/fatfs.wasm',
      './usr/lib/ewon-agent/about.json',
      './usr/lib/ewon-agent/switch/main.mjs',
      './usr/lib/systemd/system/ewon-agent.service',
      './usr/lib/sysusers.d/ewon-agent.conf',
      './usr/share/man/man1/ewon-agent.1.gz',
      './etc/ewon-agent/config.json',
    ])
      assert.ok(paths.includes(path), path);
    const conffiles = execFileSync('dpkg-deb', ['--info', debOf('amd64'), 'conffiles'], { encoding: 'utf8' });
    assert.equal(conffiles, '/etc/ewon-agent/config.json\n');
  });

  test('nothing of what is only for development is inside, and no path of where it was built', () => {
    const dev = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).devDependencies);
    const copyright = fileIn('amd64', './usr/share/doc/ewon-agent/copyright').toString();
    const parts = [...copyright.matchAll(/^([@\w./-]+) \d+\.\d+\.\d+\S* \(/gm)].map(([, name = '']) => name);
    assert.ok(parts.includes('mqtt') && parts.includes('Node.js'), parts.join());
    assert.deepEqual(
      parts.filter((name) => dev.includes(name)),
      [],
    );
    const ours = entriesOf('amd64').filter(({ path }) => !path.endsWith('/') && !/\/(serialport\.)?node$/.test(path));
    for (const { path } of ours) assert.ok(!fileIn('amd64', path).includes(ROOT), path);
  });

  test('the copyright file names each part that is bundled, with its licence', () => {
    const copyright = fileIn('amd64', './usr/share/doc/ewon-agent/copyright').toString();
    for (const name of [
      'chokidar',
      'commander',
      'js-fatfs',
      'mqtt',
      'tweetnacl',
      '@peculiar/x509',
      '@serialport/bindings-cpp',
    ])
      assert.match(copyright, new RegExp(`^${name} \\d+\\.\\S+ \\((?!see).+\\)$`, 'm'));
  });

  test('lintian finds no error', async () => {
    // the sample is not compressed, to save time; what is published is
    const suppressed = 'uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball';
    // of one: 20 s each, and they hold the same files but for Node
    const args = ['--allow-root', '--suppress-tags', suppressed, debOf('amd64')];
    const { stdout } = await promisify(execFile)('lintian', args);
    assert.equal(stdout, '');
  });

  test('the same sources make the same package, byte for byte', async () => {
    const again = await sampleDeb('arm64', 'again');
    const hashes = [debOf('arm64'), again].map((deb) => createHash('sha256').update(readFileSync(deb)).digest('hex'));
    assert.equal(hashes[0], hashes[1]);
  });
});

suite('make package', { timeoutMs: 90_000 }, (test) => {
  const build = (arch: string) =>
    spawnSync(process.execPath, [join(ROOT, 'packaging/package.ts'), '--arch', arch], { encoding: 'utf8' });

  for (const arch of ['armhf', 'armel', 'arm', 'armv7l']) {
    test(`refuses ${arch} with one sentence, because there is no current Node for it`, () => {
      const { status, stdout, stderr } = build(arch);
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, /^There is no Node 24\S* for 32-bit ARM: .*\.\n$/);
    });
  }

  test('refuses an architecture that it does not know, and says which ones it does', () => {
    const { status, stderr } = build('mips');
    assert.equal(status, 2);
    assert.match(stderr, /amd64, arm64 or all \(got "mips"\)\.\n$/);
  });
});
