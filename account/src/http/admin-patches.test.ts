import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { lastPolicy, onServed } from '../testing/aspu-stories.ts';
import { tellsOfPatch } from '../testing/patch-told.ts';
import { linked, onAccount } from '../testing/stories.ts';

const read = async (fixture: AccountFixture, path = '') =>
  (await fixture.admin('GET', `patches${path && `/${path}`}`)).json;
const events = async (fixture: AccountFixture) =>
  (await fixture.admin('GET', 'log')).json.map((line: { event: string }) => line.event).join('\n');

suite('patches at the admin API', { timeoutMs: 120_000 }, (test) => {
  test(
    'without a repository there is none, and nothing to deny',
    onAccount(async (fixture) => {
      assert.deepEqual(await read(fixture), { repository: null, patches: [], denied: [] });
      const asked = await fixture.admin('GET', 'patches/p');
      assert.deepEqual([asked.status, asked.json.code], [403, 'ASPU_NONE']);
      const denied = await fixture.admin('POST', 'patches/p/deny');
      assert.equal(denied.json.code, 'ASPU_PATCH_UNKNOWN');
    }),
  );

  test(
    'each Ewon is counted once, and shown with what runs and why not',
    onServed(async (fixture, _, { path, sha256 }) => {
      const ids: string[] = [];
      for (let i = 0; i < 4; i++)
        ids.push((await linked(fixture, fixture.device(`1524-007${i}-21`), { name: `E${i}` })).deviceId);
      const [a = '', b = '', c = ''] = ids;
      await tellsOfPatch(fixture, a, { state: 'installed', agent: '1.4.2' });
      const patch = { path, sha256, kind: 'agent', version: '1.4.2' };
      await tellsOfPatch(fixture, b, { state: 'failed', reason: 'PATCH_NOT_BLESSED', detail: 'no uplink', patch });
      await tellsOfPatch(fixture, c, { state: 'idle', reason: 'PATCH_OFF', detail: 'board' });
      const { repository, patches } = await read(fixture);
      assert.deepEqual(
        patches.map((one: { counts: object; custom: { cves: object } }) => [one.counts, one.custom.cves]),
        [[{ has: 1, waits: 0, failed: 1, excluded: 1, foreign: 0, unknown: 1 }, ['CVE-2024-33895']]],
      );
      assert.deepEqual([repository.lacks, repository.drafted, repository.roles.length], [[], [], 4]);
      const { ewons } = await read(fixture, path);
      const rows = ids.map((id) => ewons.find(({ deviceId }: { deviceId: string }) => deviceId === id));
      assert.deepEqual(
        rows.map(({ name, runs, is, reason, detail, why, toldAt }) => [name, runs, is, reason, detail, why, toldAt]),
        [
          ['E0', '1.4.2', 'has', undefined, undefined, undefined, '2026-03-01T12:00:00.000Z'],
          [
            ...['E1', '1.4.1', 'failed', 'PATCH_NOT_BLESSED', 'no uplink'],
            ...['The new version did not prove itself, so the version before runs again.', '2026-03-01T12:00:00.000Z'],
          ],
          [
            ...['E2', '1.4.1', 'excluded', 'PATCH_OFF', 'board'],
            ...['Patches are not installed, because remote management is off.', '2026-03-01T12:00:00.000Z'],
          ],
          ['E3', '0.1.0', 'unknown', undefined, undefined, undefined, null],
        ],
      );
      const unknown = await fixture.admin('GET', 'patches/other');
      assert.equal(unknown.json.code, 'ASPU_PATCH_UNKNOWN');
    }),
  );

  test(
    'a patch is denied and allowed: Ewons hear of it, others stay as they are, the log says it once',
    onServed(async (fixture, _, { path }) => {
      const { deviceId } = await linked(fixture, fixture.device('1524-0071-21'), { name: 'E' });
      await fixture.admin('PATCH', 'policy', { denied: ['old'] });
      const done = await fixture.admin('POST', `patches/${path}/deny`);
      assert.deepEqual([done.status, done.json.denied], [200, ['old', path]]);
      const again = await fixture.admin('POST', `patches/${path}/deny`);
      assert.deepEqual([again.status, again.json], [200, done.json], 'no other version of the policy');
      assert.deepEqual(lastPolicy(fixture)['denied'], ['old', path]);
      const { patches, denied } = await read(fixture);
      assert.deepEqual([patches[0].isDenied, patches[0].counts.excluded, denied], [true, 1, ['old']]);
      assert.deepEqual((await read(fixture, path)).ewons[0].reason, 'PATCH_DENIED');
      const said = await events(fixture);
      assert.equal(said.split(`The patch ${path} is denied: no Ewon begins to install it.`).length, 2);
      await fixture.admin('POST', `patches/${path}/allow`);
      await fixture.admin('POST', 'patches/old/allow');
      assert.deepEqual(lastPolicy(fixture)['denied'], []);
      assert.match(await events(fixture), new RegExp(`The patch ${path} is denied no more\\.`));
      assert.equal((await read(fixture, path)).ewons[0].deviceId, deviceId);
    }),
  );

  test(
    'a rollout is told in numbers, group by group; whom it does not let through waits for its turn',
    onServed(async (fixture, _, { path }) => {
      for (let i = 0; i < 4; i++)
        await tellsOfPatch(fixture, (await linked(fixture, fixture.device(`1524-007${i}-21`))).deviceId, {
          state: 'downloading',
          patch: { path: 'other', sha256: 'b'.repeat(64), kind: 'agent', version: '1.0.0' },
        });
      await fixture.admin('POST', 'rollouts', { path, percents: [25, 100], successPercent: 60 });
      const [{ rollout, isHeld }] = (await read(fixture)).patches;
      assert.deepEqual([rollout.state, rollout.successPercent, isHeld], ['running', 60, true]);
      assert.deepEqual(
        rollout.groups.map((group: Record<string, number>) => [group['told'], group['waiting'], group['isTold']]),
        [
          [1, 0, true],
          [0, 3, false],
        ],
      );
      const { ewons } = await read(fixture, path);
      assert.equal(ewons.filter(({ reason }: { reason?: string }) => reason === 'PATCH_HELD').length, 3);
      await fixture.admin('POST', `rollouts/${path}/stop`);
      const stopped = (await read(fixture)).patches[0];
      assert.deepEqual([stopped.rollout.state, stopped.isDenied, stopped.counts.excluded], ['stopped', true, 4]);
    }),
  );

  test(
    'what is drafted is shown, nobody stands with it, and what it lacks is said in words',
    onServed(async (fixture, aspu) => {
      await linked(fixture, fixture.device('1524-0071-21'));
      await aspu.add('next.tar.gz');
      const { repository, patches } = await read(fixture);
      assert.match(repository.lacks.join(), /^targets \d+ has 0 of 1 signatures by the present targets keys$/);
      const next = patches.find(({ state }: { state: string }) => state === 'added');
      assert.deepEqual([next.path, Object.values(next.counts)], ['next.tar.gz', [0, 0, 0, 0, 0, 0]]);
    }),
  );

  test(
    'what was published and taken back is in the log, and pages that are open hear of it',
    onServed(async (fixture) => {
      const done = await fixture.admin('POST', 'aspu/published', { added: ['a.tar.gz'], revoked: ['b.tar.gz'] });
      assert.equal(done.status, 200);
      assert.match(await events(fixture), /Patches were published: a\.tar\.gz\. Patches were taken back: b\.tar\.gz\./);
      assert.equal((await fixture.admin('POST', 'aspu/published', { added: ['../x'] })).status, 400);
    }),
  );
});
