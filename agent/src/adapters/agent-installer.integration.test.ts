import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patch, PatchInstallerPort } from '@ewon-agent/contracts';
import {
  type PatchFile,
  type PatchPlace,
  patchInstallerSuite,
} from '@ewon-agent/contracts/suites/patch-installer-suite';
import { assert, assertFault, assertOk, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';
import { bundleSwitch, createSwitchSite } from '../testing/switch-site.ts';
import { testClock } from '../testing/test-clock.ts';
import { type VersionSample, versionTarget } from '../testing/version-archive.ts';
import { createAgentInstaller } from './agent-installer.ts';
import { tellOnline } from './agent-orders.ts';
import { createSystemClock } from './clock-system.ts';

// The installer against the real switch and the real launcher; what systemd does is played here.

const bundled = mkdtempSync(join(tmpdir(), 'switch-bundle-'));
process.once('exit', () => rmSync(bundled, { recursive: true }));
const entry = bundleSwitch(bundled);
/** What a killed process was just about to do. */
const KILLED_AT = ['rename:when=1', 'fsync:when=2', 'rename:when=2', 'rename:when=9'];

function createPlace() {
  const site = createSwitchSite(entry);
  const { places } = site;
  const noteFile = join(site.dir, 'agent-patch.json');
  const samples: Readonly<Record<string, VersionSample>> = {
    'good.tar.zst': { version: '1.2.0' },
    'bad.tar.zst': { version: '1.1.0', main: 'process.exit(1)' },
  };
  const targets = Object.fromEntries(Object.entries(samples).map(([path, sample]) => [path, versionTarget(sample)]));
  const metadata = site.repository.publish({ targets });
  const fileOf = (path: string): PatchFile => {
    const { bytes, sha256, custom } = targets[path] ?? assert.fail(path);
    writeFileSync(join(site.dir, path), bytes);
    return { patch: { path, length: bytes.length, sha256, custom } as unknown as Patch, file: join(site.dir, path) };
  };
  site.start();

  // ewon-agent-switch.path and .service: one at a time, as long as there is an order
  let working: Promise<unknown> = Promise.resolve();
  const isOrdered = () => ['install', 'online'].some((name) => existsSync(join(places.ordersDir, name)));
  const carryOut = () => {
    working = working.then(() => (isOrdered() ? ended(site.spawn('orders', ['env'])) : undefined));
    return working;
  };
  const path = watch(places.ordersDir, () => void carryOut());

  const versionStarted = () => site.launched().split(' ')[0] ?? '';
  const place: PatchPlace & { readonly site: typeof site; readonly noteFile: string } = {
    ...{ site, noteFile, before: { version: '1.0.0', productCode: 'amd64' } },
    good: fileOf('good.tar.zst'),
    bad: { ...fileOf('bad.tar.zst'), codes: ['PATCH_NOT_BLESSED'] },
    open: () => open(versionStarted()),
    async killed(at, { patch, file }) {
      const [call, when] = (KILLED_AT[at - 1] ?? '').split(':');
      const options = JSON.stringify({ below: site.dir, noteFile, version: '1.0.0', metadata, patch, file });
      const strace = [
        '-f',
        '-qq',
        '-o',
        '/dev/null',
        '-e',
        `trace=${call}`,
        '-e',
        `inject=${call}:signal=SIGKILL:${when}`,
      ];
      const run = join(import.meta.dirname, '../testing/installer-run.ts');
      const child = spawn(findProgram('strace') ?? '', [...strace, process.execPath, run, options], {
        stdio: 'ignore',
      });
      return (await ended(child)) === 0 ? 'ended' : 'killed';
    },
    async runs() {
      await carryOut();
      let launched = site.start();
      for (let crashes = 0; launched === '' && crashes < 5; crashes += 1) launched = site.start();
      const version = launched.split(' ')[0] ?? '';
      assertOk(tellOnline(places, version));
      await carryOut();
      return version;
    },
    leftOver: () => site.left(),
    async close() {
      path.close();
      await working;
      site.remove();
    },
  };
  function open(version: string): PatchInstallerPort {
    return createAgentInstaller({
      places,
      noteFile,
      version,
      arch: 'amd64',
      metadata: () => metadata,
      clock: createSystemClock(),
    });
  }
  return { ...place, openAs: open, metadata };
}

function ended(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}

patchInstallerSuite('installer of the agent', 'agent', createPlace, {
  ...{ killedAt: KILLED_AT.map((_, i) => i + 1), timeoutMs: 60_000, needs: ['strace'] },
});

suite('installer of the agent, and how it ended', { timeoutMs: 60_000 }, (test) => {
  const quiet = () => {};

  test('the version on trial knows that it is installed when it was online, and not before', async () => {
    const place = createPlace();
    const { patch, file } = place.good;
    assert.deepEqual(assertOk(await place.openAs('1.0.0').install(patch, file, quiet)), { restart: true });
    assert.equal(place.site.start(), '1.2.0 run');
    const told: string[] = [];
    let done: unknown;
    const installing = place
      .openAs('1.2.0')
      .install(patch, file, (step) => told.push(step))
      .then((answer) => {
        done = answer;
      });
    assert.deepEqual([told, done], [['proves itself'], undefined]);
    assertOk(tellOnline(place.site.places, '1.2.0'));
    await installing;
    assert.deepEqual(done, { ok: true, value: { version: '1.2.0' } });
    assert.equal(existsSync(place.noteFile), false);
    await place.close?.();
  });

  test('the version before tells why the new one was left, once; the same order again is a new one', async () => {
    const place = createPlace();
    const { patch, file } = place.bad;
    for (let round = 1; round <= 2; round += 1) {
      assert.deepEqual(assertOk(await place.openAs('1.0.0').install(patch, file, quiet)), { restart: true });
      for (let i = 0; i < 3; i += 1) assert.equal(place.site.start(), '');
      assert.equal(place.site.start(), '1.0.0 run');
      assertFault(await place.openAs('1.0.0').install(patch, file, quiet), 'PATCH_NOT_BLESSED');
    }
    await place.close?.();
  });

  test('while the new one waits for a way to the account, the version before waits with it', async () => {
    const place = createPlace();
    const { patch, file } = place.good;
    await place.openAs('1.0.0').install(patch, file, quiet);
    place.site.start();
    place.site.run('orders', { more: ['--uptime', '9999999999'] });
    assert.equal(place.site.start(), '1.0.0 run');
    const restarts = place.site.restarts();
    assert.deepEqual(assertOk(await place.openAs('1.0.0').install(patch, file, quiet)), { restart: true });
    assertOk(tellOnline(place.site.places, '1.0.0'));
    await eventually(() => place.site.restarts() > restarts, { what: 'it is tried again' });
    assert.equal(place.site.start(), '1.2.0 run');
    await place.close?.();
  });

  test('what root refuses is told at once with its code, and nothing is left', async () => {
    const place = createPlace();
    const { patch } = place.good;
    const other = join(place.site.dir, 'other');
    writeFileSync(other, 'other');
    assertFault(await place.openAs('1.0.0').install(patch, other, quiet), 'TUF_TARGET_WRONG');
    rmSync(place.site.places.rootFile);
    assertFault(await place.openAs('1.0.0').install(patch, place.good.file, quiet), 'TUF_NO_ROOT');
    assert.deepEqual([place.site.left(), existsSync(place.noteFile), place.site.restarts()], [[], false, 0]);
    await place.close?.();
  });

  test('where nobody takes orders, that is said: at once without the package, after a minute with a masked unit', async () => {
    const site = createSwitchSite(entry);
    const { places } = site;
    const target = versionTarget({ version: '1.2.0' });
    const file = join(site.dir, 'file');
    writeFileSync(file, target.bytes);
    const { clock, pass } = testClock();
    const noteFile = join(site.dir, 'note');
    const installer = createAgentInstaller({
      places,
      noteFile,
      version: '1.0.0',
      arch: 'amd64',
      metadata: () => ({}),
      clock,
    });
    const patch = {
      path: 'x',
      length: target.bytes.length,
      sha256: target.sha256,
      custom: target.custom,
    } as unknown as Patch;
    assertFault(await installer.install(patch, file, quiet), 'PATCH_NOT_SUPPORTED');
    mkdirSync(places.ordersDir);
    const installing = installer.install(patch, file, quiet);
    const order = join(places.ordersDir, 'install');
    await eventually(() => existsSync(order), { what: 'the order' });
    for (const name of ['install', 'target'])
      assert.equal(statSync(join(places.ordersDir, name)).mode & 0o777, 0o640, name);
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(order, 'utf8'))), ['id', 'path', 'metadata']);
    let answered = false;
    void installing.then(() => {
      answered = true;
    });
    const passed = () => {
      pass(1000);
      return answered;
    };
    await eventually(passed, { what: 'it is given up' });
    assertFault(await installing, 'PATCH_NOT_SUPPORTED');
    assert.deepEqual([site.left(), existsSync(noteFile)], [[], false]);
    site.remove();
  });
});
