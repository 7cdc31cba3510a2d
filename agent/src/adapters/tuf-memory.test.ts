import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { makeTufRepository, type TestRepository } from '../testing/tuf-repository.ts';
import { type TufSite, tufSite } from '../testing/tuf-site.ts';
import { trustedMetadata } from './tuf-repository.ts';

// What a device remembers of a repository: versions and time, through restarts, damage and clocks that are wrong.

const withSite = (body: (repo: TestRepository, site: TufSite) => Promise<void>) => async () => {
  const repo = makeTufRepository();
  const site = tufSite(repo);
  try {
    await body(repo, site);
  } finally {
    site.remove();
  }
};
const spoil = (site: TufSite, name: string, how: (text: string) => string) => {
  const path = join(site.dir, 'tuf', name);
  writeFileSync(path, how(readFileSync(path, 'utf8')));
};
/** A bit of the middle falls over. */
const flip = (text: string) => {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
};
const DAMAGES = { 'a bit fell over': flip, empty: () => '', 'cut short': (text: string) => text.slice(0, -9) };

suite('what a device remembers of a repository', (test) => {
  for (const [what, how] of Object.entries(DAMAGES))
    for (const name of ['trusted', 'floors', 'first-root']) {
      test(
        `${name} is damaged (${what}): set aside, told, and an older repository is refused all the same`,
        withSite(async (repo, site) => {
          const old = new Map(repo.files);
          repo.publish('root');
          repo.publishAll();
          assertOk(await site.refresh());
          spoil(site, name, how);
          const now = new Map(repo.files);
          for (const [path, bytes] of old) repo.files.set(path, bytes);
          assertFault(await site.refresh(), 'TUF_ROLLBACK');
          assert.deepEqual(
            site.told.map(({ code }) => code),
            ['PATCH_SAVED_DAMAGED'],
          );
          assert.ok(readdirSync(join(site.dir, 'tuf')).includes(`${name}.damaged`));
          for (const [path, bytes] of now) repo.files.set(path, bytes);
          assertOk(await site.refresh());
          assert.equal(site.told.length, 1);
        }),
      );
    }

  test(
    'metadata is lost, and a root is held back: TUF_ROLLBACK',
    withSite(async (repo, site) => {
      repo.publish('root');
      assertOk(await site.refresh());
      rmSync(join(site.dir, 'tuf', 'trusted'));
      repo.files.delete('2.root.json');
      assert.match(assertFault(await site.refresh(), 'TUF_ROLLBACK').detail, /root.json: it is version 1, 2 was seen/);
    }),
  );

  test(
    'fast-forward with metadata lost: floors hold, and no more once the keys were rotated',
    withSite(async (repo, site) => {
      repo.publish('targets', { version: 900 });
      repo.publish('snapshot', { version: 901 });
      repo.publish('timestamp', { version: 902 });
      assertOk(await site.refresh());
      rmSync(join(site.dir, 'tuf', 'trusted'));
      Object.assign(repo.versions, { targets: 1, snapshot: 1, timestamp: 1 });
      repo.publishAll();
      assertFault(await site.refresh(), 'TUF_ROLLBACK');
      repo.publish('timestamp', { version: 903 });
      assert.match(assertFault(await site.refresh(), 'TUF_ROLLBACK').detail, /the snapshot that it names/);
      repo.rotate('timestamp');
      repo.publish('timestamp', { version: 1 });
      assert.match(
        assertFault(await site.refresh(), 'TUF_ROLLBACK').detail,
        /snapshot.json: targets.json is version 2/,
      );
      repo.rotate('snapshot');
      repo.publish('snapshot');
      repo.publish('timestamp');
      assert.equal(assertOk(await site.refresh()).held.root, 3);
    }),
  );

  test(
    'a root that was accepted stays when what follows is refused',
    withSite(async (repo, site) => {
      assertOk(await site.refresh());
      const before = new Map(repo.files);
      repo.rotate('timestamp');
      repo.write('timestamp.json', 'rubbish');
      assertFault(await site.refresh(), 'TUF_MALFORMED');
      repo.files.clear();
      for (const [path, bytes] of before) repo.files.set(path, bytes);
      assertFault(await site.refresh(), 'TUF_UNSIGNED');
    }),
  );

  test(
    'whoever verifies it again gets all roots on the way, and what is trusted of the others',
    withSite(async (repo, site) => {
      const dir = join(site.dir, 'tuf');
      assert.deepEqual(trustedMetadata(dir), {});
      assertOk(await site.refresh());
      for (const roles of [['root'], ['timestamp'], ['root', 'snapshot']] as const) {
        repo.rotate(...roles);
        repo.publishAll();
        assertOk(await site.refresh());
      }
      const names = ['2.root.json', '3.root.json', '4.root.json', 'root.json', 'snapshot.json', 'targets.json'];
      const trusted = trustedMetadata(dir);
      assert.deepEqual(Object.keys(trusted).sort(), [...names, 'timestamp.json']);
      for (const name of names.slice(0, 3)) assert.equal(trusted[name], repo.files.get(name)?.toString());
    }),
  );

  test(
    'an account that confirmed the time: a clock set back, to 1970 too, does not un-expire anything',
    withSite(async (repo, site) => {
      site.said.dateMs = repo.now.ms;
      assertOk(await site.refresh());
      site.time.clockMs = repo.now.ms + 8 * DAY_MS;
      site.said.dateMs = site.time.clockMs + MINUTE_MS;
      assertFault(await site.refresh(), 'TUF_FROZEN');
      for (const clockMs of [repo.now.ms, 0, -1, Number.NEGATIVE_INFINITY]) {
        site.time.clockMs = clockMs;
        site.said.dateMs = repo.now.ms; // whoever serves old files serves an old date
        assertFault(await site.refresh(), 'TUF_FROZEN');
      }
      repo.now.ms += 9 * DAY_MS;
      repo.publishAll();
      assertOk(await site.refresh());
    }),
  );

  test(
    'a card, where nobody confirms the time: what was seen expired stays so when the clock is set back',
    withSite(async (repo, site) => {
      assertOk(await site.refresh());
      site.time.clockMs = repo.now.ms + 8 * DAY_MS;
      assertFault(await site.refresh(), 'TUF_FROZEN');
      site.time.clockMs = repo.now.ms;
      assertFault(await site.refresh(), 'TUF_FROZEN');
      repo.publishAll();
      assertOk(await site.refresh());
    }),
  );

  test(
    'expired metadata that is here serves to judge what is new',
    withSite(async (repo, site) => {
      repo.publish('targets', { version: 5 });
      repo.publish('snapshot');
      repo.publish('timestamp');
      assertOk(await site.refresh());
      repo.now.ms += 60 * DAY_MS;
      site.time.clockMs = repo.now.ms;
      repo.versions.targets = 0;
      repo.publishAll();
      assert.match(assertFault(await site.refresh(), 'TUF_ROLLBACK').detail, /targets.json is version 1, 5 was seen/);
      repo.publish('targets', { version: 6 });
      repo.publish('snapshot');
      repo.publish('timestamp');
      assert.equal(assertOk(await site.refresh()).held.targets, 6);
    }),
  );

  test(
    'a clock far ahead for a while: refused meanwhile, and good again once the clock is right and the account says so',
    withSite(async (repo, site) => {
      site.said.dateMs = repo.now.ms;
      site.time.clockMs = repo.now.ms + 9999 * DAY_MS;
      assertFault(await site.refresh(), 'TUF_FROZEN');
      site.time.clockMs = Number.POSITIVE_INFINITY;
      assertFault(await site.refresh(), 'TUF_FROZEN');
      site.time.clockMs = repo.now.ms;
      assertOk(await site.refresh());
    }),
  );

  test(
    'a server that says a time far ahead changes nothing while the clock is right',
    withSite(async (repo, site) => {
      site.said.dateMs = repo.now.ms + 9999 * DAY_MS;
      assertOk(await site.refresh());
      site.said.dateMs = repo.now.ms + HOUR_MS;
      assertOk(await site.refresh());
    }),
  );

  test(
    'clock and server far ahead together: a new root ends it',
    withSite(async (repo, site) => {
      site.said.dateMs = repo.now.ms + 9999 * DAY_MS;
      site.time.clockMs = site.said.dateMs;
      assertFault(await site.refresh(), 'TUF_FROZEN');
      site.said.dateMs = repo.now.ms;
      site.time.clockMs = repo.now.ms;
      assertFault(await site.refresh(), 'TUF_FROZEN');
      repo.publish('root');
      assertOk(await site.refresh());
    }),
  );
});
