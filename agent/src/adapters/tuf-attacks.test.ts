import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Code, DAY_MS, MINUTE_MS, ok } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { makeTufRepository, PATCH_CUSTOM, repoKey, type TestRepository } from '../testing/tuf-repository.ts';
import { type TufSite, tufSite } from '../testing/tuf-site.ts';
import type { TufSource } from './tuf-source.ts';

// Each test is named after an attack of the TUF specification §1.5.2, or of the threat model of this project.

const withSite =
  (body: (repo: TestRepository, site: TufSite) => Promise<void>, crooked = {}) =>
  async () => {
    const repo = makeTufRepository(crooked);
    const site = tufSite(repo);
    try {
      await body(repo, site);
      const left = existsSync(join(site.dir, 'tuf')) ? readdirSync(join(site.dir, 'tuf')) : [];
      assert.ok(!left.includes('scratch'), 'nothing is left over');
    } finally {
      site.remove();
    }
  };

/** Refuses what is on offer with a code, and goes on with what was trusted once the repository is as it was, or better. */
async function refused(repo: TestRepository, site: TufSite, code: Code, saying: RegExp): Promise<void> {
  const fault = assertFault(await site.refresh(), code);
  assert.match(fault.detail, saying);
  repo.publishAll();
  assertOk(await site.refresh());
}

suite('attacks on a repository of patches', (test) => {
  for (const isConsistent of [true, false])
    test(
      `no attack: the patch is offered, also after a restart, consistent snapshots: ${isConsistent}`,
      withSite(
        async (repo, site) => {
          const read = assertOk(await site.refresh());
          assert.deepEqual(read.held, {
            ...{ root: 1, timestamp: 1, snapshot: 1, targets: 1 },
            expiresAt: new Date(Math.floor((repo.now.ms + 7 * DAY_MS) / 1000) * 1000).toISOString(),
            refreshedAt: new Date(repo.now.ms).toISOString(),
          });
          assert.deepEqual(
            read.patches.map(({ path, custom }) => ({ path, custom })),
            [{ path: 'firmware-15.0s2.bin', custom: PATCH_CUSTOM }],
          );
          assertOk(await site.refresh());
        },
        { isConsistent },
      ),
    );

  for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
    test(
      `arbitrary software: ${role} signed by a key that nobody knows is TUF_UNSIGNED`,
      withSite(async (repo, site) => {
        assertOk(await site.refresh());
        for (const each of ['targets', 'snapshot', 'timestamp'] as const)
          repo.publish(each, each === role ? { by: [repoKey()] } : {});
        await refused(repo, site, 'TUF_UNSIGNED', /0 of 1 good signatures/);
      }),
    );

    test(
      `wrongly keyed: ${role} signed by the key of another role is TUF_UNSIGNED`,
      withSite(async (repo, site) => {
        assertOk(await site.refresh());
        const other = role === 'targets' ? repo.keys.snapshot : repo.keys.targets;
        for (const each of ['targets', 'snapshot', 'timestamp'] as const)
          repo.publish(each, each === role ? { by: other } : {});
        await refused(repo, site, 'TUF_UNSIGNED', /0 of 1/);
      }),
    );

    test(
      `key compromise below threshold: ${role} signed by one of two keys is TUF_BELOW_THRESHOLD`,
      withSite(async (repo, site) => {
        repo.keys[role] = [repoKey(), repoKey()];
        repo.thresholds[role] = 2;
        repo.publish('root');
        repo.publishAll();
        assertOk(await site.refresh());
        for (const each of ['targets', 'snapshot', 'timestamp'] as const)
          repo.publish(each, each === role ? { by: repo.keys[role].slice(0, 1) } : {});
        await refused(repo, site, 'TUF_BELOW_THRESHOLD', /1 of 2/);
      }),
    );

    test(
      `indefinite freeze: ${role} that has expired is TUF_FROZEN`,
      withSite(async (repo, site) => {
        assertOk(await site.refresh());
        for (const each of ['targets', 'snapshot', 'timestamp'] as const)
          repo.publish(each, each === role ? { expiresMs: repo.now.ms - MINUTE_MS } : {});
        await refused(repo, site, 'TUF_FROZEN', new RegExp(`^${role}.json: expired at`));
      }),
    );
  }

  test(
    'arbitrary software: a root signed by no key of the one before is TUF_UNSIGNED, by too few TUF_BELOW_THRESHOLD',
    withSite(async (repo, site) => {
      assertOk(await site.refresh());
      const before = repo.keys.root;
      repo.keys.root = [repoKey(), repoKey(), repoKey()];
      repo.publish('root', { by: repo.keys.root });
      assert.match(assertFault(await site.refresh(), 'TUF_UNSIGNED').detail, /2.root.json: 0 of 2 .* root 1/);
      repo.publish('root', { version: 2, by: [...repo.keys.root, ...before.slice(1, 2)] });
      assert.match(assertFault(await site.refresh(), 'TUF_BELOW_THRESHOLD').detail, /1 of 2 .* root 1/);
      repo.publish('root', { version: 2, by: [...repo.keys.root.slice(0, 1), ...before] });
      assert.match(assertFault(await site.refresh(), 'TUF_BELOW_THRESHOLD').detail, /1 of 2 .* it itself/);
      repo.publish('root', { version: 2, by: [...repo.keys.root, ...before] });
      assertOk(await site.refresh());
    }),
  );

  test(
    'arbitrary software: a first root that the account did not name is TUF_ROOT_FOREIGN, and stays so while linked',
    withSite(async (repo, site) => {
      site.anchor.named = { sha256: 'a'.repeat(64) };
      assertFault(await site.refresh(), 'TUF_ROOT_FOREIGN');
      site.anchor.named = { sha256: repo.firstRoot() };
      assertOk(await site.refresh());
      site.anchor.named = { sha256: 'a'.repeat(64) };
      assertFault(await site.refresh(), 'TUF_ROOT_FOREIGN');
      site.anchor.named = undefined;
      assertOk(await site.refresh());
    }),
  );

  test(
    'no root is named: TUF_NO_ROOT, and nothing is asked for',
    withSite(async (_, site) => {
      site.anchor.named = undefined;
      assertFault(await site.refresh(), 'TUF_NO_ROOT');
      assert.deepEqual(site.asked, []);
    }),
  );

  test(
    'rollback of the root: one of the old version is TUF_ROLLBACK',
    withSite(async (repo, site) => {
      repo.publish('root');
      assertOk(await site.refresh());
      repo.write('3.root.json', repo.make('root', { version: 2 }));
      assert.match(assertFault(await site.refresh(), 'TUF_ROLLBACK').detail, /version 2, 2 was seen before/);
      repo.write('3.root.json', repo.make('root', { version: 4 }));
      assertFault(await site.refresh(), 'TUF_MIXED');
    }),
  );

  test(
    'rollback of the timestamp is TUF_ROLLBACK, also of the snapshot that it names',
    withSite(async (repo, site) => {
      const old = repo.make('timestamp');
      repo.publishAll();
      assertOk(await site.refresh());
      repo.write('timestamp.json', old);
      assert.match(assertFault(await site.refresh(), 'TUF_ROLLBACK').detail, /it is version 1, 2 was seen before/);
      repo.versions.snapshot = 1;
      repo.publish('timestamp', { version: 3 });
      assert.match(assertFault(await site.refresh(), 'TUF_ROLLBACK').detail, /the snapshot that it names/);
      repo.versions.snapshot = 2;
      repo.publishAll();
      assertOk(await site.refresh());
    }),
  );

  test(
    'rollback of the targets, and a snapshot that drops a role, are TUF_ROLLBACK',
    withSite(async (repo, site) => {
      repo.publishAll();
      assertOk(await site.refresh());
      repo.versions.targets = 1;
      repo.publish('snapshot');
      repo.publish('timestamp');
      assert.match(assertFault(await site.refresh(), 'TUF_ROLLBACK').detail, /targets.json is version 1, 2 was seen/);
      repo.publish('snapshot', { signed: { meta: {} } });
      repo.publish('timestamp');
      assert.match(assertFault(await site.refresh(), 'TUF_ROLLBACK').detail, /targets.json is not named any more/);
      repo.versions.targets = 2;
      repo.publishAll();
      assertOk(await site.refresh());
    }),
  );

  test(
    'fast-forward: recovered from after a root rotation of the keys that were stolen, and not before',
    withSite(async (repo, site) => {
      repo.publish('targets', { version: 900 });
      repo.publish('snapshot', { version: 901 });
      repo.publish('timestamp', { version: 902 });
      assertOk(await site.refresh());
      Object.assign(repo.versions, { targets: 1, snapshot: 1, timestamp: 1 });
      repo.publishAll();
      assertFault(await site.refresh(), 'TUF_ROLLBACK');
      repo.rotate('timestamp', 'snapshot');
      repo.publishAll();
      const { held } = assertOk(await site.refresh());
      assert.deepEqual([held.root, held.timestamp, held.snapshot, held.targets], [2, 3, 3, 3]);
    }),
  );

  test(
    'mix-and-match: snapshot or targets of another day are TUF_MIXED',
    withSite(async (repo, site) => {
      for (const role of ['snapshot', 'targets'] as const) {
        const old = repo.make(role);
        repo.publishAll();
        repo.write(`${repo.versions[role]}.${role}.json`, old);
        await refused(repo, site, 'TUF_MIXED', /not of the length and hash that were signed/);
      }
    }),
  );

  test(
    'mix-and-match: without hashes, a version that is not the one that was signed is TUF_MIXED',
    withSite(async (repo, site) => {
      repo.publishAll();
      repo.publish('timestamp', { signed: { meta: { 'snapshot.json': { version: 2 } } } });
      repo.write('2.snapshot.json', repo.make('snapshot', { version: 3 }));
      assert.match(assertFault(await site.refresh(), 'TUF_MIXED').detail, /version 3, and 2 was signed/);
      repo.write('2.snapshot.json', repo.make('snapshot', { signed: { meta: { 'targets.json': { version: 2 } } } }));
      repo.write('2.targets.json', repo.make('targets', { version: 3 }));
      assert.match(assertFault(await site.refresh(), 'TUF_MIXED').detail, /version 3, and 2 was signed/);
    }),
  );

  test(
    'malformed: no JSON, another role, another form and no such file have their codes',
    withSite(async (repo, site) => {
      for (const bytes of ['', 'null', '[]', '{"signed":1}', '{', repo.make('snapshot'), Buffer.alloc(100, 0xff)]) {
        repo.write('timestamp.json', bytes);
        assert.match(
          assertFault(await site.refresh(), 'TUF_MALFORMED').detail,
          /^timestamp.json: no metadata of the role/,
        );
      }
      repo.publish('timestamp');
      repo.write('2.root.json', 'null');
      assertFault(await site.refresh(), 'TUF_MALFORMED');
      repo.files.delete('2.root.json');
      repo.publish('snapshot', { signed: { meta: {} } });
      repo.publish('timestamp');
      assertFault(await site.refresh(), 'TUF_MALFORMED');
      repo.files.delete('timestamp.json');
      assert.equal(assertFault(await site.refresh(), 'TUF_UNREACHABLE').detail, 'timestamp.json is not there');
    }),
  );

  test(
    'endless data: more than the limit, or than was signed, is TUF_ENDLESS, and no more of it is read',
    withSite(async (_, site) => {
      for (const file of ['timestamp.json', '2.root.json', '1.snapshot.json', '1.targets.json']) {
        let read = 0;
        const bytes = Buffer.alloc(10_000, ' ');
        const endless: TufSource = {
          async open(path, order) {
            if (path !== `${file}`) return site.source.open(path, order);
            const next = async () => {
              read += bytes.length;
              return ok(bytes);
            };
            return ok({ is: 'open', from: 0, next, close() {} });
          },
        };
        assertFault(await site.refresh(endless), 'TUF_ENDLESS');
        assert.ok(read < 600_000, `${file}: ${read} bytes were read`);
      }
      assertOk(await site.refresh());
    }),
  );

  test(
    'malicious mirror: metadata of so many members that reading it would take minutes is TUF_MALFORMED at once',
    withSite(async (repo, site) => {
      assertOk(await site.refresh());
      const meta = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`${i}.json`, { version: 1 }]));
      repo.publish('timestamp', { signed: { meta: { 'snapshot.json': { version: 2 } } } });
      const content = { _type: 'snapshot', spec_version: '1.0.31', version: 2, expires: '2099-01-01T00:00:00Z', meta };
      repo.write('2.snapshot.json', JSON.stringify({ signed: content, signatures: [] }));
      await refused(repo, site, 'TUF_MALFORMED', /more than 1000 members/);
    }),
  );

  test(
    'malicious mirror: metadata that drips is TUF_SLOW, by a clock that does not jump',
    withSite(async (repo, site) => {
      const slow: TufSource = {
        async open(path, order) {
          if (path !== 'timestamp.json') return site.source.open(path, order);
          const next = async () => {
            site.pass(20);
            return ok(Buffer.from(' '));
          };
          return ok({ is: 'open', from: 0, next, close() {} });
        },
      };
      assertFault(await site.refresh(slow), 'TUF_SLOW');
      const silent: TufSource = {
        async open(path, order) {
          if (path !== 'timestamp.json') return site.source.open(path, order);
          const next = () => {
            setImmediate(() => site.pass(MINUTE_MS));
            return new Promise<never>(() => {});
          };
          return ok({ is: 'open', from: 0, next, close() {} });
        },
      };
      assertFault(await site.refresh(silent), 'TUF_SLOW');
      repo.publishAll();
      assertOk(await site.refresh());
    }),
  );
});
