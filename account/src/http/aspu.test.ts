import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, NONCE_VALID_MS, type Patch, sha256Hex } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { START_MS } from '../testing/account-fixture.ts';
import { filesIn } from '../testing/aspu-fixture.ts';
import { PATCH_CONTENT as CONTENT, lastPolicy, onServed } from '../testing/aspu-stories.ts';
import { createVirtualClock } from '../testing/clock-virtual.ts';
import { linked, onAccount } from '../testing/stories.ts';

/** The answer of the device door, without anything that says who asks. */
async function get(
  { account }: AccountFixture,
  path: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' | 'POST' = 'GET',
) {
  const { statusCode, headers: told, rawPayload } = await account.deviceApp.inject({ method, url: path, headers });
  return { status: statusCode, headers: told, body: Buffer.from(rawPayload) };
}

suite('repository of patches over HTTPS', (test) => {
  test(
    'every file as it is on the disk; those that never change may be kept for ever, the timestamp not',
    onServed(async (fixture, aspu) => {
      for (const [name, bytes] of filesIn(join(aspu.stateDir, 'aspu'))) {
        const { status, headers, body } = await get(fixture, `/aspu/${name}`);
        assert.deepEqual([status, body], [200, bytes], name);
        const cached = name === 'timestamp.json' ? 'no-cache' : 'public, max-age=31536000, immutable';
        assert.equal(headers['cache-control'], cached, name);
        assert.equal(headers['replay-nonce'], undefined);
        const head = await get(fixture, `/aspu/${name}`, {}, 'HEAD');
        assert.deepEqual([head.status, head.body.length], [200, 0]);
        assert.equal(head.headers['content-length'], String(bytes.length), name);
      }
      const { headers } = await get(fixture, '/aspu/timestamp.json');
      const again = await get(fixture, '/aspu/timestamp.json', { 'if-none-match': String(headers['etag']) });
      assert.deepEqual([again.status, again.body.length], [304, 0]);
    }),
  );

  test(
    'a download goes on where it was interrupted, unless the file is another one',
    onServed(async (fixture, _, patch) => {
      const url = `/aspu/targets/${patch.sha256}.${patch.path}`;
      const part = await get(fixture, url, { range: 'bytes=8-' });
      assert.deepEqual(
        [part.status, part.body.toString(), part.headers['content-range'], part.headers['content-length']],
        [206, CONTENT.slice(8), `bytes 8-17/18`, '10'],
      );
      const same = await get(fixture, url, { range: 'bytes=-3', 'if-range': `"${patch.sha256}"` });
      assert.deepEqual([same.status, same.body.toString()], [206, 'tch']);
      const asked: readonly Record<string, string>[] = [
        { range: 'bytes=8-', 'if-range': '"other"' },
        { range: 'bytes=0-1,3-4' },
      ];
      for (const headers of asked) {
        const whole = await get(fixture, url, headers);
        assert.deepEqual([whole.status, whole.body.toString()], [200, CONTENT]);
      }
      const beyond = await get(fixture, url, { range: 'bytes=18-' });
      assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */18']);
    }),
  );

  test(
    'names that lead nowhere',
    onServed(async (fixture, aspu, patch) => {
      const tree = join(aspu.stateDir, 'aspu');
      symlinkSync(join(aspu.stateDir, 'master.key'), join(tree, '7.snapshot.json'));
      symlinkSync(join(aspu.stateDir, 'master.key'), join(tree, 'targets', `${'0'.repeat(64)}.key`));
      for (const path of [
        ...['/aspu', '/aspu/', '/aspu/targets', '/aspu/targets/', '/aspu/7.snapshot.json', '/aspu/root.json'],
        ...['/aspu/..%2fmaster.key', '/aspu/%2e%2e%2fmaster.key', '/aspu/../master.key', '/aspu/0.root.json'],
        ...[`/aspu/targets/..%2f1.root.json`, `/aspu/targets/${'0'.repeat(64)}.key`, '/aspu/99.root.json'],
        ...[`/aspu/targets/${patch.sha256}.x%00`, `/aspu/targets/${patch.path}`, '/aspu/1.root.json/x'],
      ]) {
        const { status, headers, body } = await get(fixture, path);
        assert.equal(status, 404, path);
        assert.equal(JSON.parse(body.toString()).code, 'NOT_FOUND');
        assert.equal(headers['cache-control'], 'no-store', path);
      }
      assert.equal((await get(fixture, '/aspu/timestamp.json', {}, 'POST')).status, 404);
    }),
  );

  test(
    'no repository: nothing to read, nothing in the policy, nothing to show',
    onAccount(async (fixture) => {
      await linked(fixture, fixture.device());
      assert.equal((await get(fixture, '/aspu/timestamp.json')).status, 404);
      assert.equal(lastPolicy(fixture)['patchRoot'], undefined);
      assert.deepEqual((await fixture.admin('GET', 'aspu')).json, { repository: null });
    }),
  );

  test(
    'who asks too often is told to wait',
    onServed(
      async (fixture) => {
        const asked = await Promise.all(Array.from({ length: 12 }, () => get(fixture, '/aspu/timestamp.json')));
        assert.equal(asked.filter(({ status }) => status === 429).length, 2);
      },
      { limits: { requests: { perSecond: 1, burst: 10 } } },
    ),
  );
});

suite('repository of patches and its devices', (test) => {
  test(
    'published: every Ewon is told by what it knows the repository, once, and after a change of the policy as well',
    onServed(async (fixture, aspu, patch) => {
      await linked(fixture, fixture.device());
      const { json } = await fixture.admin('POST', 'aspu/published');
      const patchRoot = sha256Hex(aspu.read('1.root.json') ?? new Uint8Array());
      assert.equal(json.repository.patchRoot, patchRoot);
      assert.deepEqual(
        json.repository.patches.map((one: Patch) => one.path),
        [patch.path],
      );
      const told = lastPolicy(fixture);
      assert.equal(told['patchRoot'], patchRoot);
      await fixture.admin('POST', 'aspu/published');
      assert.deepEqual(lastPolicy(fixture), told);
      await fixture.admin('PATCH', 'policy', { held: ['x.tar.gz'], confirm: true });
      const { version: _, issuedAt: __, v: ___, accountId: ____, ...rest } = lastPolicy(fixture);
      const settings = { geolocation: true, remoteManagement: true, denied: [], held: ['x.tar.gz'], confirm: true };
      assert.deepEqual(rest, { ...settings, patchRoot });
    }),
  );

  test(
    'the server signs anew before the timestamp expires, and first of all after a long time off',
    onServed(async (fixture, aspu) => {
      const before = aspu.read('timestamp.json');
      const idle = fixture.clock.waiting();
      const pass = async (ms: number): Promise<void> => {
        fixture.clock.jump(ms);
        await fixture.clock.advance(NONCE_VALID_MS);
        await fixture.clock.whenWaiting(idle); // the round is over
      };
      await pass(11 * HOUR_MS);
      assert.deepEqual(aspu.read('timestamp.json'), before);
      await pass(HOUR_MS);
      const signed = () => JSON.parse(Buffer.from(aspu.read('timestamp.json') ?? []).toString()).signed;
      assert.equal(Date.parse(signed().expires) > fixture.clock.now() + 20 * HOUR_MS, true, signed().expires);
      await fixture.account.close();
      const later = START_MS + 100 * DAY_MS;
      const clock = createVirtualClock(later);
      await onAccount(async () => assert.equal(Date.parse(signed().expires), later + DAY_MS), {
        stateDir: fixture.stateDir,
        clock,
      })();
    }),
  );
});
