import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
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
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { createTufRepository } from '../testing/switch-repository.ts';
import { bundleSwitch, createSwitchSite, PATCH, type SwitchSite } from '../testing/switch-site.ts';
import { targetOf, ustar, type VersionSample, versionTarget } from '../testing/version-archive.ts';

// The real launcher and the real switch, as processes, on a board that is a directory.

const bundled = mkdtempSync(join(tmpdir(), 'switch-bundle-'));
process.once('exit', () => rmSync(bundled, { recursive: true }));
const entry = bundleSwitch(bundled);

suite('versions of the agent', { timeoutMs: 60_000 }, (test) => {
  let site: SwitchSite;
  test.before.each(() => {
    site = createSwitchSite(entry);
  });
  test.after.each(() => site.remove());
  const orders = (more: readonly string[] = []) => site.run('orders', { more }).stderr.trim();
  const bless = (version: string) => {
    site.orderVersion({ version });
    assert.equal(orders(), `is tried: ${version}`);
    assert.equal(site.start(), `${version} run`);
    site.online(version);
    assert.equal(orders(), `blessed: ${version}`);
  };

  test('without a patch the packaged version is started, and root does not even start a Node', () => {
    assert.equal(site.start(), '1.0.0 run');
    assert.deepEqual(site.left(), []);
  });

  test('a newer one is tried, and stays once it was online; nothing of the way there is left', () => {
    site.start();
    const id = site.orderVersion({ version: '1.1.0' });
    assert.equal(orders(), 'is tried: 1.1.0');
    assert.deepEqual([site.verdict(), site.restarts()], [{ id }, 1]);
    assert.equal(site.start(), '1.1.0 run');
    site.online('1.1.0');
    assert.equal(orders(), 'blessed: 1.1.0');
    assert.equal(site.restarts(), 1);
    for (let i = 0; i < 4; i += 1) assert.equal(site.start(), '1.1.0 run');
    assert.deepEqual([site.left(), readdirSync(site.places.versionsDir)], [[], ['a', 'state.json', 'tuf.json']]);
  });

  test('the next one goes into the other directory, and what it replaces is removed when it is blessed', () => {
    bless('1.1.0');
    bless('1.2.0');
    assert.deepEqual(readdirSync(site.places.versionsDir), ['b', 'state.json', 'tuf.json']);
    assert.equal(site.start(), '1.2.0 run');
    bless('1.3.0');
    assert.equal(site.start(), '1.3.0 run');
  });

  test('one that crashes at once is started three times, then the one before, which can tell why', () => {
    bless('1.1.0');
    const id = site.orderVersion({ version: '1.2.0', main: 'process.exit(1)' });
    orders();
    for (let i = 0; i < 3; i += 1) assert.equal(site.start(), '');
    for (let i = 0; i < 2; i += 1) assert.equal(site.start(), '1.1.0 run');
    const { code, detail } = site.versions().last ?? {};
    assert.deepEqual(
      [site.versions().last?.id, code, detail],
      [id, 'PATCH_NOT_BLESSED', 'it was not online in 3 starts'],
    );
    assert.deepEqual([site.left(), readdirSync(site.places.versionsDir)], [[], ['a', 'state.json', 'tuf.json']]);
  });

  test('one that is never online is ended after 20 minutes; it is tried again only when the one before was online', () => {
    site.orderVersion({ version: '1.1.0' });
    orders();
    for (let nth = 1; nth <= 3; nth += 1) {
      assert.equal(site.start(), '1.1.0 run', `try ${nth}`);
      const { atS } = JSON.parse(readFileSync(join(site.places.runDir, 'trial.json'), 'utf8'));
      const restarts = site.restarts();
      assert.equal(orders(['--uptime', String(atS + 1199)]), '');
      assert.equal(site.restarts(), restarts);
      assert.equal(orders(['--uptime', String(atS + 1200)]), 'was not online in time: 1.1.0');
      assert.equal(site.restarts(), restarts + 1);
      // with no way to the account the one before is started as often as may be, and that costs no try
      for (let i = 0; i < 4; i += 1) assert.equal(site.start(), '1.0.0 run');
      if (nth === 3) break;
      assert.equal(site.versions().trial?.resting, true);
      site.online('1.0.0');
      assert.equal(orders(), 'the way is there, it is tried again: 1.1.0');
      assert.equal(site.restarts(), restarts + 2);
    }
    assert.equal(site.versions().last?.code, 'PATCH_NOT_BLESSED');
    site.online('1.0.0');
    assert.equal(orders(), '');
    assert.equal(site.start(), '1.0.0 run');
  });

  test('what was said by a version that does not run any more blesses nothing', () => {
    site.orderVersion({ version: '1.1.0' });
    orders();
    site.start();
    for (const version of ['1.0.0', '1.2.0', '']) {
      site.online(version);
      orders();
      assert.equal(site.versions().blessed, undefined);
    }
    site.online('1.1.0');
    assert.equal(site.start(), '1.1.0 run'); // said before this start
    orders();
    assert.equal(site.versions().blessed, undefined);
  });

  test('a version that orders itself again, as one that forgets would, gets no new tries', () => {
    for (let i = 0; i < 3; i += 1) {
      site.orderVersion({ version: '1.1.0' });
      orders();
      assert.equal(site.start(), '1.1.0 run');
    }
    site.orderVersion({ version: '1.1.0' });
    orders();
    assert.equal(site.start(), '1.0.0 run');
  });

  test('after it was left, the same order again is three new tries', () => {
    site.orderVersion({ version: '1.1.0' });
    orders();
    for (let i = 0; i < 3; i += 1) site.start();
    assert.equal(site.start(), '1.0.0 run');
    bless('1.1.0');
  });

  test('a package that is as new, or newer, wins, and what it replaces is removed', () => {
    for (const [version, started] of [
      ['1.0.9', '1.1.0'],
      ['1.1.0', '1.1.0'],
      ['1.2.0', '1.2.0'],
    ] as const) {
      if (version === '1.0.9') bless('1.1.0');
      site.setPackage(version);
      assert.equal(site.start(), `${started} run`);
      assert.equal(existsSync(join(site.places.versionsDir, 'a')), version === '1.0.9');
    }
    site.orderVersion({ version: '1.3.0' });
    orders();
    site.setPackage('2.0.0');
    assert.equal(site.start(), '2.0.0 run');
    assert.equal(site.versions().last?.code, 'PATCH_NOT_NEWER');
  });

  test('what is damaged falls back to the package: a file of the version, one too many, the saved state', () => {
    const { versionsDir } = site.places;
    const damages: readonly (() => void)[] = [
      () => writeFileSync(join(versionsDir, 'a/main.mjs'), '// other'),
      () => writeFileSync(join(versionsDir, 'a/more.mjs'), ''),
      () => rmSync(join(versionsDir, 'a/about.json')),
      () => rmSync(join(versionsDir, 'a'), { recursive: true }),
      () => writeFileSync(join(versionsDir, 'state.json'), '{"v":1,"bless'),
      () => writeFileSync(join(versionsDir, 'state.json'), ''),
      () => rmSync(join(versionsDir, 'state.json')),
    ];
    bless('1.1.0');
    cpSync(versionsDir, join(site.dir, 'whole'), { recursive: true });
    for (const damage of damages) {
      rmSync(versionsDir, { recursive: true });
      cpSync(join(site.dir, 'whole'), versionsDir, { recursive: true });
      damage();
      assert.equal(site.start(), '1.0.0 run', String(damage));
      assert.deepEqual([site.left(), existsSync(join(versionsDir, 'a'))], [[], false]);
    }
  });

  test('whoever asks for the version is answered by the one that was started, not by one that waits', () => {
    site.start();
    site.orderVersion({ version: '1.1.0' });
    orders();
    assert.equal(site.launched(), '1.0.0 run');
    site.start();
    assert.equal(site.launched(), '1.1.0 run');
  });

  const refused: readonly (readonly [why: string, sample: VersionSample, code: string])[] = [
    ['an older one (downgrade)', { version: '0.9.0' }, 'PATCH_NOT_NEWER'],
    ['the same one', { version: '1.0.0' }, 'PATCH_NOT_NEWER'],
    ['one for another architecture', { version: '1.1.0', arch: 'arm64' }, 'PATCH_WRONG_PRODUCT'],
    [
      'one whose files are for another architecture',
      { version: '1.1.0', arch: 'arm64', custom: { productCodes: [] } },
      'PATCH_WRONG_PRODUCT',
    ],
    ['one of another kind', { version: '1.1.0', custom: { kind: 'ewon-firmware' } }, 'PATCH_NOT_SUPPORTED'],
    ['one that requires a step between', { version: '2.0.0', custom: { requires: ['1.5.0'] } }, 'PATCH_NOT_FROM_HERE'],
    ['one from other versions', { version: '2.0.0', custom: { from: ['1.5.x'] } }, 'PATCH_NOT_FROM_HERE'],
    ['one that needs a newer Node', { version: '1.1.0', node: '99.0.0' }, 'PATCH_NOT_FROM_HERE'],
    [
      'one whose files say that they are another version',
      { version: '9.9.9', custom: { version: '1.1.0' } },
      'PATCH_ARCHIVE_BAD',
    ],
    [
      'one that is described in a way that cannot be read',
      { version: '1.1.0', custom: { version: 'new' } },
      'PATCH_UNREADABLE',
    ],
    [
      'a link among the files',
      { version: '1.1.0', more: [{ name: 'x', type: '2', link: '/etc/passwd' }] },
      'PATCH_ARCHIVE_BAD',
    ],
    ['a file above the directory', { version: '1.1.0', more: [{ name: '../../etc/cron.d/x' }] }, 'PATCH_ARCHIVE_BAD'],
  ];
  for (const [why, sample, code] of refused)
    test(`${why} is refused with ${code}, and nothing of it is kept`, () => {
      const id = site.orderVersion(sample);
      orders();
      assert.deepEqual([site.verdict()?.id, site.verdict()?.code], [id, code]);
      assert.equal(site.restarts(), 0);
      assert.deepEqual([site.left(), readdirSync(site.places.versionsDir)], [[], ['tuf.json']]);
      assert.equal(site.start(), '1.0.0 run');
    });

  test('an archive that is none, or without what is started, is refused', () => {
    const custom = versionTarget({ version: '1.1.0' }).custom;
    const about = { name: 'about.json', bytes: '{"version":"1.1.0","arch":"amd64","node":"24.0.0"}' };
    const packed = (bytes: Buffer) => execFileSync('zstd', ['-q', '-c'], { input: bytes });
    for (const bytes of [
      Buffer.from('rubbish'),
      packed(Buffer.alloc(3000)),
      packed(ustar([about])),
      packed(ustar([about]).subarray(0, 700)),
    ]) {
      const target = targetOf(bytes, custom);
      site.order(target, site.repository.publish({ targets: { [PATCH]: target } }));
      orders();
      assert.equal(site.verdict()?.code, 'PATCH_ARCHIVE_BAD');
      assert.deepEqual(site.left(), []);
    }
  });
});

suite('what root believes', { timeoutMs: 60_000, needs: ['strace'] }, (test) => {
  let site: SwitchSite;
  test.before.each(() => {
    site = createSwitchSite(entry);
  });
  test.after.each(() => site.remove());
  const target = versionTarget({ version: '1.1.0' });
  const targets = { [PATCH]: target };
  const orderOf = (metadata: Record<string, string>, path?: string) => {
    site.order(target, metadata, path);
    const { status, stderr } = site.run('orders');
    assert.equal(status, 0, stderr);
    return site.verdict()?.code ?? 'taken';
  };

  test('a repository that is fine is taken, with a root that was rotated twice', () => {
    const { repository } = site;
    const roots = { '2.root.json': repository.rotate('timestamp', 2), '3.root.json': repository.rotate('root', 3) };
    assert.equal(orderOf({ ...repository.publish({ targets }), ...roots }), 'taken');
    assert.equal(site.start(), '1.1.0 run');
  });

  test('files under the names that a repository has them under are found as well', () => {
    const {
      'timestamp.json': timestamp = '',
      'snapshot.json': snapshot = '',
      'targets.json': list = '',
    } = site.repository.publish({ targets });
    assert.equal(
      orderOf({ 'timestamp.json': timestamp, '1.snapshot.json': snapshot, '1.targets.json': list }),
      'taken',
    );
  });

  test('without a root in /etc, or with one that others can write, nothing is taken', () => {
    const { rootFile } = site.places;
    chmodSync(rootFile, 0o664);
    assert.equal(orderOf(site.repository.publish({ targets })), 'TUF_NO_ROOT');
    rmSync(rootFile);
    assert.equal(orderOf(site.repository.publish({ targets })), 'TUF_NO_ROOT');
    writeFileSync(rootFile, '{}', { mode: 0o644 });
    assert.equal(orderOf(site.repository.publish({ targets })), 'TUF_NO_ROOT');
  });

  test('a forged order: a repository of somebody else, with a root of his own', () => {
    const foreign = createTufRepository();
    assert.equal(orderOf(foreign.publish({ targets })), 'TUF_UNSIGNED');
    assert.equal(orderOf({ ...foreign.publish({ targets }), '2.root.json': foreign.root(2) }), 'TUF_UNSIGNED');
    assert.equal(site.start(), '1.0.0 run');
  });

  test('rollback: older files than were seen, also after a new start', () => {
    const { repository } = site;
    const far = { timestamp: 5, snapshot: 5, targets: 5 };
    assert.equal(orderOf(repository.publish({ versions: far })), 'TUF_TARGET_UNKNOWN');
    site.start();
    assert.equal(orderOf(repository.publish({ targets })), 'TUF_ROLLBACK');
  });

  test('an order that is no order is taken away and answered by nothing; the disk outside stays as it is', () => {
    const { ordersDir } = site.places;
    const secret = join(site.dir, 'secret');
    writeFileSync(secret, JSON.stringify({ version: '1.1.0', id: 'a'.repeat(32), path: PATCH, metadata: {} }));
    const made: readonly ((path: string) => void)[] = [
      (path) => writeFileSync(path, 'no JSON'),
      (path) => writeFileSync(path, '{"id":"../../x","path":"/etc/passwd","metadata":{}}'),
      (path) => writeFileSync(path, Buffer.alloc(9 * 1024 * 1024, 0x20)),
      (path) => symlinkSync(secret, path),
      (path) => linkSync(secret, path),
      (path) => symlinkSync('/dev/zero', path),
      (path) => execFileSync('mkfifo', [path]),
      (path) => mkdirSync(path),
    ];
    mkdirSync(ordersDir, { recursive: true });
    for (const name of ['install', 'online'])
      for (const make of made) {
        make(join(ordersDir, name));
        const { status, stderr } = site.run('orders');
        assert.equal(status, 0, `${make}: ${stderr}`);
        assert.deepEqual([readdirSync(ordersDir), site.verdict()], [[], undefined], String(make));
        assert.ok(!stderr.includes('secret'));
      }
    assert.ok(existsSync(secret));
  });

  test('a target that is a link, a FIFO, a directory, missing, another, longer or shorter is not copied', () => {
    const { ordersDir } = site.places;
    const path = join(ordersDir, 'target');
    const other = join(site.dir, 'target-elsewhere');
    writeFileSync(other, target.bytes);
    const made: readonly (() => void)[] = [
      () => symlinkSync(other, path),
      () => linkSync(other, path),
      () => execFileSync('mkfifo', [path]),
      () => mkdirSync(path),
      () => {},
      () => writeFileSync(path, versionTarget({ version: '1.1.0', main: '// evil' }).bytes),
      () => writeFileSync(path, Buffer.concat([target.bytes, Buffer.alloc(1)])),
      () => writeFileSync(path, target.bytes.subarray(1)),
      () => writeFileSync(path, ''),
    ];
    for (const make of made) {
      site.order(target, site.repository.publish({ targets }));
      rmSync(path);
      make();
      const { status, stderr } = site.run('orders');
      assert.deepEqual([status, site.verdict()?.code], [0, 'TUF_TARGET_WRONG'], `${make}: ${stderr}`);
      assert.deepEqual([site.left(), site.restarts()], [[], 0]);
    }
  });

  test('a file that the agent swaps or writes over between the check and the use changes nothing', async () => {
    const evil = versionTarget({ version: '1.1.0', main: `process.stdout.write('evil')` });
    const { ordersDir } = site.places;
    for (const overwrites of [true, false]) {
      site.order(target, site.repository.publish({ targets }));
      // stopped when the copy was checked, and nothing was unpacked yet
      const log = join(site.dir, `log-${overwrites}`);
      const stop = ['-e', 'trace=mkdir', '-e', 'inject=mkdir:signal=SIGSTOP:when=1'];
      const child = site.spawn('orders', ['strace', '-f', '-qq', '-o', log, ...stop]);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await eventually(() => existsSync(log) && readFileSync(log, 'utf8').includes('stopped by SIGSTOP'), {
        what: 'the switch stops',
      });
      if (!overwrites) rmSync(join(ordersDir, 'target'));
      writeFileSync(join(ordersDir, 'target'), evil.bytes);
      const pid = Number(/^(\d+) .*stopped by SIGSTOP/m.exec(readFileSync(log, 'utf8'))?.[1]);
      process.kill(pid, 'SIGCONT');
      await ended;
      assert.equal(site.start(), '1.1.0 run');
      for (let i = 0; i < 3; i += 1) site.start(); // so that the next round begins anew
    }
  });
});
