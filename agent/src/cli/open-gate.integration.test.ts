import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { createSystemClock } from '../adapters/clock-system.ts';
import { createAuditFile } from '../adapters/console-audit-file.ts';
import { serveControl } from '../adapters/control-socket.ts';
import type { ByteLine } from '../adapters/ymodem-stream.ts';
import type { AgentConfig } from '../config/schema.ts';
import { startGate } from '../shell/console-gate.ts';
import { askAgent } from './console/asks.ts';
import { addUser, endPauses, setPassword, setRole } from './console-users.ts';
import { openGate, openPresence } from './open-gate.ts';
import { consoleAuditPath, consoleFailuresPath, consoleUsersPath } from './places.ts';

const AGENT = new URL('../../bin/ewon-agent.js', import.meta.url).pathname;
/** Generous: the machine is shared, and what is wrong does not come at all. */
const WAIT_MS = 60_000;
const WORDS = 'several good words';
const OTHERS = 'quite different words';
const ON = { on: true, by: 'default', why: 'nobody said otherwise' };
const policy = (by: string) => ({
  ...{ account: 'ACME', version: 3, issuedAt: '2026-03-01T12:00:00.000Z', denied: [], accountKeys: [] },
  decisions: { geolocation: ON, remoteManagement: { on: by !== 'account', by, why: `says the ${by}` } },
});

suite('the login of a serial console, with its files', { timeoutMs: 180_000 }, (test) => {
  let dir = '';
  let decidedBy = 'default';
  let control: Awaited<ReturnType<typeof serveControl>>;
  const reports: string[] = [];
  const state = () => join(dir, 'state');
  test.before.each(async () => {
    dir = mkdtempSync(join(tmpdir(), 'gate-'));
    mkdirSync(state(), { mode: 0o700 });
    const firmware = { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' };
    const config = { stateDir: 'state', slots: { sd0: { image: 'sd0.img' } }, firmware };
    writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
    reports.length = 0;
    decidedBy = 'default';
    control = await serveControl(join(state(), 'control.sock'), async () => policy(decidedBy));
  });
  test.after.each(async () => {
    await control.close();
    rmSync(dir, { recursive: true });
  });

  /** A command of a shell on the board. */
  async function shell(args: readonly string[], input = '', command = 'console-user') {
    const child = spawn(process.execPath, [AGENT, '--config', join(dir, 'config.json'), command, ...args]);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => {
        said += bytes;
      });
    child.stdin.on('error', () => {}); // it needed none, and has gone
    child.stdin.end(input);
    const [status] = await once(child, 'close');
    return { status, said };
  }

  /** A line with a gate, as the agent's serial host starts one. */
  function plugIn(button?: string) {
    const clock = createSystemClock();
    const console = {
      ...{ idleMs: 600_000, banner: '', presenceMs: 600_000 },
      ...(button !== undefined && { buttonFile: button }),
    };
    const config = { stateDir: state(), slots: {} } as unknown as AgentConfig;
    let said = '';
    const gate = startGate<ByteLine>({
      gate: openGate({
        ...{ stateDir: state(), console, clock, log: { write() {} } },
        presence: openPresence(console, clock),
        report: (code, detail) => void reports.push(`${code} ${detail}`),
      }),
      line: {
        write(text) {
          said += text;
        },
        hold() {},
        lend: () => {
          throw new Error('nothing is sent here');
        },
        end() {},
      },
      ask: (order, asking) => askAgent(config, order, asking),
    });
    gate.happened({ on: 'attached', greeting: '' });
    const says = (what: RegExp, from = 0) =>
      eventually(() => what.test(said.slice(from)), { what: `${what} in ${JSON.stringify(said)}`, timeoutMs: WAIT_MS });
    return {
      gate,
      said: () => said,
      says,
      async asks(text: string, answer: RegExp) {
        const from = said.length;
        gate.happened({ on: 'typed', bytes: Buffer.from(`${text}\r`) });
        await says(answer, from);
        return said.slice(from);
      },
    };
  }
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  test('from the first administrator to the last command', async () => {
    const button = join(dir, 'button');
    const line = plugIn(button);
    assert.match(line.said(), /no users yet/);
    writeFileSync(button, 'pressed');
    await line.says(/Name of the first administrator: $/);
    await line.asks('ada', /New password: $/);
    await line.asks(WORDS, /Again: $/);
    await line.asks(WORDS, /Done\.[\s\S]*login: $/);
    await line.asks('ada', /Password: $/);
    await line.asks(WORDS, /ada, administrator\.[\s\S]*ewon> $/);
    await line.asks('enable', /# $/);
    await line.asks('user add tom role technician', /New password: $/);
    await line.asks(OTHERS, /Again: $/);
    await line.asks(OTHERS, /tom may log in as technician[\s\S]*# $/);
    await line.asks('user remove ada', /CONSOLE_LAST_ADMINISTRATOR/);
    await line.asks('user password of ada', /New password: $/);
    await line.asks(OTHERS, /Again: $/);
    await line.asks(OTHERS, /CONSOLE_PASSWORD_OWN/);
    await line.asks('show users', /ada +administrator\r\ntom +technician\r\n/);
    await line.asks('user password', /Old password: $/);
    await line.asks(WORDS, /New password: $/);
    await line.asks(OTHERS, /Again: $/);
    await line.asks(OTHERS, /Your password was changed[\s\S]*# $/);
    const audit = await line.asks('show audit', /show audit[\s\S]*# $/);
    assert.match(
      audit,
      /serial ada first user\r\n[\s\S]*ada login\r\n[\s\S]*command: user add tom role technician\r\n/,
    );
    await line.asks('exit', /login: $/);
    await line.asks('ada', /Password: $/);
    await line.asks(OTHERS, /administrator/);
    assert.deepEqual(reports, [
      'CONSOLE_FIRST_USER ada, serial',
      'CONSOLE_LOGIN ada, serial',
      'CONSOLE_LOGIN ada, serial',
    ]);
    const paths = [consoleUsersPath, consoleFailuresPath, consoleAuditPath].map((path) => path(state()));
    for (const path of paths) {
      assert.equal(modeOf(path), '600', path);
      const text = readFileSync(path, 'latin1');
      for (const secret of [WORDS, OTHERS, 'wrong password']) assert.ok(!text.includes(secret), path);
    }
    line.gate.happened({ on: 'hungUp' });
  });

  test('a shell lets people in without an agent, and what it changes reaches an open session', async () => {
    assert.deepEqual(await shell(['add', 'ada', 'administrator'], `${WORDS}\n`), { status: 0, said: 'Done.\n' });
    assert.match((await shell(['add', 'eve', 'viewer'], 'short\n')).said, /^CONSOLE_PASSWORD_WEAK.*fewer than 10/);
    assertOk(await addUser({ stateDir: state() }, 'tom', 'technician', [OTHERS, OTHERS]));
    assert.match((await shell([])).said, /^ada +administrator\ntom +technician\n$/);
    const line = plugIn();
    await line.asks('tom', /Password: $/);
    await line.asks(OTHERS, /tom, technician/);
    await line.asks('show policy', /by default|default[\s\S]*> $/);
    decidedBy = 'account';
    await line.asks('show policy', /says the account[\s\S]*> $/);
    await line.asks('enable', /# $/);
    const from = line.said().length;
    assertOk(setRole({ stateDir: state() }, 'tom', 'viewer'));
    await line.says(/ewon> $/, from);
    await line.asks('forget', /Invalid input/);
    assertOk(await setPassword({ stateDir: state() }, 'tom', [`${WORDS} again`, `${WORDS} again`]));
    await line.says(/your password was changed[\s\S]*login: $/);
    await line.asks('tom', /Password: $/);
    await line.asks(`${WORDS} again`, /tom, viewer/);
    assert.equal((await shell(['remove', 'tom'])).status, 0);
    await line.says(/no user of this console[\s\S]*login: $/);
    line.gate.happened({ on: 'hungUp' });
    const audit = createAuditFile(consoleAuditPath(state())).read();
    const did = audit.map((entry) => `${entry.from} ${entry.did} ${entry.detail ?? ''}`.trim());
    assert.ok(did.includes('shell command remove tom') && did.includes('serial put out'), did.join('\n'));
  });

  test('failures outlast a restart, and a shell ends the pause', async () => {
    assertOk(await addUser({ stateDir: state() }, 'ada', 'administrator', [WORDS, WORDS]));
    writeFileSync(consoleFailuresPath(state()), '{"version":1,"users":{},"lines":{"serial":9}}');
    const waiting = plugIn();
    assert.match(waiting.said(), /Too many failed logins.*again in 3 min/);
    assertOk(endPauses({ stateDir: state() }));
    await waiting.asks('ada', /Password: $/);
    await waiting.asks('wrong password', /Login incorrect\r\nlogin: $/);
    await waiting.asks('ada', /Password: $/);
    await waiting.asks('wrong password', /Login incorrect\r\nlogin: $/);
    await waiting.asks('ada', /Password: $/);
    await waiting.asks('wrong password', /Login incorrect\. Try again in \d s\r\nlogin: $/);
    assert.equal(
      readFileSync(consoleFailuresPath(state()), 'utf8'),
      '{"version":1,"users":{"ada":3},"lines":{"serial":3}}\n',
    );
    waiting.gate.happened({ on: 'hungUp' });
  });

  test('a console over the socket is in the audit as well, by understood commands only', async () => {
    await shell(['--script'], 'show version\nshow nonsense\n', 'console');
    const audit = createAuditFile(consoleAuditPath(state())).read();
    assert.deepEqual(
      audit.map(({ from, person, did, detail }) => [from, person, did, detail]),
      [['local', 'local', 'command', 'show version']],
    );
  });

  test('a link or a FIFO in the place of the audit leads nobody astray', () => {
    const path = consoleAuditPath(state());
    const entry = {
      at: new Date(0).toISOString(),
      from: 'shell',
      person: 'root',
      did: 'command',
      detail: 'list',
    } as const;
    writeFileSync(join(dir, 'shadow'), 'root:x');
    symlinkSync(join(dir, 'shadow'), path);
    assertFault(createAuditFile(path).append(entry), 'STATE_UNWRITABLE');
    assert.equal(readFileSync(join(dir, 'shadow'), 'utf8'), 'root:x');
    rmSync(path);
    execFileSync('mkfifo', [path]);
    assertFault(createAuditFile(path).append(entry), 'STATE_UNWRITABLE');
    rmSync(path);
    assertOk(createAuditFile(path).append(entry));
  });

  test('the audit is bounded', () => {
    const audit = createAuditFile(consoleAuditPath(state()), 2000);
    for (let i = 0; i < 200; i += 1)
      audit.append({
        at: new Date(i).toISOString(),
        from: 'local',
        person: 'local',
        did: 'command',
        detail: `show ${i}`,
      });
    const kept = audit.read();
    assert.ok(kept.length > 15 && kept.length < 60, `${kept.length}`);
    assert.equal(kept.at(-1)?.detail, 'show 199');
    assert.ok(
      kept.every(({ detail }, i) => detail === `show ${200 - kept.length + i}`),
      'in order, none in between is lost',
    );
  });
});
