import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bridgeHere, bridgeWith, recordsOf, type Said } from '../testing/bridge-here.ts';
import { startTroubledFtp, type TroubledFtp } from '../testing/ftp-in-trouble.ts';

const ESTAT = 'SerNum:1524-0071-21\r\nCodeName:Flexy 203\r\nFwrVersion:14.6s0\r\nGsmIMSI:206010000000001\r\n';
const PASSWORD = 'a word for tests';

/** What answers on the port of the web server: a page for every path, or nothing at all. */
async function webServer(answer: (path: string, response: ServerResponse) => void) {
  const server = createServer((asked, response) => answer(decodeURIComponent(asked.url ?? ''), response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const outcomeIn = (said: Said) => (recordsOf(said).at(-1) as { outcome?: string } | undefined)?.outcome;

suite('commands that ask an Ewon: words', (test) => {
  test('wrong use is told with exit status 2, before anything is sent', async () => {
    for (const argv of [
      ['info'],
      ['info', 'adm:secret@10.0.0.53'],
      ['info', '127.0.0.1:1', '--timeout', '0'],
      ['get', '127.0.0.1:1', '--ftp-port', 'x'],
      ['get', '127.0.0.1:1', '--file', 'passwd'],
      ['get', '127.0.0.1:1', 'A.B.C'],
      ['set', '127.0.0.1:1'],
      ['set', '127.0.0.1:1', 'WANCnx'],
      ['set', '127.0.0.1:1', 'WANCnx=1', 'wancnx=2'],
      ['set', '127.0.0.1:1', '--value-file', 'WifiPSK'],
      ['events', '127.0.0.1:1', '--since', '1w'],
      ['tags', 'set', '127.0.0.1:1', 'Level'],
      ['info', '127.0.0.1:1', '--password', 'secret'],
    ]) {
      const said = await bridgeHere(argv);
      const status = argv.includes('A.B.C') ? 3 : 2;
      assert.deepEqual([said.status, said.stdout], [status, ''], argv.join(' '));
      assert.equal(said.stderr.match(/^(USAGE|SETTING_BAD): /gm)?.length, 1, said.stderr);
      assert.ok(!said.stderr.includes('secret@'));
    }
  });

  test('every command has help with its exit statuses and an example', async () => {
    for (const command of ['info', 'get', 'set', 'events', 'backup', 'upload', 'reboot', 'tags list', 'tags set']) {
      const { status, stdout, stderr } = await bridgeHere([...command.split(' '), '--help']);
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /--password-file/);
      assert.match(stdout, /Exit status: 0 done/);
      assert.match(stdout, new RegExp(`  ewon-bridge ${command.replace(' list', '')} .*10\\.0\\.0\\.53`));
    }
  });

  test('a secret setting, and a registration key, are refused on the command line', async () => {
    const secret = await bridgeHere(['set', '127.0.0.1:1', 'WifiPSK=hush-hush']);
    assert.deepEqual([secret.status, secret.stderr.includes('hush-hush')], [2, false]);
    const key = await bridgeHere(['set', '127.0.0.1:1', 'PdpApn=A01-0123456789ABCDEFGHIJKLMNOPQRSTUV']);
    assert.deepEqual([key.status, key.stderr.includes('0123456789ABC')], [2, false]);
  });
});

suite('commands that ask an Ewon: what is there instead', (test) => {
  test('nobody: EWON_UNREACHABLE, exit status 1', async () => {
    const said = await bridgeHere(['info', '127.0.0.1:1', '--json']);
    assert.deepEqual([said.status, outcomeIn(said), said.stderr], [1, 'EWON_UNREACHABLE', '']);
  });

  test('somebody who is silent: EWON_TIMED_OUT within the time given, exit status 1', async () => {
    const silent = await webServer(() => {});
    const began = performance.now();
    const said = await bridgeHere(['info', silent.host, '--json', '--timeout', '1']);
    silent.close();
    assert.deepEqual([said.status, outcomeIn(said)], [1, 'EWON_TIMED_OUT']);
    assert.ok(performance.now() - began < 3000);
  });

  test('another web server: EWON_NOT_ONE, exit status 3, and nothing is written by FTP', async () => {
    const other = await webServer((_, response) => response.end('<html>a printer</html>'));
    const ftp = await startTroubledFtp();
    for (const words of [
      ['info'],
      ['tags'],
      ['events'],
      ['get'],
      ['set', 'WANCnx=1'],
      ['reboot'],
      ['backup', 'x.tar'],
    ]) {
      const [command = '', ...rest] = words;
      const said = await bridgeHere([command, other.host, ...rest, '--json', '--ftp-port', String(ftp.port)]);
      assert.deepEqual([said.status, outcomeIn(said)], [3, 'EWON_NOT_ONE'], command);
    }
    assert.deepEqual(ftp.heard, []);
    other.close();
    ftp.close();
  });

  test('an Ewon whose FTP is closed, or of which the password is another: told, the password never', async () => {
    const ewon = await webServer((path, response) => response.end(path.includes('$dtES') ? ESTAT : ''));
    const closed = await bridgeWith({ EWON_PASSWORD: PASSWORD }, ['get', ewon.host, '--json', '--ftp-port', '1']);
    assert.deepEqual([closed.status, outcomeIn(closed)], [1, 'EWON_UNREACHABLE']);
    const ftp = await startTroubledFtp();
    ftp.become({ does: 'refuseLogin' });
    const wrong = await bridgeWith({ EWON_PASSWORD: PASSWORD }, ['get', ewon.host, '--ftp-port', String(ftp.port)]);
    assert.deepEqual([wrong.status, wrong.stderr.startsWith('EWON_PASSWORD_WRONG: ')], [3, true]);
    assert.ok(![closed, wrong].some(({ stdout, stderr }) => (stdout + stderr).includes(PASSWORD)));
    ftp.close();
    ewon.close();
  });

  test('what a terminal would obey, and numbers of SIM cards, are not printed as they are', async () => {
    const ewon = await webServer((_, response) => response.end(`${ESTAT}CodeName2:\x1b[31mred\u009b\r\n`));
    const { stdout } = await bridgeHere(['info', ewon.host, '--all']);
    ewon.close();
    assert.match(stdout, /^[\n -~]*$/);
    assert.match(stdout, /GsmIMSI +206010\*+\n/);
  });

  test('a file for the password that is not there is named, exit status 1', async () => {
    const said = await bridgeHere(['info', '127.0.0.1:1', '--password-file', '/nowhere/password']);
    assert.deepEqual([said.status, said.stdout], [1, '']);
    assert.match(said.stderr, /^EWON_PASSWORD_UNREADABLE: .*\/nowhere\/password/);
  });
});

suite('ewon-bridge set of secrets', (test) => {
  test('a value from a file is written and never printed; the Ewon that dropped it is told', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'ewon-set-'));
    const file = join(dir, 'psk');
    writeFileSync(file, 'hush-hush\n');
    const ewon = await webServer((_, response) => response.end(ESTAT));
    const ftp = await startTroubledFtp();
    ftp.put('comcfg.txt', 'WANCnx:1\r\nWifiPSK:#_6_before\r\n');
    const argv = ['set', ewon.host, '--value-file', `WifiPSK=${file}`, '--ftp-port', String(ftp.port)];
    const dropped = await bridgeHere(argv);
    assert.deepEqual(ftp.stored, ['comcfg.txt: WifiPSK:hush-hush\r\n']);
    assert.equal(dropped.status, 3);
    assert.match(dropped.stderr, /^EWON_NOT_TAKEN: .*WifiPSK/);
    assert.ok(!(dropped.stdout + dropped.stderr).includes('hush-hush'));
    ewon.close();
    ftp.close();
    rmSync(dir, { recursive: true });
  });
});

suite('ewon-bridge backup and upload', (test) => {
  const on = (
    sentence: string,
    body: (at: { dir: string; host: string; ftp: TroubledFtp; port: string }) => Promise<void>,
  ) =>
    test(sentence, async () => {
      const dir = mkdtempSync(join(tmpdir(), 'ewon-files-'));
      const ewon = await webServer((_, response) => response.end(ESTAT));
      const ftp = await startTroubledFtp();
      try {
        await body({ dir, host: ewon.host, ftp, port: String(ftp.port) });
      } finally {
        ewon.close();
        ftp.close();
        rmSync(dir, { recursive: true });
      }
    });

  on('a backup is whole, and its owner alone may read it', async ({ dir, host, ftp, port }) => {
    const content = 'x'.repeat(300_000);
    ftp.put('backup.tar', content);
    const said = await bridgeHere(['backup', host, join(dir, 'b.tar'), '--json', '--ftp-port', port]);
    assert.deepEqual(recordsOf(said), [{ file: join(dir, 'b.tar'), sizeBytes: 300_000, serial: '1524-0071-21' }]);
    assert.equal(readFileSync(join(dir, 'b.tar'), 'latin1'), content);
    assert.equal(statSync(join(dir, 'b.tar')).mode & 0o777, 0o600);
  });

  on('a backup that breaks off leaves the one before as it was', async ({ dir, host, ftp, port }) => {
    writeFileSync(join(dir, 'b.tar'), 'before');
    ftp.become({ does: 'cut' });
    const said = await bridgeHere(['backup', host, join(dir, 'b.tar'), '--json', '--ftp-port', port]);
    assert.deepEqual([said.status, outcomeIn(said)], [1, 'EWON_UNREACHABLE']);
    assert.deepEqual(readdirSync(dir), ['b.tar']);
    assert.equal(readFileSync(join(dir, 'b.tar'), 'utf8'), 'before');
  });

  on('a backup that cannot be kept here is LOCAL_FILE_BAD, exit status 1', async ({ dir, host, port }) => {
    const said = await bridgeHere(['backup', host, join(dir, 'no', 'b.tar'), '--json', '--ftp-port', port]);
    assert.deepEqual([said.status, outcomeIn(said)], [1, 'LOCAL_FILE_BAD']);
  });

  on('an Ewon without room is EWON_DISK_FULL, exit status 3', async ({ dir, host, ftp, port }) => {
    writeFileSync(join(dir, 'program.bas'), 'REM\n');
    ftp.become({ does: 'answer', to: 'STOR', with: '552 no room' });
    const said = await bridgeHere(['upload', host, join(dir, 'program.bas'), '--json', '--ftp-port', port]);
    assert.deepEqual([said.status, outcomeIn(said)], [3, 'EWON_DISK_FULL']);
  });

  on('what does not belong on this Ewon is refused before it is sent', async ({ dir, host, ftp, port }) => {
    for (const [name, code, status] of [
      ['er15_0s4p21_ma.edfs', 'EWON_FIRMWARE_UNFIT', 3],
      ['backup.tar', 'USAGE', 2],
      ['T2M.txt', 'USAGE', 2],
      ['comcfg.txt', 'TEXT_ENCODING', 3],
    ] as const) {
      writeFileSync(join(dir, name), Buffer.from('\ufeffx', 'utf16le'));
      const said = await bridgeHere(['upload', host, join(dir, name), '--json', '--ftp-port', port]);
      assert.deepEqual([said.status, outcomeIn(said)], [status, code], name);
    }
    for (const [name, content] of [
      ['empty.edf', ''],
      ['none.edf', undefined],
    ] as const) {
      if (content !== undefined) writeFileSync(join(dir, name), content);
      const said = await bridgeHere(['upload', host, join(dir, name), '--json', '--ftp-port', port]);
      assert.deepEqual(
        [said.status, outcomeIn(said), existsSync(join(dir, name))],
        [1, 'LOCAL_FILE_BAD', name === 'empty.edf'],
      );
    }
    assert.deepEqual(ftp.heard, []);
  });

  on('how far it has come is said on stderr, in text only', async ({ dir, host, port }) => {
    writeFileSync(join(dir, 'program.bas'), 'x'.repeat(1000));
    const said = await bridgeHere(['upload', host, join(dir, 'program.bas'), '--ftp-port', port]);
    assert.deepEqual([said.status, said.stdout], [0, '1524-0071-21 has program.bas, 1000 bytes.\n']);
    assert.match(said.stderr, /program\.bas: 100 %, 1 KiB\n/);
  });
});
