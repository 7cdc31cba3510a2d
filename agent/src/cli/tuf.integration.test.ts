import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Code, DAY_MS } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { makeTufRepository, repoKey, type TestRepository } from '../testing/tuf-repository.ts';
import { startTufServer } from '../testing/tuf-server.ts';
import { tufDownload, tufInit, tufRefresh } from './tuf.ts';

// What the conformance suite of TUF (theupdateframework/tuf-conformance) asks of a client, on a repository of our own: its exit status, the
// metadata that it trusts, what it downloads, and what it asks for. Names in brackets are those of its tests.

const AGENT = new URL('../../bin/ewon-agent.js', import.meta.url).pathname;

async function createClient(repo: TestRepository) {
  const server = await startTufServer(repo.files);
  const dir = mkdtempSync(join(tmpdir(), 'tuf-client-'));
  const [metadataDir, targetDir, root] = [join(dir, 'metadata'), join(dir, 'targets'), join(dir, 'initial_root.json')];
  for (const path of [metadataDir, targetDir]) mkdirSync(path);
  writeFileSync(root, repo.files.get('1.root.json') ?? '');
  const places = { metadataDir, metadataUrl: server.base };
  const rolesThere = () => readdirSync(metadataDir).map((name) => name.replace('.json', ''));
  assertOk(tufInit(metadataDir, root));
  return {
    ...{ dir, root, targetDir, server, places, rolesThere },
    refresh: () => tufRefresh(places),
    download: (targetName: string) =>
      tufDownload(places, { targetName, targetBaseUrl: `${server.base}targets`, targetDir }),
    downloaded: () => readdirSync(targetDir).map((name) => readFileSync(join(targetDir, name), 'utf8')),
    version: (role: string) => JSON.parse(readFileSync(join(metadataDir, `${role}.json`), 'utf8')).signed.version,
    async close() {
      await server.close();
      rmSync(dir, { recursive: true });
    },
  };
}
type Client = Awaited<ReturnType<typeof createClient>>;

const on = (body: (repo: TestRepository, client: Client) => Promise<void>) => async () => {
  const repo = makeTufRepository();
  const client = await createClient(repo);
  try {
    await body(repo, client);
  } finally {
    await client.close();
  }
};

function run(args: readonly string[]): Promise<{ readonly status: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [AGENT, 'tuf', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((done) => child.once('close', (status) => done({ status, stderr })));
}

suite('ewon-agent tuf, as the conformance suite calls it', { timeoutMs: 90_000 }, (test) => {
  test(
    'init, refresh and download by the command line; exit status 1 for what is refused, 2 for wrong use',
    on(async (repo, { places: { metadataDir, metadataUrl }, targetDir, server, root, downloaded, version }) => {
      rmSync(metadataDir, { recursive: true });
      mkdirSync(metadataDir);
      const metadata = ['--metadata-url', metadataUrl, '--metadata-dir', metadataDir];
      assert.equal((await run(['--metadata-dir', metadataDir, 'init', root])).status, 0);
      assert.equal((await run([...metadata, 'refresh'])).status, 0);
      const target = (name: string) => ['--target-name', name, '--target-dir', targetDir];
      const base = ['--target-base-url', `${server.base}targets`];
      assert.deepEqual(await run([...metadata, ...target('firmware-15.0s2.bin'), ...base, 'download']), {
        ...{ status: 0, stderr: '' },
      });
      assert.deepEqual(downloaded(), ['a firmware, as it were']);
      repo.publish('timestamp', { by: [repoKey()] });
      const refused = await run([...metadata, 'refresh']);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /^TUF_UNSIGNED: /);
      assert.equal(version('timestamp'), 1);
      assert.equal((await run(['--metadata-dir', metadataDir, 'refresh'])).status, 2);
    }),
  );

  test(
    'what is asked for, and in which order (basic_init_and_refresh, implicit_refresh)',
    on(async (_, { server, download, version }) => {
      assertFault(await download('nonexistent artifact'), 'TUF_TARGET_UNKNOWN');
      const files = ['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json'];
      assert.deepEqual(
        server.asked,
        files.map((name) => `${name}`),
      );
      for (const role of ['root', 'timestamp', 'snapshot', 'targets']) assert.equal(version(role), 1);
    }),
  );

  test(
    'an initial root that is none, or not signed: nothing is asked for (invalid_initial_root, unsigned_initial_root)',
    on(async (repo, { places, server, root, refresh }) => {
      const good = JSON.parse(repo.files.get('1.root.json')?.toString() ?? '');
      const { version: _, ...unversioned } = good.signed;
      const unsigned = good.signatures.map((one: object) => ({ ...one, sig: '00' }));
      for (const bad of [{ ...good, signed: unversioned }, { ...good, signatures: unsigned }, {}]) {
        writeFileSync(root, JSON.stringify(bad));
        tufInit(places.metadataDir, root);
        assertFault(await refresh(), 'TUF_MALFORMED');
      }
      assert.deepEqual(server.asked, []);
    }),
  );

  test(
    'a timestamp of the same version is not taken (timestamp_eq_versions_check, timestamp_content_changes)',
    on(async (repo, { refresh, places }) => {
      assertOk(await refresh());
      const before = readFileSync(join(places.metadataDir, 'timestamp.json'));
      repo.write('timestamp.json', repo.make('timestamp', { signed: { meta: { 'snapshot.json': { version: 9 } } } }));
      assertOk(await refresh());
      assert.deepEqual(readFileSync(join(places.metadataDir, 'timestamp.json')), before);
    }),
  );

  test(
    'a snapshot of another version than was named: root and timestamp stay (new_snapshot_version_mismatch)',
    on(async (repo, { refresh, rolesThere }) => {
      repo.write('1.snapshot.json', repo.make('snapshot', { version: 2 }));
      repo.publish('timestamp', { signed: { meta: { 'snapshot.json': { version: 1 } } } });
      assertFault(await refresh(), 'TUF_MIXED');
      assert.deepEqual(rolesThere().sort(), ['root', 'timestamp']);
    }),
  );

  const recoveries = [
    [['snapshot'], { targets: 99 }, 'new_targets_fast_forward_recovery'],
    [['snapshot', 'timestamp'], { snapshot: 99_999 }, 'new_snapshot_fast_forward_recovery'],
    [['timestamp'], { timestamp: 100 }, 'new_timestamp_fast_forward_recovery'],
  ] as const;
  for (const [rotated, forwarded, name] of recoveries)
    test(
      `fast-forward recovery (${name})`,
      on(async (repo, { refresh, version }) => {
        Object.assign(repo.versions, forwarded);
        repo.publishAll();
        assertOk(await refresh());
        const [role = ''] = Object.keys(forwarded);
        repo.rotate(...rotated);
        Object.assign(repo.versions, { [role]: 0 });
        repo.publishAll();
        assertOk(await refresh());
        assert.equal(version(role), 1);
      }),
    );

  test(
    'an expired root is taken, and nothing after it (root_expired)',
    on(async (repo, { refresh, version }) => {
      assertOk(await refresh());
      repo.publish('root', { expiresMs: Date.now() - DAY_MS });
      repo.publishAll();
      assertFault(await refresh(), 'TUF_FROZEN');
      assert.deepEqual(['root', 'timestamp', 'snapshot', 'targets'].map(version), [2, 1, 1, 1]);
      repo.publish('root');
      assertOk(await refresh());
    }),
  );

  const keys = Array.from({ length: 10 }, (_, i) => repoKey(i + 1));
  type RootCase = readonly [keys: readonly number[], threshold: number, signedBy: readonly number[]];
  const rotations: Record<string, readonly [Code | undefined, ...RootCase[]]> = {
    '1-of-1-key-rotation-unused-signatures': [
      undefined,
      [[1], 1, [3, 1, 4]],
      [[2], 1, [3, 2, 1, 4]],
      [[2], 1, [3, 2, 4]],
    ],
    '3-of-5-all-keys-rotated-with-intermediate-step': [
      ...([undefined, [[0, 1, 2, 3, 4], 3, [0, 2, 4]]] as const),
      ...([
        [[5, 6, 7, 8, 9], 3, [0, 2, 4, 5, 6, 7]],
        [[5, 6, 7, 8, 9], 3, [5, 6, 7]],
      ] as const),
    ],
    '1-of-3-threshold-increase-to-2-of-3': [undefined, [[1, 2, 3], 1, [1]], [[1, 2, 3], 2, [1, 2]]],
    '1-of-1-key-rotation-fail-not-signed-with-old-key': ['TUF_UNSIGNED', [[1], 1, [1]], [[2], 1, [2, 3, 4]]],
    '1-of-1-key-rotation-fail-not-signed-with-new-key': ['TUF_UNSIGNED', [[1], 1, [1]], [[2], 1, [1, 3, 4]]],
    '3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys': [
      ...(['TUF_BELOW_THRESHOLD', [[0, 1, 2, 3, 4], 3, [0, 2, 4]], [[0, 1, 3, 4, 5], 3, [0, 2, 4]]] as const),
    ],
    '2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-reached': [
      ...(['TUF_BELOW_THRESHOLD', [[1, 2, 3], 2, [1, 2]], [[1, 2, 3], 1, [1]]] as const),
    ],
  };
  for (const [name, [code, ...roots]] of Object.entries(rotations))
    test(
      `root rotation (${name})`,
      on(async (repo, { refresh, places, root, version }) => {
        repo.versions.root = 0;
        for (const [named, threshold, signedBy] of roots) {
          repo.keys.root = named.flatMap((i) => keys[i] ?? []);
          repo.thresholds.root = threshold;
          repo.publish('root', { by: signedBy.flatMap((i) => keys[i] ?? []) });
        }
        writeFileSync(root, repo.files.get('1.root.json') ?? '');
        assertOk(tufInit(places.metadataDir, root));
        const refreshed = await refresh();
        if (code) assertFault(refreshed, code);
        else assertOk(refreshed);
        assert.equal(version('root'), code ? roots.length - 1 : roots.length);
      }),
    );

  test(
    'a target in a directory, one that changed, and one that was replaced (test_file_download)',
    on(async (repo, { refresh, download, downloaded, server }) => {
      repo.put('path/to/a/target_file.txt', Buffer.from('target file contents'));
      const [at = ''] = [...repo.files.keys()].filter((path) => path.endsWith('.path/to/a/target_file.txt'));
      repo.files.set(
        at.replace(/^targets\/(\w+)\.path\/to\/a\//, 'targets/path/to/a/$1.'),
        repo.files.get(at) ?? Buffer.alloc(0),
      );
      repo.publishAll();
      assertOk(await refresh());
      assert.deepEqual(downloaded(), []);
      assertOk(await download('path/to/a/target_file.txt'));
      assert.deepEqual(downloaded(), ['target file contents']);
      const before = server.asked.filter((path) => path.startsWith('targets/')).length;
      assertOk(await download('path/to/a/target_file.txt'));
      assert.equal(server.asked.filter((path) => path.startsWith('targets/')).length, before);
      repo.put('a.txt', Buffer.from('one'));
      repo.publishAll();
      assertOk(await download('a.txt'));
      repo.put('a.txt', Buffer.from('two'));
      repo.publishAll();
      assertOk(await download('a.txt'));
      assert.deepEqual(downloaded().sort(), ['target file contents', 'two']);
      repo.put('b.txt', Buffer.from('good'));
      repo.publishAll();
      for (const path of repo.files.keys()) if (path.endsWith('.b.txt')) repo.write(path, 'evil');
      assertFault(await download('b.txt'), 'TUF_TARGET_WRONG');
      assert.deepEqual(downloaded().sort(), ['target file contents', 'two']);
    }),
  );

  test(
    'delegated roles are found, whatever their names are (unusual_role_name, targetfile_search)',
    on(async (repo, { download, downloaded, server }) => {
      for (const role of ['?', '#', '/delegatedrole', '../delegatedrole']) {
        const [key] = repo.keys.targets;
        if (!key) assert.fail();
        const delegated = { name: role, keyids: [key.id], threshold: 1, terminating: false, paths: ['*'] };
        const named = { [key.id]: { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: key.public } } };
        const target = [...repo.files].find(([path]) => path.startsWith('targets/'));
        const [hash] = target?.[0].replace('targets/', '').split('.') ?? [];
        const targets = { 'of-it.bin': { length: target?.[1].length, hashes: { sha256: hash } } };
        repo.write(`targets/${hash}.of-it.bin`, target?.[1] ?? '');
        repo.write(`1.${role}.json`, repo.make('targets', { version: 1, signed: { targets } }));
        repo.publish('targets', { signed: { targets: {}, delegations: { keys: named, roles: [delegated] } } });
        repo.publish('snapshot', {
          signed: { meta: { 'targets.json': { version: repo.versions.targets }, [`${role}.json`]: { version: 1 } } },
        });
        repo.publish('timestamp');
        assertFault(await download('nonexistent target'), 'TUF_TARGET_UNKNOWN');
        assert.ok(server.asked.includes(`1.${role}.json`));
        assertOk(await download('of-it.bin'));
        assert.deepEqual(downloaded(), ['a firmware, as it were']);
        repo.rotate('snapshot'); // the next one does not name this role any more
      }
    }),
  );
});
