import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { openSqliteStore } from './adapters/store-sqlite.ts';
import { AGENT_VERSION } from './version.ts';

const AGENT = new URL('../bin/ewon-agent.js', import.meta.url).pathname;

type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** A state directory, a slot directory and a configuration that names them. */
function createSite() {
  const dir = mkdtempSync(join(tmpdir(), 'agent-'));
  mkdirSync(join(dir, 'slots'));
  const config = {
    stateDir: 'state',
    slots: { sd0: { image: 'slots/sd0.img' } },
    firmware: { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' },
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  const start = (...args: readonly string[]) => startAgent([...args, '--config', join(dir, 'config.json')]);
  return {
    dir,
    start,
    agent: (...args: readonly string[]) => start(...args).ended,
    write: (text: string) => writeFileSync(join(dir, 'config.json'), text),
    remove: () => rmSync(dir, { recursive: true }),
  };
}

function startAgent(args: readonly string[], node: readonly string[] = []) {
  const child = spawn(process.execPath, [...node, AGENT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((done) => child.once('close', (status) => done({ status, stdout, stderr })));
  return { child, ended, stderr: () => stderr };
}

const on = (body: (site: ReturnType<typeof createSite>) => Promise<void>) => async () => {
  const site = createSite();
  try {
    await body(site);
  } finally {
    site.remove();
  }
};

/** Where an open descriptor leads; empty for one that was closed meanwhile. */
function linkOf(pid: number | undefined, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return ''; // closed between the two looks
  }
}

suite('ewon-agent', { timeoutMs: 90_000 }, (test) => {
  test('--help names every command and ends well', async () => {
    const { status, stdout, stderr } = await startAgent(['--help']).ended;
    assert.deepEqual([status, stderr], [0, '']);
    for (const command of [
      'run',
      'status',
      'policy',
      'wan',
      'location',
      'patch',
      'console',
      'forget',
      'register',
      'wizard',
      'move',
      'slots',
      'diag',
    ])
      assert.match(stdout, new RegExp(`^  ${command}\\b`, 'm'));
  });

  test('--version is the version of the package', async () => {
    assert.deepEqual(await startAgent(['--version']).ended, { status: 0, stdout: `${AGENT_VERSION}\n`, stderr: '' });
  });

  test('wrong use is exit status 2 and says USAGE', async () => {
    const wrong = [
      ['--wrong'],
      ['status', '--wrong'],
      ['nonsense'],
      ['run', 'extra'],
      ['--config'],
      ['status', '--json=yes'],
    ];
    const ends = await Promise.all(wrong.map((args) => startAgent(args).ended));
    ends.forEach(({ status, stdout, stderr }, i) => {
      assert.deepEqual([status, stdout], [2, ''], wrong[i]?.join(' '));
      assert.match(stderr, /^USAGE: error: /);
    });
    assert.equal((await startAgent([]).ended).status, 2);
  });

  test('a key among the arguments is refused and not repeated', async () => {
    for (const args of [
      ['status', 'A01-SECRETSECRETSECRETSECRETSECRETSE'],
      ['--key=a01-secretsecretsecretsecretsecretse'],
    ]) {
      const { status, stdout, stderr } = await startAgent(args).ended;
      assert.equal(status, 2);
      assert.match(stderr, /^USAGE: /);
      assert.ok(!/SECRET/i.test(stdout + stderr), stderr);
    }
  });

  test('an older Node is told what it lacks, before it meets our TypeScript', async () => {
    const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.19.0'}})`;
    const { status, stderr } = await startAgent(['status'], ['--import', older]).ended;
    assert.equal(status, 2);
    assert.match(stderr, /^NODE_TOO_OLD: This needs Node 24 or newer .*npx/);
  });

  test(
    'a configuration that is not there is CONFIG_INVALID, by its name',
    on(async ({ dir }) => {
      const { status, stderr } = await startAgent(['status', '--config', join(dir, 'other.json')]).ended;
      assert.equal(status, 2);
      assert.match(stderr, /^CONFIG_INVALID: .*\n {2}\/.*other\.json cannot be read\n$/);
    }),
  );

  test(
    'every fault of a configuration has its line, and nothing is started',
    on(async ({ dir, write, agent }) => {
      write(JSON.stringify({ slots: {}, firmware: { serial: 'x'.repeat(300) }, extra: 1 }));
      const { status, stderr } = await agent('run');
      assert.equal(status, 2);
      for (const told of [
        "/: must have required property 'stateDir'",
        '/slots: must NOT',
        '/firmware/serial: must match',
        '("extra")',
      ]) {
        assert.ok(stderr.includes(told), `${told} in ${stderr}`);
      }
      assert.ok(stderr.trim().split('\n').length >= 6, stderr);
      assert.deepEqual(readdirSync(dir).sort(), ['config.json', 'slots']);
    }),
  );

  for (const command of ['status', 'forget']) {
    test(
      `${command} where no agent ever ran is AGENT_NOT_RUNNING, exit status 1, and makes no state`,
      on(async ({ dir, agent }) => {
        const { status, stdout, stderr } = await agent(command);
        assert.deepEqual([status, stdout], [1, '']);
        assert.match(stderr, /^AGENT_NOT_RUNNING: The agent is not running .*ewon-agent run/);
        assert.deepEqual(readdirSync(dir).sort(), ['config.json', 'slots']);
      }),
    );
  }

  test(
    'a running agent answers status, keeps a second one out, and ends well when told',
    on(async ({ agent, start }) => {
      const running = start('run');
      await eventually(() => running.stderr().includes('AGENT_STARTED') || running.stderr().includes('"msg"'), {
        what: 'a first line',
        timeoutMs: 25_000,
      });
      const seen = await eventually(
        async () => {
          const told = await agent('status', '--json');
          return told.status === 0 && told;
        },
        { what: 'status', timeoutMs: 25_000 },
      );
      assert.ok(seen);
      const told = JSON.parse(seen.stdout);
      assert.deepEqual([told.running, told.registration.state, told.slots[0].slot], [true, 'unregistered', 'sd0']);
      assert.match(told.fingerprint, /^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);

      const [text, second, forget] = await Promise.all([agent('status'), agent('run'), agent('forget')]);
      assert.equal(text.status, 0);
      assert.match(text.stdout, /^Registration {2}unregistered$/m);
      assert.equal(second.status, 3);
      assert.match(second.stderr, /^AGENT_RUNNING_ALREADY: /m);
      assert.match(forget.stdout + forget.stderr, /unlinked|NOT_LINKED/);

      running.child.kill('SIGTERM');
      assert.equal((await running.ended).status, 0);
      const after = await agent('status', '--json');
      assert.equal(after.status, 1);
      assert.equal(JSON.parse(after.stdout).running, false);
      assert.match((await agent('status')).stdout, /NOT RUNNING/);
    }),
  );

  test(
    'an agent that starts while a command looks into the state waits for it, and starts',
    on(async ({ dir, agent, start }) => {
      mkdirSync(join(dir, 'state'));
      const path = join(dir, 'state', 'state.db');
      const looking = openSqliteStore(path, () => Date.now());
      const running = start('run');
      const opened = () =>
        readdirSync(`/proc/${running.child.pid}/fd`).some((fd) => linkOf(running.child.pid, fd) === path);
      await eventually(opened, { what: 'an agent that wants the state', timeoutMs: 25_000 });
      looking.close();
      const answers = async () => (await agent('status')).status === 0;
      await eventually(answers, { what: 'an agent that answers', timeoutMs: 25_000 });
      running.child.kill('SIGTERM');
      assert.equal((await running.ended).status, 0);
    }),
  );

  test(
    'status while another process holds the state and does not answer is told, not thrown',
    on(async ({ dir, agent }) => {
      mkdirSync(join(dir, 'state'));
      const store = openSqliteStore(join(dir, 'state', 'state.db'), () => Date.now());
      assertOk(store.save('{}'));
      for (const command of ['status', 'forget', 'diag']) {
        const { status, stdout, stderr } = await agent(command);
        assert.ok(!/\n {4}at /.test(stderr), stderr);
        if (command === 'diag') assert.equal(JSON.parse(stdout).status.fault.code, 'AGENT_RUNNING_ALREADY');
        else assert.deepEqual([status, stderr.split(':')[0]], [3, 'AGENT_RUNNING_ALREADY']);
      }
      store.close();
    }),
  );

  test(
    'a state that cannot be read is STATE_DAMAGED for status, and still there for the agent',
    on(async ({ dir, agent }) => {
      mkdirSync(join(dir, 'state'));
      const store = openSqliteStore(join(dir, 'state', 'state.db'), () => Date.now());
      assertOk(store.save('{"v":99}'));
      store.close();
      for (let round = 0; round < 2; round += 1) {
        const { status, stderr } = await agent('status');
        assert.deepEqual([status, stderr.split(':')[0]], [3, 'STATE_DAMAGED']);
      }
    }),
  );

  test(
    'a device key that is not one stops the start with DEVICE_KEY_BAD and shows nothing of it',
    on(async ({ dir, agent }) => {
      mkdirSync(join(dir, 'state'));
      writeFileSync(join(dir, 'state', 'device-key.json'), 'SECRETSECRET');
      const { status, stderr } = await agent('run');
      assert.equal(status, 3);
      assert.match(stderr, /^DEVICE_KEY_BAD: .*device-key\.json is not a device key/m);
      assert.ok(!/SECRET|\n {4}at /.test(stderr), stderr);
    }),
  );

  test(
    'a state directory that cannot be made is STATE_UNWRITABLE',
    on(async ({ dir, agent }) => {
      writeFileSync(join(dir, 'state'), 'a file in its place');
      const { status, stderr } = await agent('run');
      assert.deepEqual([status, stderr.split(':')[0]], [3, 'STATE_UNWRITABLE']);
      assert.ok(!/\n {4}at /.test(stderr), stderr);
    }),
  );

  test(
    'a state directory whose socket name is too long is told, not thrown',
    on(async ({ dir, write, agent }) => {
      const config = {
        stateDir: `state/${'x'.repeat(120)}`,
        slots: { sd0: { image: 'slots/sd0.img' } },
        firmware: { serial: '1524-0071-21', model: '', version: '' },
      };
      write(JSON.stringify(config));
      const { status, stderr } = await agent('run');
      assert.equal(status, 3, stderr);
      assert.match(stderr, /^STATE_UNWRITABLE: .*control\.sock/m);
      assert.ok(!/\n {4}at /.test(stderr), stderr);
      assert.ok(dir.length > 0);
    }),
  );

  test(
    'diag is JSON with the versions and the state, and no password',
    on(async ({ dir, write, agent }) => {
      writeFileSync(join(dir, 'password'), 'hunter2');
      write(
        JSON.stringify({
          stateDir: 'state',
          slots: { sd0: { image: 'x' } },
          firmware: { url: 'http://127.0.0.1:9', user: 'adm', passwordFile: 'password' },
        }),
      );
      const { status, stdout } = await agent('diag');
      assert.equal(status, 0);
      const told = JSON.parse(stdout);
      assert.deepEqual([told.v, told.agent, told.status.fault.code], [1, AGENT_VERSION, 'AGENT_NOT_RUNNING']);
      assert.ok(!stdout.includes('hunter2'));
    }),
  );

  test(
    'slots tells what this machine has, also without a configuration',
    on(async ({ dir }) => {
      const missing = ['--config', join(dir, 'none.json')];
      const { status, stdout } = await startAgent(['slots', '--json', ...missing]).ended;
      assert.equal(status, 0);
      const { connectors, others } = JSON.parse(stdout);
      assert.ok(Array.isArray(connectors));
      assert.deepEqual(others, []);
      const text = await startAgent(['slots', ...missing]).ended;
      assert.equal(text.status, 0);
      for (const { path } of connectors) assert.ok(text.stdout.includes(path));
    }),
  );

  test(
    'slots --udev-rules prints rules for the slots that are connectors',
    on(async ({ dir, agent, write }) => {
      const firmware = { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' };
      write(
        JSON.stringify({ stateDir: dir, slots: { sd0: { path: 'pci-0000:00:1e.0' }, usb1: { image: 'x' } }, firmware }),
      );
      const { status, stdout } = await agent('slots', '--udev-rules');
      assert.equal(status, 0);
      assert.match(stdout, /ENV\{EWON_SLOT\}="sd0"/);
      assert.doesNotMatch(stdout, /usb1/);
      assert.match((await agent('slots')).stdout, /slot usb1; it is not there now/);
    }),
  );
});
