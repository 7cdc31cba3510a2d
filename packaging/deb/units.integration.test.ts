import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';

const FILES = join(import.meta.dirname, 'files');
const FOLDER = join(FILES, 'usr/lib/systemd/system');

/** systemd's own measure of what a unit is exposed to, 0 to 10; most services of a distribution are above 9. */
const MOST_EXPOSED = { 'ewon-agent.service': 1.7, 'ewon-agent-slots.service': 1.5 } as const;
const UNITS = Object.keys(MOST_EXPOSED);

suite('the units', { timeoutMs: 30_000, needs: ['systemd-analyze'] }, (test) => {
  for (const [unit, most] of Object.entries(MOST_EXPOSED)) {
    test(`${unit} is exposed to no more than ${most} of 10, by systemd's measure`, () => {
      const args = ['security', '--offline=true', `--threshold=${most * 10}`, '--no-pager', join(FOLDER, unit)];
      const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
      assert.equal(status, 0, stdout);
    });
  }

  test('hold no word that systemd does not know', () => {
    const dir = mkdtempSync(join(tmpdir(), 'units-'));
    try {
      for (const unit of UNITS) {
        const text = readFileSync(join(FOLDER, unit), 'utf8');
        // what they start is not installed on the machine of a test
        writeFileSync(join(dir, unit), text.replaceAll(/^ExecStart=\S+/gm, 'ExecStart=/bin/true'));
      }
      const files = UNITS.map((unit) => join(dir, unit));
      const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
      assert.equal(stderr + stdout, '');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test('start what the package brings', () => {
    const started = UNITS.flatMap((unit) => [
      ...readFileSync(join(FOLDER, unit), 'utf8').matchAll(/^ExecStart=(\S+)/gm),
    ]).map(([, program = '']) => program);
    assert.equal(started.length, UNITS.length);
    for (const program of started) assert.ok(existsSync(join(FILES, program)), program);
  });
});
