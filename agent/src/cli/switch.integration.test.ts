import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bundleSwitch, createSwitchSite, type SwitchSite } from '../testing/switch-site.ts';

// The real launcher and the real switch, as processes, on a board that is a directory.

suite('versions of the agent', { timeoutMs: 60_000 }, (test) => {
  let bundled = '';
  let entry = '';
  let site: SwitchSite;
  test.before(() => {
    bundled = mkdtempSync(join(tmpdir(), 'switch-bundle-'));
    entry = bundleSwitch(bundled);
  });
  test.after(() => rmSync(bundled, { recursive: true }));
  test.before.each(() => {
    site = createSwitchSite(entry);
  });
  test.after.each(() => site.remove());

  test('without a patch the packaged version is started', () => {
    assert.equal(site.start(), '1.0.0 run');
    assert.deepEqual(site.left(), []);
  });

  test('a newer one is tried, and stays once it was online; nothing of the way there is left', () => {
    site.start();
    const id = site.orderVersion({ version: '1.1.0' });
    assert.equal(site.run('orders').stderr, 'is tried: 1.1.0\n');
    assert.deepEqual(site.verdict(), { id });
    assert.equal(site.restarts(), 1);
    assert.equal(site.start(), '1.1.0 run');
    site.online('1.1.0');
    assert.equal(site.run('orders').stderr, 'blessed: 1.1.0\n');
    assert.equal(site.restarts(), 1);
    for (let i = 0; i < 4; i += 1) assert.equal(site.start(), '1.1.0 run');
    assert.deepEqual(site.left(), []);
  });
});
