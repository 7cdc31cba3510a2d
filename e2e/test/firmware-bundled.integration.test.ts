import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bundledProgram } from '../src/bundles.ts';
import { createEwonPlace } from '../src/firmware/ewon-place.ts';
import { givenBy, packed } from '../src/patch-cuts/firmware.ts';

const PROGRAM = join(import.meta.dirname, '../src/patch-cuts/install-on-board.ts');

suite('firmware of an Ewon, by the installer as it is packaged', { timeoutMs: 180_000 }, (test) => {
  test('bundled as the agent is, it finds all that it loads on demand', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'bundled-'));
    const place = await createEwonPlace();
    try {
      const entry = await bundledProgram(join(dir, 'bundle'), PROGRAM);
      const { passwordFile: _own, ...options } = place.options;
      const given = packed({ options, work: dir, ...givenBy(place) });
      const { stdout } = await promisify(execFile)(process.execPath, [entry, '-', given]);
      assert.match(stdout, /^ok\n$/m);
      assert.equal(await place.runs(), '14.9s3');
    } finally {
      await place.close?.();
      rmSync(dir, { recursive: true });
    }
  });
});
