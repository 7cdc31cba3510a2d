import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Grk, grkIdOf, ok } from '@ewon-agent/contracts';
import { assert, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';
import { type ControlOrder, serveControl } from '../../adapters/control-socket.ts';
import { openDeviceKey } from '../../adapters/device-key-file.ts';

const AGENT = new URL('../../../bin/ewon-agent.js', import.meta.url).pathname;
const KEY = `A01-${'K7'.repeat(16)}` as Grk;
const TARGET = `${'a1'.repeat(32)}.agent-1.2.4.tar`;
/** Generous: the machine is shared, and what is wrong does not come at all. */
const WAIT_MS = 60_000;

suite('files over a console, with lrzsz', {
  needs: ['socat', 'rz', 'sz'],
  timeoutMs: 180_000,
}, (test) => {
  let dir = '';
  let orders: ControlOrder[] = [];
  let control: Awaited<ReturnType<typeof serveControl>>;
  let children: ChildProcess[] = [];
  test.before.each(async () => {
    dir = mkdtempSync(join(tmpdir(), 'copy-'));
    for (const name of ['state', 'sent', 'got']) mkdirSync(join(dir, name));
    writeFileSync(join(dir, 'ca.crt'), 'PEM');
    writeFileSync(join(dir, 'config.json'), JSON.stringify(configIn(dir)));
    await openDeviceKey(join(dir, 'state'));
    [orders, children] = [[], []];
    control = await serveControl(join(dir, 'state', 'control.sock'), async (order) => {
      orders.push(order);
      return order === 'settings' ? ok('restarting') : null;
    });
  });
  test.after.each(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await control.close();
    rmSync(dir, { recursive: true });
  });

  /** A console in a terminal of the kernel, in privileged mode, of which the test holds the other end. */
  async function attach() {
    const command = `${process.execPath} ${AGENT} console --config ${join(dir, 'config.json')}`;
    const args = ['-,ignoreeof', `SYSTEM:${command},pty,setsid,ctty`];
    const child = spawn(findProgram('socat') ?? '', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    children.push(child);
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString('latin1');
    });
    const says = (what: string | RegExp, after = 0) =>
      eventually(() => (typeof what === 'string' ? said.includes(what, after) : what.test(said.slice(after))), {
        ...{ what: `${what} in ${JSON.stringify(said.slice(-300))}`, timeoutMs: WAIT_MS },
      });
    const asks = async (text: string | Uint8Array, answer: string | RegExp) => {
      const before = said.length;
      child.stdin.write(text);
      await says(answer, before);
      return said.slice(before);
    };
    /** Has a program of lrzsz speak on the line, and waits for the prompt. */
    const lend = async (program: string, options: readonly string[], cwd: string) => {
      const before = said.length;
      const peer = spawn(program, options, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
      children.push(peer);
      peer.stdin.on('error', () => {});
      const forth = (bytes: Buffer) => void child.stdin.write(bytes);
      const back = (bytes: Buffer) => void (peer.stdin.writable && peer.stdin.write(bytes));
      peer.stdout.on('data', forth);
      child.stdout.on('data', back);
      const [status] = await once(peer, 'exit');
      child.stdout.off('data', back);
      await says(/ewon# $/, before);
      return { status, answer: said.slice(before) };
    };
    await says('ewon> ');
    await asks('enable\r', /ewon# $/);
    return { asks, lend, said: () => said };
  }

  test('a card: both files are taken, the account is asked with them, and nothing of the key stays', async () => {
    writeFileSync(join(dir, 'sent', 'T2M.TXT'), `T2MKey:${KEY}\r\nT2MNote:line 4\r\n`);
    const console = await attach();
    await console.asks('copy ymodem: card\r', /give up: .*\r\n/);
    const { status, answer } = await console.lend('sz', ['--ymodem', '-q', 'T2M.TXT'], join(dir, 'sent'));
    assert.equal(status, 0);
    assert.match(answer, /Taken: T2M\.TXT\.\r\nThe account is being asked/);
    const [order] = orders as unknown as readonly [
      { register: { grkId: string; note: string; evidence: { slot: string } } },
    ];
    const { grkId, note, evidence } = order.register;
    assert.deepEqual([grkId, note, evidence.slot], [grkIdOf(KEY), 'line 4', 'console']);
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }))
      if (!name.startsWith('sent') && /\.\w+$/.test(name) && !name.endsWith('.sock'))
        assert.ok(!readFileSync(join(dir, name), 'latin1').includes(KEY.slice(4)), name);
  });

  test('what is none of a card, and one without its key, is refused; the console goes on', async () => {
    writeFileSync(join(dir, 'sent', 'holiday.jpg'), 'x');
    writeFileSync(join(dir, 'sent', 'T2M.json'), '{}');
    const console = await attach();
    await console.asks('copy ymodem: card\r', /give up: .*\r\n/);
    assert.match(
      (await console.lend('sz', ['--ymodem', '-q', 'holiday.jpg'], join(dir, 'sent'))).answer,
      /% YMODEM_UNWANTED/,
    );
    await console.asks('copy ymodem: card\r', /give up: .*\r\n/);
    assert.match((await console.lend('sz', ['--ymodem', '-q', 'T2M.json'], join(dir, 'sent'))).answer, /% CARD_NO_T2M/);
    assert.match(await console.asks('show version\r', /ewon# $/), /ewon-agent \d/);
    assert.deepEqual(orders, []);
  });

  test('^C before anything came gives it up', async () => {
    const console = await attach();
    await console.asks('copy ymodem: card\r', /give up: .*\r\nC/);
    await console.asks('\x03', /% YMODEM_CANCELLED.*ewon# $/s);
    assert.deepEqual(orders, []);
  });

  test('a tree of patches in a tar is put where TUF reads it, in place of the one before; what is none changes nothing', async () => {
    const tree = join(dir, 'sent', 'aspu');
    mkdirSync(join(tree, 'targets'), { recursive: true });
    for (const name of ['1.root.json', '2.snapshot.json', 'timestamp.json', 'readme.txt'])
      writeFileSync(join(tree, name), name);
    writeFileSync(join(tree, 'targets', TARGET), Buffer.alloc(20_000, 7));
    execFileSync('tar', ['-cf', join(dir, 'sent', 'aspu.tar'), '-C', join(dir, 'sent'), 'aspu']);
    const console = await attach();
    await console.asks('copy ymodem: patch\r', /give up: .*\r\n/);
    const sent = await console.lend('sz', ['--ymodem', '-q', '-k', 'aspu.tar'], join(dir, 'sent'));
    assert.match(sent.answer, /Taken: 4 files\.\r\nIt counts while/);
    const there = join(dir, 'state', 'patch', 'sent');
    assert.deepEqual(readdirSync(there).sort(), ['1.root.json', '2.snapshot.json', 'targets', 'timestamp.json']);
    assert.equal(readFileSync(join(there, 'targets', TARGET)).length, 20_000);
    assert.deepEqual(orders, ['patchLook']);
    writeFileSync(join(dir, 'sent', 'aspu.tar'), Buffer.alloc(4000, 0x1f));
    await console.asks('copy ymodem: patch\r', /give up: .*\r\n/);
    assert.match(
      (await console.lend('sz', ['--ymodem', '-q', 'aspu.tar'], join(dir, 'sent'))).answer,
      /% PATCH_TREE_BAD/,
    );
    assert.ok(existsSync(join(there, 'timestamp.json')) && !existsSync(`${there}.coming`));
  });

  test('settings are taken as the candidate, whole or not at all, and sent as another Ewon takes them', async () => {
    const { account } = configIn(dir) as { account: object };
    const sent = (name: string, content: object) => writeFileSync(join(dir, 'sent', name), JSON.stringify(content));
    sent('line4.json', { account, log: { level: 'debug' }, proxy: { url: 'http://10.1.1.1:3128' } });
    sent('root.json', { log: { level: 'warn' }, stateDir: '/elsewhere' });
    sent('bad.json', { log: { level: 'loud' } });
    const console = await attach();
    const take = async (name: string) => {
      await console.asks('copy ymodem: config\r', /give up: .*\r\n/);
      return (await console.lend('sz', ['--ymodem', '-q', name], join(dir, 'sent'))).answer;
    };
    assert.match(await take('line4.json'), /Taken: line4\.json\. It is the candidate now\./);
    assert.match(await take('root.json'), /% SETTINGS_KEY_UNKNOWN: .*stateDir/);
    assert.match(await take('bad.json'), /% SETTINGS_VALUE_BAD: .*log\.level/);
    await console.asks('configure\r', /\(config\)# $/);
    const changes = await console.asks('show changes\r', /\(config\)# $/);
    assert.match(changes, /\+ log\.level "debug"\r\n\+ proxy\.url "http:\/\/10\.1\.1\.1:3128"\r\n/);
    await console.asks('commit\r', /Commit 1\..*\(config\)# $/s);
    await console.asks('exit\r', /ewon# $/);
    await console.asks('copy config ymodem:\r', /give up: .*\r\n/);
    const { answer } = await console.lend('rz', ['--ymodem', '-q'], join(dir, 'got'));
    assert.match(answer, /Sent ewon-config\.json, \d+ bytes\./);
    const got = JSON.parse(readFileSync(join(dir, 'got', 'ewon-config.json'), 'utf8'));
    const { url } = account as { url: string };
    assert.deepEqual(got, { account: { url }, proxy: { url: 'http://10.1.1.1:3128' }, log: { level: 'debug' } });
    writeFileSync(join(dir, 'sent', 'got.json'), JSON.stringify(got));
    assert.match(await take('got.json'), /Taken: got\.json/);
  });

  test('the diagnosis arrives as it is, and the terminal is as it was', async () => {
    const console = await attach();
    await console.asks('copy diag ymodem:\r', /give up: .*\r\n/);
    const { status, answer } = await console.lend('rz', ['--ymodem', '-q'], join(dir, 'got'));
    assert.equal(status, 0);
    assert.match(answer, /Sent ewon-diag\.json, \d+ bytes\./);
    const diag = JSON.parse(readFileSync(join(dir, 'got', 'ewon-diag.json'), 'utf8'));
    assert.equal(diag.config.stateDir, join(dir, 'state'));
    assert.match(await console.asks('show version\r', /ewon# $/), /^show version\r\newon-agent .*\r\newon# $/);
  });
});

function configIn(dir: string): object {
  return {
    ...{ stateDir: 'state', slots: { sd0: { image: 'sd0.img' } } },
    account: { url: 'https://account.test/device/v1/directory', caFile: join(dir, 'ca.crt') },
    firmware: { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' },
  };
}
