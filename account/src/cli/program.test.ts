import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Grk, grkIdOf } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { judgeCard } from '@ewon-agent/sdcard-tools/core/card';
import { memoryDevice } from '@ewon-agent/sdcard-tools/volume/block-device-memory';
import { readCard } from '@ewon-agent/sdcard-tools/volume/read-card';
import { overTls } from '../testing/ask-over-tls.ts';
import { createTestDevice } from '../testing/device-client.ts';
import { runAccount } from './program.ts';

const KEY = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV' as Grk;

/** Runs one command and gathers what it says. */
async function run(argv: readonly string[], input = '', untilSignal = async (): Promise<void> => {}) {
  const said = { out: '', err: '' };
  const status = await runAccount(argv, {
    stdin: (async function* () {
      yield input;
    })(),
    stdout: (text) => {
      said.out += text;
    },
    stderr: (text) => {
      said.err += text;
    },
    untilSignal,
  });
  return { status, ...said };
}

suite('account command', { timeoutMs: 120_000 }, (test) => {
  let folder = '';
  let state = '';
  let end = (): void => {};
  let served: Promise<number> = Promise.resolve(0);
  let address: Record<string, string> = {};

  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ewon-cli-'));
    state = join(folder, 'state');
    const { promise: ended, resolve: stop } = Promise.withResolvers<void>();
    const { promise: started, resolve } = Promise.withResolvers<string>();
    end = stop;
    const io = { stdin: (async function* () {})(), stdout: resolve, stderr: () => {}, untilSignal: () => ended };
    served = runAccount(['serve', '--state', state, '--json', '--log-level', 'error'], io);
    address = JSON.parse(await started);
  });
  test.after(async () => {
    end();
    assert.equal(await served, 0);
    const after = await run(['ewons', '--state', state]);
    assert.deepEqual([after.status, after.err.split(':')[0]], [1, 'ACCOUNT_NOT_RUNNING']);
    await rm(folder, { recursive: true, force: true });
  });
  const ask = (...argv: string[]) => run([...argv, '--state', state]);
  const json = async (...argv: string[]) => {
    const { status, out } = await run([...argv, '--state', state, '--json']);
    return { status, value: JSON.parse(out) };
  };

  /** A device that registers with the key of the account, over TLS. */
  async function register(serial: string): Promise<void> {
    const agent = new Agent({ ca: await readFile(address['ca'] ?? '') });
    const device = createTestDevice(overTls(agent), new URL(address['deviceUrl'] ?? '').origin, serial);
    const grk = (await ask('grk', 'show', '--key')).out.trim();
    const answer = await device.register(await device.request(grk as Parameters<typeof device.request>[0]));
    assert.equal(answer.status, 202, JSON.stringify(answer.json));
    agent.destroy();
  }

  test('serve says where everything is', () => {
    assert.match(address['signIn'] ?? '', /^http:\/\/127\.0\.0\.1:\d+\/#once=[\w-]{22}$/);
    assert.match(address['deviceUrl'] ?? '', /^https:\/\/127\.0\.0\.1:\d+\/device\/v1\/directory$/);
  });

  test('nothing there yet: each list says what to do', async () => {
    assert.match((await ask('pending')).out, /No Ewon waits/);
    assert.match((await ask('ewons')).out, /No Ewon is linked yet/);
    assert.match((await ask('alarms', 'list')).out, /No alarm is open/);
    assert.match((await ask('location', 'show')).out, /No Ewon is linked yet/);
    assert.match((await ask('location', 'show', 'no such')).err, /^NOT_FOUND/);
    assert.equal((await ask('location', 'moves', 'x', 'maybe')).status, 2);
    assert.match((await ask('cells', 'show')).out, /No cells\. "account cells import FILE"/);
    assert.match((await ask('cells', 'import', '/no/such/file')).err, /^CELLS_UNREADABLE/);
    assert.equal((await ask('cells', 'import', 'x', '--mcc', '20')).status, 2);
    assert.deepEqual((await json('alarms', 'ack')).value, { acknowledged: 0 });
    assert.match((await ask('alarms', 'ack', 'no such')).err, /^NOT_FOUND/);
    assert.deepEqual((await json('pending')).value, []);
    const none = await ask('approve');
    assert.deepEqual([none.status, none.err.split(':')[0]], [3, 'NOT_FOUND']);
  });

  test('pending, approve, replace, remove', async () => {
    await register('1524-0071-21');
    assert.match((await ask('pending')).out, /1524-0071-21/);
    const approved = await ask('approve', '1524-0071-21', '--name', 'Pump 1', '--custom', 'a', 'b');
    assert.equal(approved.status, 0, approved.err);
    const [ewon] = (await json('ewons')).value;
    assert.deepEqual([ewon.name, ewon.customFields], ['Pump 1', ['a', 'b', '']]);
    const twice = await ask('approve', '1524-0071-21');
    assert.equal(twice.status, 3);
    await register('1524-0072-21');
    await register('1524-0073-21');
    const several = await ask('approve');
    assert.deepEqual([several.status, several.err.split(':')[0]], [3, 'CONFLICT']);
    assert.equal((await ask('replace', '1524-0072-21', 'Pump 1')).status, 0);
    assert.equal((await ask('reject', '--network', '127.0.0.0/24')).out, 'rejected 1\n');
    assert.match((await ask('remove', 'Pump 1')).out, /removed "Pump 1"/);
    assert.deepEqual((await json('ewons')).value, []);
  });

  test('policy: shown, set piece by piece, taken back', async () => {
    assert.match((await ask('policy', 'show')).out, /^geolocation +on\nremote management +on\nwindow +at any time$/m);
    const set = await json('policy', 'set', '--geolocation', 'off', '--window', 'sat,sun 22:00-04:00', '--deny', 'p1');
    const window = { days: ['sat', 'sun'], from: '22:00', to: '04:00', zone: 'UTC' };
    const { version, issuedAt: _, ...settings } = set.value;
    assert.deepEqual(settings, { geolocation: false, remoteManagement: true, window, denied: ['p1'] });
    const next = await json('policy', 'set', '--window', 'none', '--deny', '');
    assert.ok(next.value.version > version);
    assert.deepEqual([next.value.window, next.value.denied, next.value.geolocation], [undefined, [], false]);
    for (const window of ['sat 2-4', 'sat,someday 02:00-04:00', '02:00-04:00', 'sat 02:00-04:00 CET', ''])
      assert.deepEqual((await ask('policy', 'set', '--window', window)).status, 2, window);
    const hours = await ask('policy', 'set', '--window', 'daily 25:00-26:00');
    assert.deepEqual([hours.status, hours.err.split(':')[0]], [3, 'BAD_REQUEST']);
    assert.equal((await ask('policy', 'set', '--geolocation', 'maybe')).status, 2);
    assert.match((await ask('location', 'show')).out, /^Geolocation is off/);
  });

  test('commands: none yet, to nobody, with words that are no arguments', async () => {
    assert.match((await ask('command', 'list')).out, /No command was sent yet/);
    const nobody = await ask('command', 'send', 'status', '--to', 'nobody');
    assert.deepEqual([nobody.status, nobody.err.split(':')[0]], [3, 'NOT_FOUND']);
    for (const wrong of [['status', 'loud', '--to', 'x'], ['status', '--to', 'x', '--expires', '1 hour'], ['status']])
      assert.equal((await ask('command', 'send', ...wrong)).status, 2, wrong.join(' '));
    const unknown = await ask('command', 'show', 'c_x');
    assert.deepEqual([unknown.status, unknown.err.split(':')[0]], [3, 'NOT_FOUND']);
  });

  test('the key of the account: announced, then used; out of turn it is refused', async () => {
    const early = await ask('key', 'rotate', '--switch');
    assert.deepEqual([early.status, early.err.split(':')[0]], [3, 'CONFLICT']);
    assert.match((await ask('key', 'rotate')).out, /account key rotate --switch/);
    const [first, second] = (await json('key', 'rotate', '--switch')).value;
    assert.deepEqual([first.state, second.state, second.number], ['old', 'current', 2]);
    assert.match((await ask('key', 'show')).out, new RegExp(`2 +current +${second.fingerprint}`));
    assert.ok(!JSON.stringify([first, second]).includes('sealed'), 'no secret is shown');
  });

  test('keys: listed by id, imported from standard input, renewed, exported to a file that is not overwritten', async () => {
    const imported = await run(['grk', 'import', '-', '--note', 'Ecatcher', '--state', state], `T2MKey:${KEY}\r\n`);
    assert.equal(imported.status, 0, imported.err);
    const again = await run(['grk', 'import', '-', '--state', state], KEY);
    assert.deepEqual([again.status, again.err.split(':')[0]], [3, 'CONFLICT']);
    const bad = await run(['grk', 'import', '-', '--state', state], 'no key');
    assert.deepEqual([bad.status, bad.err.split(':')[0]], [3, 'T2M_KEY_FORM']);
    assert.ok(!(await ask('grk', 'show')).out.includes(KEY.slice(4)));
    const unnamed = await ask('grk', 'renew');
    assert.deepEqual([unnamed.status, unnamed.err.split(':')[0]], [3, 'CONFLICT']);
    const warned = await ask('grk', 'renew', grkIdOf(KEY));
    assert.match(
      warned.out,
      /^Renewing \w{8} makes 0 waiting requests void, .*The new key: any number of uses, no end/s,
    );
    assert.deepEqual((await json('grk', 'renew', grkIdOf(KEY))).value.renewed, { expiresAt: null, usesMax: null });
    const done = await ask('grk', 'renew', grkIdOf(KEY), '--yes');
    assert.match(done.out, /^revoked \w{8}, made \w{8}: any number of uses, no end; 0 waiting/);
    const file = join(folder, 'T2M.txt');
    assert.equal((await ask('grk', 'export', file, '--form', 'txt', '--note', 'Hall 3')).status, 0);
    assert.match(await readFile(file, 'ascii'), /^T2MKey:A01-\w{32}\r\nT2MNote:Hall 3\r\n$/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const there = await ask('grk', 'export', file, '--form', 'txt');
    assert.deepEqual([there.status, there.err.split(':')[0]], [3, 'TARGET_REFUSED']);
    const image = join(folder, 'card.img');
    assert.equal((await ask('grk', 'export', image, '--receipt', '--wipe')).status, 0);
    const files = assertOk(await readCard(memoryDevice(new Uint8Array(await readFile(image)))));
    const { manifest } = assertOk(judgeCard(files, {}));
    assert.deepEqual([manifest?.receipt, manifest?.wipe], [true, true]);
    const alone = await ask('grk', 'export', join(folder, 'other.txt'), '--form', 'txt', '--wipe');
    assert.deepEqual([alone.status, alone.err.split(':')[0]], [3, 'BAD_REQUEST']);
  });

  test('pools, auto-registration, log, another sign-in link', async () => {
    assert.match((await ask('pool', 'add', 'North')).out, /North/);
    assert.match((await ask('auto-registration', 'off', '--pool', 'North')).out, /is off, pool "North"/);
    assert.match((await ask('auto-registration')).out, /is off/);
    assert.equal((await ask('pool', 'remove', 'North')).status, 3);
    assert.match(
      (await ask('log', '--raw', '--limit', '1')).out,
      /^\d{4}-\d\d-\d\d; [\d:]+; administrator; User; .*\r\n$/,
    );
    assert.match((await ask('log')).out, /time +name +kind/);
    assert.match((await ask('sign-in')).out, /#once=/);
  });

  test('users: the password comes by standard input, never as an argument', async () => {
    assert.match((await ask('user', 'list')).out, /No users yet/);
    const none = await ask('user', 'add', 'ann', '--administrator');
    assert.deepEqual([none.status, none.err.split(':')[0]], [2, 'USAGE']);
    const weak = await run(['user', 'add', 'ann', '--state', state], 'short\n');
    assert.deepEqual([weak.status, weak.err.split(':')[0]], [3, 'PASSWORD_UNFIT']);
    const made = await run(['user', 'add', 'ann', '--administrator', '--state', state], 'secret 12\nignored');
    assert.deepEqual([made.status, made.out], [0, 'added ann\n']);
    assert.match((await ask('user', 'list')).out, /^login .*\nann /);
    assert.equal((await run(['user', 'password', 'ANN', '--state', state], 'other 123')).status, 0);
    const group = ['group', 'add', 'Techs', '--template', 'Technicians', '--pools', 'Default', '--may', 'log.read'];
    assert.equal((await ask(...group)).out, 'added Techs\n');
    assert.match((await ask('group', 'list')).out, /^Techs +0 +Default +ewons\.read keys\.export log\.read$/m);
    assert.match((await ask('group', 'add', 'x', '--template', 'None', '--all-pools')).err, /^NOT_FOUND/);
    assert.match((await ask('group', 'add', 'x', '--template', 'Technicians')).err, /^BAD_REQUEST.*--all-pools/);
    const tech = await run(['user', 'add', 'tech', '--groups', 'Techs', '--state', state], 'secret 12');
    assert.equal(tech.out, 'added tech\n');
    const last = await ask('user', 'groups', 'ann', 'Techs');
    assert.deepEqual([last.status, last.err.split(':')[0]], [3, 'LAST_ADMINISTRATOR']);
    assert.equal((await run(['user', 'add', 'boss', '--administrator', '--state', state], 'secret 12')).status, 0);
    assert.equal((await ask('user', 'groups', 'ann', 'Techs')).out, 'ann is in: Techs\n');
    assert.equal((await ask('user', 'end-sessions', 'ann')).out, 'ended the sessions of ann\n');
    assert.equal((await ask('user', 'end-sessions', '--one-time-links')).out, 'ended all sessions of one-time links\n');
    assert.match((await ask('user', 'end-sessions')).err, /^BAD_REQUEST/);
    assert.equal((await ask('user', 'forget-pcs', 'ann')).out, 'forgot the PCs of ann\n');
    assert.match((await ask('group', 'list')).out, /^Techs +2 /m);
    assert.equal((await ask('user', 'groups', 'ann', 'Nobody')).status, 3);
    assert.equal((await ask('group', 'remove', 'Techs')).out, 'removed Techs\n');
    assert.equal((await ask('user', 'unlock', 'ann')).out, 'unlocked ann\n');
    assert.match((await ask('user', 'unlock', '--network', '192.0.2.7')).err, /^NOT_FOUND: .*192\.0\.2\.0\/24/);
    assert.match((await ask('user', 'unlock')).err, /^BAD_REQUEST/);
    assert.equal((await ask('user', 'remove', 'ann')).out, 'removed ann\n');
    assert.equal((await ask('user', 'remove', 'ann')).status, 3);
    assert.equal((await ask('user', 'add', 'ann', 'secret 12')).status, 2);
  });

  test('a user, a group, a token and a contact are changed in what is named, and in nothing else', async () => {
    const value = async (...argv: string[]) => (await json(...argv)).value;
    await run(['user', 'add', 'eve', '--full-name', 'Eve', '--email', 'eve@acme.test', '--state', state], 'secret 12');
    const eve = await value('user', 'set', 'eve', '--full-name', 'Eve A.', '--custom2', '7');
    assert.deepEqual([eve.fullName, eve.email, eve.customFields], ['Eve A.', 'eve@acme.test', ['', '7', '']]);
    assert.deepEqual((await value('user', 'set', 'eve', '--custom3', 'x')).customFields, ['', '7', 'x']);
    assert.match((await ask('user', 'set', 'eve', '--email', '')).out, /^user +eve\nname +Eve A\.\ne-mail\ncustom/);
    assert.equal((await ask('user', 'reset-two-factor', 'EVE')).out, 'two-factor of eve is off\n');
    await ask('user', 'remove', 'eve');

    await ask('group', 'add', 'Crew', '--may', 'ewons.read', '--pools', 'Default');
    const crew = await value('group', 'set', 'Crew', '--may', 'ewons.read', 'log.read');
    assert.deepEqual([crew.permissions, crew.pools], [['ewons.read', 'log.read'], ['Default']]);
    const named = await ask('group', 'set', 'Crew', '--name', 'Staff', '--all-pools');
    assert.equal(named.out, 'Staff may, in all pools: ewons.read log.read\n');
    assert.equal((await ask('group', 'set', 'Staff', '--all-pools', '--pools', 'Default')).status, 2);
    await ask('group', 'remove', 'Staff');

    const token = (await ask('token', 'add', 'job', '--may', 'ewons.read', '--pools', 'Default')).out.slice(0, 8);
    const job = await value('token', 'set', token, '--api', 'M2Web', 'admin');
    assert.deepEqual([job.apis, job.pools, job.name], [['M2Web', 'admin'], ['Default'], 'job']);
    const may = 'jobs may, by M2Web admin, in pools Default: log.read\n';
    assert.equal((await ask('token', 'set', 'job', '--name', 'jobs', '--may', 'log.read')).out, may);
    await ask('token', 'remove', 'jobs');

    await ask('contact', 'add', 'Bob', '--email', 'bob@acme.test');
    const bob = await value('contact', 'set', 'Bob', '--phone', '+32 2');
    assert.deepEqual([bob.name, bob.email, bob.phone], ['Bob', 'bob@acme.test', '+32 2']);
    await ask('contact', 'remove', 'Bob');

    for (const what of ['user', 'group', 'token', 'contact']) {
      assert.match((await ask(what, 'set', 'nobody', '--name', 'x', '--email', 'x')).err, /^(USAGE|NOT_FOUND)/);
      assert.match((await ask(what, 'set', 'nobody')).err, /^USAGE: .*nothing to change was named/);
      assert.match((await ask(what, 'set', '--help')).out, /what is not named stays/);
    }
    assert.equal((await ask('user', 'reset-two-factor', 'nobody')).status, 3);
  });

  test('policies of passwords and of two-factor are shown, and changed piece by piece', async () => {
    const before = (await json('policy-password', 'show')).value;
    const set = await json('policy-password', 'set', '--length-min', '12', '--expiry-days', '90', '--letter', 'off');
    assert.deepEqual(set.value, { ...before, lengthMin: 12, expiryDays: 90, letter: false });
    const shown = await ask('policy-password', 'set', '--expiry-days', 'none', '--special', 'on');
    assert.match(
      shown.out,
      /^has characters, at least +12\nhas a letter +off\n.*special character +on\n.*days +none$/ms,
    );
    assert.equal((await ask('policy-password', 'set', '--length-min', '5')).status, 3);
    assert.equal((await ask('policy-password', 'set', '--letter', 'maybe')).status, 2);
    assert.equal((await ask('policy-password', 'set')).status, 2);
    await ask('policy-password', 'set', '--length-min', '8', '--letter', 'on', '--special', 'off');

    const first = (await json('policy-two-factor', 'show')).value;
    const changed = await json('policy-two-factor', 'set', '--for-new-users', 'on', '--remember-days', '7');
    assert.deepEqual(changed.value, { ...first, forNewUsers: true, rememberDays: 7 });
    const words = await ask('policy-two-factor', 'set', '--for-new-users', 'off', '--remember-pcs', 'off');
    assert.match(
      words.out,
      /^two-factor +on\nnew users must set it up +off\na PC may be remembered +off\nfor days +7$/m,
    );
    assert.equal((await ask('policy-two-factor', 'set', '--remember-days', '0')).status, 3);
  });

  test('tokens are printed once; account information and contacts are set piece by piece', async () => {
    const made = await ask('token', 'add', 'script', '--may', 'ewons.read');
    assert.match(made.out, /^[A-Za-z0-9]{40}\n$/);
    const listed = (await ask('token', 'list')).out;
    assert.match(listed, /script +\w{8} +all +admin +ewons\.read +never/);
    assert.equal((await ask('token', 'add', 'y', '--may', 'ewons.read', '--api', 'M2Web')).status, 0);
    assert.match((await ask('token', 'list')).out, /y +\w{8} +all +M2Web/);
    assert.equal((await ask('token', 'remove', 'y')).status, 0);
    assert.ok(listed.includes(made.out.slice(0, 8)) && !listed.includes(made.out.trim()));
    assert.equal((await ask('token', 'add', 'x', '--may', 'users')).status, 3);
    assert.equal((await ask('token', 'remove', 'script')).out, 'deleted script\n');
    assert.match((await ask('token', 'remove', 'script')).err, /^NOT_FOUND/);
    assert.match((await ask('about', 'set', '--company', 'ACME', '--user-fields', 'Badge', '', '')).out, /ACME/);
    assert.match(
      (await ask('about', 'set', '--reference', 'R1')).out,
      /company +ACME[\s\S]*reference +R1[\s\S]*users +Badge/,
    );
    const about = (await ask('about', 'show')).out;
    assert.match(about, /company +ACME[\s\S]*\ndirectory URL: https:\S+\/device\/v1\/directory\nMQTT URL: mqtts:/);
    assert.match(about, /\nkey fingerprint: [0-9a-f-]{19}\nserver version: \d+\.\d+\.\d+\n$/);
    const { value } = await json('about', 'show');
    assert.deepEqual([value.company, about.includes(`\naccount id: ${value.id}\n`)], ['ACME', true]);
    assert.equal((await ask('contact', 'add', 'Bob', '--email', 'bob@acme.test')).out, 'added Bob\n');
    assert.match((await ask('contact', 'list')).out, /Bob +bob@acme\.test/);
    assert.equal((await ask('contact', 'remove', 'Bob')).status, 0);
    assert.match((await ask('contact', 'list')).out, /No contact yet/);
  });

  test('wrong use: exit 2, and a key as an argument is refused without repeating it', async () => {
    for (const argv of [
      [],
      ['nonsense'],
      ['pending'],
      ['grk', 'import', 'x', '--state', state],
      ['auto-registration', 'maybe', '--state', state],
      ['serve', '--state', state, '--broker', 'http://x'],
      ['serve', '--state', state, '--device-broker', 'mqtts://broker:8883'],
      ['serve', '--state', state, '--broker', 'mqtts://127.0.0.1:1', '--device-broker', 'http://x'],
      ['serve', '--state', state, '--port', 'x'],
    ]) {
      const { status, err } = await run(argv);
      assert.deepEqual([status, /^USAGE: /m.test(err)], [2, true], `${argv}: ${err}`);
    }
    const { status, err, out } = await run(['grk', 'import', KEY, '--state', state]);
    assert.deepEqual([status, (err + out).includes(KEY.slice(4))], [2, false]);
  });

  test('files for a Mosquitto of this account: keys for their owner, what the plugin learnt stays', async () => {
    const out = join(folder, 'mosquitto');
    const written = await ask('mosquitto-files', '--out', out, '--port', '18883');
    assert.equal(written.status, 0, written.err);
    assert.match(await readFile(join(out, 'mosquitto.conf'), 'utf8'), /listener 18883 127\.0\.0\.1/);
    assert.equal((await stat(join(out, 'server.key'))).mode & 0o777, 0o600);
  });
});
