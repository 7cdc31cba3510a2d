import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';

const FILES = join(import.meta.dirname, 'files');
const FOLDER = join(FILES, 'usr/lib/systemd/system');

/** systemd's own measure of what a unit is exposed to, 0 to 10; most services of a distribution are above 9. */
const MOST_EXPOSED = {
  'ewon-agent.service': 1.7,
  'ewon-agent-slots.service': 1.5,
  'ewon-agent-reboot.service': 1.5,
  'ewon-agent-version.service': 1.5,
  'ewon-agent-switch.service': 1.5,
} as const;
const UNITS = [
  ...Object.keys(MOST_EXPOSED),
  'ewon-agent-reboot.path',
  'ewon-agent-switch.path',
  'ewon-agent-switch.timer',
];
/** What a Debian has; the others are brought by the package. */
const OF_THE_SYSTEM = ['/usr/bin/systemctl', '/usr/bin/flock'];

suite('the units', { timeoutMs: 90_000, needs: ['systemd-analyze'] }, (test) => {
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
    assert.equal(started.length, Object.keys(MOST_EXPOSED).length);
    for (const program of started)
      assert.ok(OF_THE_SYSTEM.includes(program) || existsSync(join(FILES, program)), program);
  });

  test('the order to restart the board is looked for where the agent puts it, in a directory that is made for it', () => {
    const text = (unit: string) => readFileSync(join(FOLDER, unit), 'utf8');
    const schema = readFileSync(join(import.meta.dirname, '../../agent/src/config/agent-config.schema.json'), 'utf8');
    const { orderDir } = JSON.parse(schema).properties.board.properties;
    assert.match(text('ewon-agent-reboot.path'), new RegExp(`^PathExists=${orderDir.default}/reboot$`, 'm'));
    assert.match(text('ewon-agent.service'), /^RuntimeDirectory=ewon-agent$/m);
    assert.match(text('ewon-agent.service'), /^Wants=.*ewon-agent-reboot\.path/m);
  });

  test('orders of versions are looked for where the agent puts them, and what is chosen where the launcher looks', () => {
    const text = (unit: string) => readFileSync(join(FOLDER, unit), 'utf8');
    const places = readFileSync(join(import.meta.dirname, '../../agent/src/adapters/version-places.ts'), 'utf8');
    assert.match(places, /'run\/ewon-agent-versions'[\s\S]*'var\/lib\/ewon-agent-versions'[\s\S]*'orders'/);
    const orders = '/run/ewon-agent-versions/orders';
    for (const name of ['install', 'online']) {
      assert.match(text('ewon-agent-switch.path'), new RegExp(`^PathExists=${orders}/${name}$`, 'm'));
      assert.match(text('ewon-agent-switch.service'), new RegExp(`^ConditionPathExists=\\|${orders}/${name}$`, 'm'));
    }
    const agent = text('ewon-agent.service');
    assert.match(agent, new RegExp(`^ReadWritePaths=-${orders}$`, 'm'));
    // before each start, also after a crash: systemd starts again what is wanted
    assert.match(agent, /^Wants=.*ewon-agent-version\.service.*ewon-agent-switch\.path ewon-agent-switch\.timer$/m);
    assert.match(agent, /^After=.*ewon-agent-version\.service$/m);
    for (const unit of ['ewon-agent-version.service', 'ewon-agent-switch.service'])
      for (const line of [
        'Group=ewon-agent',
        'StateDirectory=ewon-agent-versions',
        'RuntimeDirectory=ewon-agent-versions',
      ])
        assert.ok(text(unit).includes(`\n${line}\n`), `${unit}: ${line}`);
  });
});
