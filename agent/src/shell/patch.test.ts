import {
  type Code,
  err,
  HOUR_MS,
  MINUTE_MS,
  ok,
  type PatchBody,
  type PatchInstallerPort,
  type PatchRepositoryPort,
  type Result,
} from '@ewon-agent/contracts';
import { assert, assertFault, eventually, suite } from '@ewon-agent/contracts/testing';
import type { PatchSwitch } from '../core/patch.ts';
import { readSavedPatch } from '../core/patch-saved.ts';
import type { Decider } from '../core/policy.ts';
import { ALLOWED, patchOf, readOf } from '../testing/patch-facts.ts';
import { testClock } from '../testing/test-clock.ts';
import { startPatch } from './patch.ts';

const pivot = patchOf('pivot', { version: '15.0s2' });
const WHY = { on: true, by: 'account', why: 'policy 7 of the account' } as const;

/** Patches on a board that a test plays: what was called, in order, and what is allowed. */
function play(
  given: { readonly isFull?: boolean; readonly saved?: string; readonly settles?: ('done' | 'later')[] } = {},
) {
  const { clock, pass } = testClock();
  const called: string[] = [];
  const told: PatchBody[] = [];
  const reported: Code[] = [];
  let decision: PatchSwitch = ALLOWED;
  let version = '14.6s0';
  let disk = given.saved;
  let wake = () => {};
  let installed: Result<{ version: string } | { restart: true }> = ok({ version: '15.0s2' });
  let hold: Promise<unknown> | undefined;
  const repository: PatchRepositoryPort = {
    async refresh() {
      called.push('refresh');
      return readOf([pivot], '2099-01-01T00:00:00.000Z');
    },
    async download({ path }, { signal, received }) {
      called.push(`download ${path}`);
      received(500);
      await Promise.race([hold, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
      if (signal.aborted) called.push('stopped');
      return signal.aborted ? err('PATCH_STOPPED') : ok({ file: '/downloads/x' });
    },
    keepOnly: async (sha256s) => void called.push(`keepOnly ${sha256s.length}`),
  };
  const installer: PatchInstallerPort = {
    kind: 'ewon-firmware',
    present: async () => ok({ version, productCode: '21' }),
    async install({ path }, file) {
      called.push(`install ${path} ${file}`);
      if (installed.ok && 'version' in installed.value) version = installed.value.version;
      return installed;
    },
    async settle() {
      const how = given.settles?.shift() ?? 'done';
      if (given.settles) called.push(`settle ${how}`);
      return how;
    },
  };
  const watch = startPatch({
    rules: { agentVersion: '0.1.0', everyMs: 4 * HOUR_MS, asksBusy: false },
    ...{ isUsed: true, isRootPinned: false, metered: 'auto', clock },
    log: { write() {} },
    repository: async () => repository,
    keepOnly: repository.keepOnly,
    installers: async () => [installer],
    busy: async () => undefined,
    watchSwitch(changed) {
      wake = changed;
      return { stop() {} };
    },
    load: () => disk,
    save(text) {
      if (given.isFull) return err('STATE_UNWRITABLE', 'patch.json');
      disk = text;
      return ok(undefined);
    },
    decision: () => decision,
    target: () => ({ deviceId: 'd_1', url: 'https://account.example/', ca: '' }),
    tell: async (_, body) => {
      told.push(body);
      return true;
    },
    report: (code) => void reported.push(code),
  });
  return {
    ...{ watch, called, told, reported, pass },
    decide(next: Partial<PatchSwitch>) {
      decision = { ...ALLOWED, ...next };
      wake();
    },
    /** A download lasts until it is stopped, or for good. */
    hold: () => {
      hold = new Promise(() => {});
    },
    end(result: typeof installed) {
      installed = result;
    },
    disk: () => disk,
    has: (what: string) => eventually(() => called.includes(what), { what: `${what} in ${called.join(', ')}` }),
    settled: () => new Promise((resolve) => setImmediate(() => setImmediate(resolve))),
  };
}

suite('patches on a board', (test) => {
  test('are looked for, brought, installed and told of', async () => {
    const { watch, called, told, reported, pass, has, settled } = play();
    watch.announced();
    pass(3 * MINUTE_MS);
    await has('install pivot /downloads/x');
    await eventually(() => told.at(-1)?.state === 'installed', { what: 'installed' });
    assert.deepEqual(called.filter((what) => !what.startsWith('keepOnly')).slice(0, 3), [
      'refresh',
      'download pivot',
      'install pivot /downloads/x',
    ]);
    assert.deepEqual(reported, ['PATCH_AVAILABLE', 'PATCH_INSTALLING', 'PATCH_INSTALLED']);
    await settled();
    await watch.stop();
  });

  for (const by of ['board', 'device', 'account', 'unknown'] as const satisfies readonly Decider[]) {
    test(`off at ${by}: nobody is asked for anything, however long, whoever wants it`, async () => {
      const { watch, called, decide, pass, settled } = play();
      decide({ on: false, by });
      watch.announced();
      watch.look();
      watch.release('pivot');
      for (let hours = 0; hours < 48; hours++) pass(HOUR_MS);
      await settled();
      assert.deepEqual(
        called.filter((what) => !what.startsWith('keepOnly')),
        [],
      );
      await watch.stop();
    });
  }

  test('turned off amid a download: it is stopped, and what is here is removed after that', async () => {
    const { watch, called, decide, hold, pass, has } = play();
    hold();
    pass(3 * MINUTE_MS);
    await has('download pivot');
    decide({ on: false, by: 'board' });
    await has('stopped');
    await eventually(() => called.at(-1) === 'keepOnly 0', { what: 'removed' });
    assert.deepEqual(called.slice(-2), ['stopped', 'keepOnly 0']);
    decide({});
    watch.look();
    await eventually(() => called.filter((what) => what === 'download pivot').length === 2, { what: 'brought anew' });
    await watch.stop();
  });

  test('are not begun while nothing can be saved', async () => {
    const { watch, called, reported, pass } = play({ isFull: true });
    pass(3 * MINUTE_MS);
    await eventually(() => reported.includes('PATCH_FAILED'), { what: 'told' });
    assert.ok(!called.some((what) => what.startsWith('install')));
    await watch.stop();
  });

  test('under way at the start are taken up, before anybody is asked', async () => {
    const first = play();
    first.end(ok({ restart: true }));
    first.pass(3 * MINUTE_MS);
    await first.has('install pivot /downloads/x');
    await eventually(() => /"restarting":true/.test(first.disk() ?? ''), { what: 'saved' });
    await first.watch.stop();
    const next = play({ saved: first.disk() ?? '' });
    await next.has('install pivot /downloads/x');
    assert.equal(next.called[0], 'install pivot /downloads/x');
    await eventually(() => next.reported.includes('PATCH_INSTALLED'), { what: 'told' });
    await next.watch.stop();
  });

  test('what one has left aside is put back, later if not now, also while patches are off', async () => {
    const { watch, called, decide, pass, has } = play({ settles: ['later', 'later', 'done'] });
    decide({ on: false, by: 'account' });
    await has('settle later');
    for (let n = 2; n <= 3; n++) {
      const times = () => {
        pass(15 * MINUTE_MS);
        return called.filter((what) => what.startsWith('settle')).length >= n;
      };
      await eventually(times, { what: `${n} times` });
    }
    assert.equal(called.filter((what) => what.startsWith('settle')).at(-1), 'settle done');
    await watch.stop();
  });

  test('a yes without a patch that waits is refused; what is saved cannot be read is told', async () => {
    const { watch, reported, disk } = play({ saved: '{' });
    assertFault(watch.confirm(), 'PATCH_NONE_WAITING');
    assert.deepEqual(reported, ['PATCH_SAVED_DAMAGED']);
    assert.equal(watch.status(WHY).state, 'idle');
    assert.ok(readSavedPatch(disk()).ok, 'begun anew');
    await watch.stop();
  });
});
