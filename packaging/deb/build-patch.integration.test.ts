import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { buildPatch } from './build-patch.ts';

// That a board takes it is shown by install.integration.test.ts.

suite('the patch of the agent', { timeoutMs: 60_000, needs: ['zstd'] }, (test) => {
  let dir = '';
  test.before(() => {
    dir = mkdtempSync(join(tmpdir(), 'patch-'));
  });
  test.after(() => rmSync(dir, { recursive: true }));

  test('holds plain files of root alone, without Node, and says what it is', async () => {
    const patch = await buildPatch({ arch: 'arm64', version: '3.2.1', outdir: dir, epochS: 1_780_000_000 });
    assert.equal(basename(patch), 'ewon-agent_3.2.1_arm64.tar.zst');
    const listed = execFileSync('tar', ['--zstd', '-tvf', patch], { encoding: 'utf8' }).trim().split('\n');
    const names = listed.map((line) => {
      const [mode, owner, , , , name = ''] = line.split(/\s+/);
      assert.deepEqual([mode, owner, /^[\w.-]+$/.test(name)], ['-rw-r--r--', '0/0', true], line);
      return name;
    });
    for (const name of ['about.json', 'fatfs.wasm', 'main.mjs', 'serialport.node'])
      assert.ok(names.includes(name), name);
    assert.ok(!names.includes('node'));
    const about = execFileSync('tar', ['--zstd', '-xOf', patch, 'about.json'], { encoding: 'utf8' });
    const { version, arch, node } = JSON.parse(about);
    assert.deepEqual([version, arch, /^24\.\d+\.\d+$/.test(node)], ['3.2.1', 'arm64', true]);
    const before = readFileSync(patch);
    assert.ok(before.length < 2_000_000, `${before.length} bytes`); // what a metered link carries

    // the same sources make the same patch, byte for byte
    await buildPatch({ arch: 'arm64', version: '3.2.1', outdir: dir, epochS: 1_780_000_000 });
    assert.ok(readFileSync(patch).equals(before));
  });
});
