import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { askControl } from '../adapters/control-socket.ts';
import { changeSettings } from '../adapters/settings-file.ts';
import { readSettings, settingsPath } from '../adapters/settings-read.ts';
import type { ByteLine } from '../adapters/ymodem-stream.ts';
import { readConfig } from '../config/read-config.ts';
import type { AgentConfig } from '../config/schema.ts';
import { edited, SETTINGS_MAX } from '../core/settings/settings.ts';
import { startConsole } from '../shell/console.ts';
import { SETS_EACH } from '../testing/settings-writer.ts';
import { commit, discard, loadCandidate, rollback, setValue, unsetValue, validate } from './config.ts';
import { explainConfig, sourcesText } from './config-explain.ts';
import { configForStart } from './config-run.ts';
import { askAgent } from './console/asks.ts';
import { setLocation } from './device.ts';
import { controlPath } from './places.ts';
import { readPolicyStatus } from './policy.ts';
import { startConfigured } from './start.ts';

const AGENT = new URL('../../bin/ewon-agent.js', import.meta.url).pathname;
const WRITER = new URL('../testing/settings-writer.ts', import.meta.url).pathname;
/** Generous: the machine is shared, and what is wrong does not come at all. */
const LONG = { what: 'the agent', timeoutMs: 60_000 };
const FIRMWARE = { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' };

suite('configuring at the console', { timeoutMs: 180_000 }, (test) => {
  let dir = '';
  let path = '';
  let stops: (() => Promise<unknown>)[] = [];
  const writeFile = (more: object = {}) =>
    writeFileSync(
      path,
      JSON.stringify({ stateDir: 'state', slots: { sd0: { image: 'sd0.img' } }, firmware: FIRMWARE, ...more }),
    );
  const config = (): AgentConfig => assertOk(readConfig(path));
  const set = (name: string, value: string) => setValue(config(), 'anna', name, value);
  const saved = () => assertOk(readSettings(config().stateDir));
  /** An agent as the service manager has it. */
  const startAgent = async (restart?: () => void) => {
    const started = assertOk(await startConfigured(path, restart));
    stops.push(started.stop);
    return started;
  };
  test.before.each(() => {
    dir = mkdtempSync(join(tmpdir(), 'config-'));
    path = join(dir, 'config.json');
    stops = [];
    mkdirSync(join(dir, 'state'), { mode: 0o700 });
    writeFile({ log: { level: 'error' }, board: { orderDir: 'no-orders' } });
  });
  test.after.each(async () => {
    for (const stop of stops) await stop();
    rmSync(dir, { recursive: true });
  });

  test('set, look, commit, roll back: the file stays as it is', async () => {
    const before = readFileSync(path, 'utf8');
    assertOk(set('log.level', 'warn'));
    assert.equal(config().log.level, 'error', 'a candidate does not run');
    const done = assertOk(await commit(config(), 'anna'));
    assert.deepEqual(done, { did: 'committed', n: 1, applied: 'notRunning' });
    assert.equal(config().log.level, 'warn');
    assertOk(unsetValue(config(), 'bert', 'log'));
    assertOk(await commit(config(), 'bert'));
    assert.equal(config().log.level, 'error', 'what the file says');
    assertOk(rollback(config(), 'anna', 1));
    assertOk(await commit(config(), 'anna'));
    assert.equal(config().log.level, 'warn');
    assertFault(rollback(config(), 'anna', 9), 'SETTINGS_NO_COMMIT');
    assertOk(rollback(config(), 'anna', 3));
    assertOk(await commit(config(), 'anna'));
    assert.equal(config().log.level, 'error', 'before the first commit the file alone held');
    assert.deepEqual(
      saved().commits.map(({ n, by }) => `${n} ${by}`),
      ['4 anna', '3 anna', '2 bert', '1 anna'],
    );
    assert.equal(readFileSync(path, 'utf8'), before);
  });

  test('what is wrong is refused with its code, and the candidate stays', async () => {
    assertOk(set('log.level', 'warn'));
    assertFault(set('log.level', 'loud'), 'SETTINGS_VALUE_BAD');
    assertFault(set('stateDir', '/tmp'), 'SETTINGS_KEY_UNKNOWN');
    assertFault(unsetValue(config(), 'anna', 'wan'), 'SETTINGS_KEY_UNKNOWN');
    assertFault(await commit({ ...config(), origin: join(dir, 'none') }, 'anna'), 'CONFIG_INVALID');
    assert.deepEqual(saved().candidate?.settings, { 'log.level': 'warn' });
    assertOk(discard(config()));
    assertFault(await commit(config(), 'anna'), 'SETTINGS_NO_CHANGE');
  });

  test('more than is kept is refused, not written and then called damaged', () => {
    const all = Array.from({ length: SETTINGS_MAX }, (_, i) => [`wan.links.eth${i}`, 'auto']);
    const at = '2026-03-01T12:00:00.000Z' as never;
    assertOk(
      changeSettings(config().stateDir, (now) => ({
        ok: true,
        value: { saved: edited(now, Object.fromEntries(all), { by: 'anna', at }), value: 0 },
      })),
    );
    assertFault(set('wan.links.eth999', 'auto'), 'SETTINGS_VALUE_BAD');
    assert.equal(Object.keys(saved().candidate?.settings ?? {}).length, SETTINGS_MAX);
  });

  test('what could not run is not committed', async () => {
    assertOk(set('telemetry.everyMs', '5000'));
    assertFault(validate(config()), 'CONFIG_INVALID');
    assert.match(assertFault(await commit(config(), 'anna'), 'CONFIG_INVALID').detail, /telemetry needs firmware.url/);
    assertOk(discard(config()));
    assertOk(set('wan.modem.baud', '9600'));
    assert.match(assertFault(validate(config()), 'CONFIG_INVALID').detail, /port/);
    assertOk(discard(config()));
    assertOk(set('account.trust', 'pinned'));
    assertFault(validate(config()), 'CONFIG_INVALID');
  });

  test('root has the last word, also when it was said later', async () => {
    assertOk(set('GeolocEnable', '1'));
    assertOk(set('log.level', 'warn'));
    assertOk(await commit(config(), 'anna'));
    writeFile({ GeolocEnable: 0 });
    assert.equal(config().GeolocEnable, 0);
    assert.equal(config().log.level, 'warn', 'the rest holds');
    assertFault(set('GeolocEnable', '1'), 'SETTINGS_LOCKED');
    const text = sourcesText(assertOk(explainConfig(config())));
    assert.match(text, /^GeolocEnable 0 {2}\(file; console says 1: GeolocEnable is 0 in the file\)$/m);
    assert.match(text, /^log\.level "warn" {2}\(console, anna 20\d\d-.*Z\)$/m);
    assert.match(text, /^USBConfigEnable 1 {2}\(default\)$/m);
    assert.match(text, /^firmware\.serial "1524-0071-21" {2}\(file\)$/m);
    assert.ok(text.split('\n').every((line) => /^[ -~]*$/.test(line)));
  });

  test('a whole file: what is root-only must be as it is, or not there', () => {
    const load = (tree: unknown) =>
      loadCandidate(config(), 'anna', typeof tree === 'string' ? tree : JSON.stringify(tree));
    const own = {
      stateDir: 'state',
      firmware: FIRMWARE,
      log: { level: 'warn' },
      wan: { links: { 'eth0.7': 'ethernet' } },
    };
    assert.deepEqual(assertOk(load(own)), { 'wan.links.eth0.7': 'ethernet', 'log.level': 'warn' });
    assertFault(load({ ...own, stateDir: '/tmp' }), 'SETTINGS_KEY_UNKNOWN');
    assertFault(load({ board: { switchDir: '/tmp' } }), 'SETTINGS_KEY_UNKNOWN');
    assertFault(load({ log: { level: 'loud' } }), 'SETTINGS_VALUE_BAD');
    assertFault(load({ log: 'warn' }), 'SETTINGS_KEY_UNKNOWN');
    for (const junk of ['', '[]', 'null', 'x'.repeat(70_000), '{"log":']) assertFault(load(junk), 'SETTINGS_VALUE_BAD');
    assert.deepEqual(saved().candidate?.settings, { 'wan.links.eth0.7': 'ethernet', 'log.level': 'warn' });
    assert.deepEqual(assertOk(load({ log: { level: 'error' } })), {}, 'what is as the file has it is not set');
  });

  test('what is damaged does not keep the agent from running, and is set aside by its start', async () => {
    assertOk(set('log.level', 'warn'));
    assertOk(await commit(config(), 'anna'));
    writeFileSync(settingsPath(config().stateDir), '{"v":1');
    assert.equal(config().log.level, 'error');
    const { told } = assertOk(await configForStart(path));
    assert.deepEqual(
      told.map(({ code }) => code),
      ['SETTINGS_DAMAGED'],
    );
    assert.equal(existsSync(settingsPath(config().stateDir)), false);
    assert.equal(readFileSync(`${settingsPath(config().stateDir)}.damaged`, 'utf8'), '{"v":1');
    assertOk(set('log.level', 'warn'));
  });

  test('a start counts before it is tried: the fourth runs what ran before', async () => {
    assertOk(set('log.level', 'warn'));
    assertOk(await commit(config(), 'anna'));
    for (let i = 0; i < 3; i += 1) assert.equal(assertOk(await configForStart(path)).config.log.level, 'warn');
    const last = assertOk(await configForStart(path));
    assert.equal(last.config.log.level, 'error');
    assert.match(
      last.told.map(({ code, detail }) => `${code} ${detail}`).join(),
      /SETTINGS_WENT_BACK commit 1 to the file alone: SETTINGS_NOT_STARTED/,
    );
    assert.deepEqual(assertOk(await configForStart(path)).told, [], 'told once');
  });

  test('a running agent takes what it can at once, and starts again for the rest', async () => {
    let restarts = 0;
    await startAgent(() => {
      restarts += 1;
    });
    assertOk(set('log.level', 'warn'));
    assert.equal(assertOk(await commit(config(), 'anna')).applied, 'applied');
    assert.equal(saved().trial, undefined, 'it runs, so it is proved');
    assertOk(set('wan.holdDownMs', '500'));
    assert.equal(assertOk(await commit(config(), 'anna')).applied, 'restarting');
    await eventually(() => restarts === 1, { what: 'the restart' });
    assert.deepEqual(saved().trial?.until, 'up');
  });

  test('several consoles at once: what each sets is there', async () => {
    const writers = ['eth0', 'eth1', 'eth2'].map((name) =>
      spawn(process.execPath, [WRITER, path, name], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const ended = Promise.all(writers.map((writer) => once(writer, 'exit')));
    await Promise.all(writers.map((writer) => once(writer.stdout, 'data')));
    for (const writer of writers) writer.stdin.end();
    assert.deepEqual(await ended, Array(3).fill([0, null]));
    assert.equal(Object.keys(saved().candidate?.settings ?? {}).length, 3 * SETS_EACH);
  });

  test('as a service: the process ends as one that is stopped, and the next start comes up with it', async () => {
    const start = () => {
      const child = spawn(process.execPath, [AGENT, '--config', path, 'run'], {
        stdio: 'ignore',
        env: { ...process.env, NOTIFY_SOCKET: join(dir, 'nobody') },
      });
      stops.push(async () => void (child.exitCode === null && child.kill('SIGKILL')));
      return child;
    };
    const isUp = () => eventually(async () => (await askControl(controlPath(config().stateDir), 'status')).ok, LONG);
    const first = start();
    const ended = once(first, 'exit');
    await isUp();
    assertOk(set('wan.holdDownMs', '500'));
    assert.equal(assertOk(await commit(config(), 'anna', 5)).applied, 'restarting');
    assert.deepEqual(await ended, [0, null]);
    const second = start();
    await isUp();
    await eventually(() => saved().trial?.isUp === true, LONG);
    assert.equal(assertOk(await commit(config(), 'anna')).did, 'confirmed');
    const gone = once(second, 'exit');
    second.kill('SIGKILL'); // a power cut, for what is on the disk
    await gone;
    assert.equal(config().wan?.holdDownMs, 500);
  });

  test('without a service manager it is said that a restart is needed', async () => {
    await startAgent();
    assertOk(set('patch.everyMs', '60000'));
    assert.equal(assertOk(await commit(config(), 'anna')).applied, 'needsRestart');
  });

  test('commit confirmed: nothing is confirmed before the agent is up; its second commit keeps it', async () => {
    const { stop } = await startAgent();
    assertOk(set('patch.everyMs', '60000'));
    assertOk(await commit(config(), 'anna', 5));
    assertFault(await commit(config(), 'anna'), 'SETTINGS_NOT_UP');
    await stop();
    stops = [];
    const second = await startAgent();
    assert.equal(config().patch.everyMs, 60_000);
    assert.equal(assertOk(await commit(config(), 'anna')).did, 'confirmed');
    assert.equal(saved().trial, undefined);
    await second.stop();
    stops = [];
  });

  test('commit confirmed: the time ran out while the power was off, so the next start goes back', async () => {
    assertOk(set('log.level', 'warn'));
    assertOk(await commit(config(), 'anna', 5));
    const { stateDir } = config();
    const longAgo = new Date(Date.now() - 6 * 60_000).toISOString();
    assertOk(
      changeSettings(stateDir, (now) => ({
        ok: true,
        value: { saved: { ...now, commits: now.commits.map((one) => ({ ...one, at: longAgo as never })) }, value: 0 },
      })),
    );
    const { agent } = await startAgent();
    assert.equal(config().log.level, 'error');
    assert.deepEqual(saved().wentBack?.why, 'SETTINGS_UNCONFIRMED');
    assert.ok(agent.status().events.some(({ code }) => code === 'SETTINGS_WENT_BACK'));
  });

  /** A console of the agent, as the serial port has one: what is typed, and what is seen. */
  const openConsole = () => {
    let seen = '';
    const session = startConsole<ByteLine>({
      line: {
        write(text) {
          seen += text;
        },
        hold() {},
        lend: () => assert.fail(),
        end() {},
      },
      ask: (order, asking) => askAgent(config(), order, asking),
    });
    const at = (what: RegExp, from: number) =>
      eventually(() => what.test(seen.slice(from)), { what: `${what} in ${JSON.stringify(seen.slice(from))}` });
    return {
      /** Types, and waits for what it brings. */
      async asks(text: string, what: RegExp) {
        const from = seen.length;
        session.happened({ on: 'typed', bytes: Buffer.from(text) });
        await at(what, from);
        return seen.slice(from);
      },
      hangUp: () => session.happened({ on: 'hungUp' }),
      says: (what: RegExp) => at(what, 0),
      seen: () => seen,
    };
  };

  test('a person configures: asks what there is, sets, looks, commits, goes back', async () => {
    await startAgent();
    const { asks, hangUp } = openConsole();
    await asks('en\rconf t\r', /ewon\(config\)# $/);
    assert.match(await asks('set log.level ?', /level $/), / {2}debug .* {2}info +The default\. /s);
    assert.match(await asks('\x03set wan.h\t?', /wan\.holdDownMs $/), /<200-3600000>/);
    await asks('\x03set log.level loud\r', /\^\r\n% Invalid input\r\newon\(config\)# $/);
    await asks('set log.level warn\r', /warn\r\newon\(config\)# $/);
    await asks('set wan.links eth0.7 ethernet\r', /ethernet\r\newon\(config\)# $/);
    assert.match(await asks('show\r', /# $/), /set log\.level warn\r\nset wan\.links eth0\.7 ethernet\r\n/);
    await asks('no wan\r', /wan\r\newon\(config\)# $/);
    const other = openConsole();
    assert.match(
      await other.asks('en\rconfigure\r', /\(config\)# $/),
      /Edited by local since .*not committed:\r\n {2}\+ log\.level "warn"/s,
    );
    assert.match(await asks('commit\r', /\(config\)# $/), /Commit 1\. It runs\./);
    assert.equal(config().log.level, 'warn');
    assert.match(await asks('rollback\r', /\(config\)# $/), /Loaded as the candidate/);
    assert.match(await asks('exit\r', /ewon# $/), /Not committed; kept.*- log\.level "warn"/s);
    hangUp();
    other.hangUp();
  });

  test('what the agent logs is shown until it is ended, and the session takes its end with it', async () => {
    const { agent } = await startAgent();
    const console = openConsole();
    await console.asks('en\rdebug all\r', /For 10 min.*ewon# $/s);
    await console.asks('show st', /show st$/);
    agent.report('LOCATION_SWITCHED', 'x');
    await console.says(/debug agent: LOCATION_SWITCHED|debug agent: [^\r]*code=LOCATION_SWITCHED\r\newon# show st/);
    await console.asks('\x03undebug all\r', /undebug all\r\newon# $/);
    const { length } = console.seen();
    agent.report('LOCATION_SWITCHED', 'y');
    await console.asks('debug card 1\r', /For 1 min.*ewon# $/s);
    assert.doesNotMatch(console.seen().slice(length), /LOCATION_SWITCHED/);
    console.hangUp();
  });

  test('the LED is tried, each is named, and ^C ends it; a reboot is asked about', async () => {
    await startAgent();
    const console = openConsole();
    await console.asks('en\rtest led\r', /LED 1 of 7: dark/);
    await console.asks('\x03', /ewon# $/);
    await console.asks('reboot\r', /Type yes to do it: $/);
    await console.asks('no\r', /Nothing was done/);
    assert.match(await console.asks('reboot\ryes\r', /ewon# $/), /REBOOT_UNAVAILABLE/);
    assert.match(await console.asks('patch install\ryes\r', /PATCH_\w+|ewon# $/), /PATCH/);
    await console.asks('location off\r', /Location is off: .*"location\s+off"/s);
    assert.ok(existsSync(join(dir, 'state', 'geolocation.off')));
    console.hangUp();
  });

  test('location off holds at once and over a start; on lifts only that', async () => {
    const { agent } = await startAgent();
    const off = assertOk(await setLocation(config(), false, 'anna'));
    assert.deepEqual([off.on, off.by, off.tells], [false, 'device', true]);
    assert.equal(agent.policy().decisions.geolocation.by, 'device');
    assert.equal(assertOk(await readPolicyStatus(config())).decisions.geolocation.by, 'device');
    writeFileSync(settingsPath(config().stateDir), 'damaged');
    writeFileSync(join(dir, 'state', 'geolocation.off'), '');
    assert.equal(agent.policy().decisions.geolocation.by, 'device', 'whatever is damaged');
    const on = assertOk(await setLocation(config(), true, 'anna'));
    assert.deepEqual([on.on, on.by], [false, 'unknown'], 'the account has not said yes');
    writeFile({ GeolocEnable: 0 });
    assertOk(await askControl(controlPath(config().stateDir), 'settings'));
    const still = assertOk(await setLocation(config(), true, 'anna'));
    assert.deepEqual([still.on, still.by], [false, 'device'], 'root has switched it off');
  });
});
