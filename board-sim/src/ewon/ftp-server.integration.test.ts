import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { firmwareImage } from '../core/ewon/firmware-image.ts';
import { createWorldClock } from '../sim/clock-sim.ts';
import { type SimulatedEwon, startEwon } from './start-ewon.ts';

// curl is the client: it knows nothing of this server.

/** Exit statuses of curl(1). */
const [OK, UPLOAD_REFUSED, LOGIN_DENIED, DISK_FULL, NO_SUCH_FILE] = [0, 25, 67, 70, 78];

type Given = {
  readonly user?: string;
  readonly password?: string;
  readonly body?: string | Uint8Array;
  readonly options?: readonly string[];
};

async function curl(
  { ftpPort }: SimulatedEwon,
  path: string,
  { user = 'adm', password = 'secret', body, options = [] }: Given = {},
) {
  const upload = body === undefined ? [] : ['-T', '-'];
  const url = `ftp://${user}:${password}@127.0.0.1:${ftpPort}${path}`;
  const run = promisify(execFile)('curl', ['-sS', '--max-time', '60', ...upload, ...options, url], {
    encoding: 'latin1',
  });
  run.child.stdin?.on('error', () => {}); // it stopped reading; its status says why
  run.child.stdin?.end(typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
  return run.then(
    ({ stdout }) => ({ status: OK, text: stdout }),
    (error: { code: number; stderr: string }) => ({ status: error.code, text: error.stderr }),
  );
}

suite('simulated Ewon over FTP', { needs: ['curl'], timeoutMs: 90_000 }, (test) => {
  let ewon: SimulatedEwon;
  const clock = createWorldClock({ startMs: Date.UTC(2026, 0, 1) });
  test.before.each(async () => {
    ewon = await startEwon({ password: 'secret', tags: { Level: 40.5 }, clock });
  });
  test.after.each(() => ewon.close());

  test('the root lists what an Ewon shows', async () => {
    const { text } = await curl(ewon, '/');
    for (const name of ['comcfg.txt', 'config.txt', 'estat.htm', 'events.txt', 'inst_val.txt', 'usr']) {
      assert.match(text, new RegExp(` ${name}\r?$`, 'm'), name);
    }
  });

  test('a partial comcfg.txt changes the keys that it names, and only those', async () => {
    const before = (await curl(ewon, '/comcfg.txt')).text;
    assert.equal((await curl(ewon, '/comcfg.txt', { body: 'wancnx:1\r\nFutureKey:7\r\n' })).status, OK);
    const after = `${before.replace('WANCnx:2', 'WANCnx:1')}FutureKey:7\r\n`;
    assert.equal((await curl(ewon, '/comcfg.txt')).text, after);
  });

  test('a key that only a card may set, and a value that is none, are left out with an event', async () => {
    await curl(ewon, '/comcfg.txt', { body: 'T2MKey:made-up\r\nNatItf:9\r\n' });
    assert.match((await curl(ewon, '/comcfg.txt')).text, /^NatItf:0\r\n[\s\S]*^T2MKey:\r$/m);
    assert.match((await curl(ewon, '/events.txt')).text, /"comcfg-T2MKey not set"[\s\S]*"comcfg-NatItf not set"/);
  });

  test('a file below /usr comes back byte for byte, can be renamed, and is gone when it is deleted', async () => {
    const body = Uint8Array.from({ length: 256 }, (_, i) => i);
    await curl(ewon, '/usr/a.bin', { body });
    assert.equal((await curl(ewon, '/usr/a.bin')).text, Buffer.from(body).toString('latin1'));
    await curl(ewon, '/', { options: ['-Q', 'RNFR /usr/a.bin', '-Q', 'RNTO /usr/b.bin'] });
    assert.deepEqual([...ewon.state().userFiles.keys()], ['/usr/b.bin']);
    await curl(ewon, '/', { options: ['-Q', 'DELE /usr/b.bin'] });
    assert.equal((await curl(ewon, '/usr/b.bin')).status, NO_SUCH_FILE);
  });

  test('a wrong password, a file that is not there and one that may not be written are refused', async () => {
    assert.equal((await curl(ewon, '/comcfg.txt', { password: 'guess' })).status, LOGIN_DENIED);
    assert.equal((await curl(ewon, '/nothing.txt')).status, NO_SUCH_FILE);
    assert.equal((await curl(ewon, '/estat.htm', { body: 'x' })).status, UPLOAD_REFUSED);
  });

  test('a user without all rights sees neither configuration nor firmware, and puts nothing', async () => {
    await curl(ewon, '/config.txt', { body: ':UserList\r\n"Login";"Password";"Right"\r\n"op";"op";0\r\n' });
    const op = { user: 'op', password: 'op' };
    assert.doesNotMatch((await curl(ewon, '/', op)).text, /config\.txt|program\.bas/);
    assert.equal((await curl(ewon, '/estat.htm', op)).status, OK);
    assert.equal((await curl(ewon, '/config.txt', op)).status, NO_SUCH_FILE);
    assert.equal((await curl(ewon, '/ewonfwr.edf', { ...op, body: 'x' })).status, UPLOAD_REFUSED);
  });

  test('firmware is installed by the boot that it causes; for another product it only leaves an event', async () => {
    const wrong = firmwareImage({ version: '14.9s3', product: '24' });
    assert.equal((await curl(ewon, '/ewonfwr.edf', { body: wrong })).status, OK);
    assert.match((await curl(ewon, '/events.txt')).text, /"fwr-Firmware declined: wrong product code/);
    const right = firmwareImage({ version: '14.9s3', product: '21', sizeBytes: 300_000 });
    assert.equal((await curl(ewon, '/ewonfwr.edf', { body: right })).status, OK);
    await clock.advance(2 * SECOND_MS);
    assert.equal(ewon.state().at, 'booting');
    await clock.advance(150 * SECOND_MS);
    assert.equal(ewon.state().device.firmware, '14.9s3');
    assert.match(
      (await curl(ewon, '/events.txt')).text,
      /"System Booting, FWR: 14\.9s3[\s\S]*"Reboot reason: Firmware upgrade"/,
    );
  });

  test('a backup that was read brings another Ewon to the same settings', async () => {
    await curl(ewon, '/config.txt', { body: ':System\r\nIdentification:Pump 7\r\n' });
    const tar = Buffer.from((await curl(ewon, '/backup.tar')).text, 'latin1');
    await curl(ewon, '/config.txt', { body: ':System\r\nIdentification:Other\r\n' });
    assert.equal((await curl(ewon, '/backup.tar', { body: tar })).status, OK);
    assert.equal(ewon.state().system.get('Identification'), 'Pump 7');
  });

  test('its power goes amid a firmware file: a minute later it runs as before, and has none of it', async () => {
    await ewon.trouble({ ftp: 'powerCut' });
    const body = firmwareImage({ version: '14.9s3', product: '21', sizeBytes: 300_000 });
    for (const path of ['/usr/ewonfwr.part', '/ewonfwr.edf']) {
      assert.notEqual((await curl(ewon, path, { body })).status, OK);
      assert.equal(ewon.state().at, 'booting');
      await clock.advance(60 * SECOND_MS);
      const { at, device, userFiles, pendingFirmware } = ewon.state();
      assert.deepEqual([at, device.firmware, userFiles.size, pendingFirmware], ['running', '14.6s0', 0, undefined]);
    }
  });

  test('a full disk, a broken transfer and a port that is shut are what curl calls them', async () => {
    const body = new Uint8Array(100_000);
    const seen: [string, number][] = [];
    for (const ftp of ['diskFull', 'dropped', 'refused', 'wrongPassword', 'well'] as const) {
      await ewon.trouble({ ftp });
      seen.push([ftp, (await curl(ewon, '/usr/big.bin', { body })).status]);
    }
    const [RECEIVE_FAILED, NO_CONNECTION, SEND_FAILED] = [56, 7, 55];
    assert.ok([RECEIVE_FAILED, SEND_FAILED].includes(seen[1]?.[1] ?? 0), `dropped: ${seen[1]?.[1]}`);
    assert.ok([DISK_FULL, SEND_FAILED].includes(seen[0]?.[1] ?? 0), `diskFull: ${seen[0]?.[1]}`);
    assert.deepEqual(seen.slice(2), [
      ['refused', NO_CONNECTION],
      ['wrongPassword', LOGIN_DENIED],
      ['well', OK],
    ]);
    assert.equal(ewon.state().userFiles.get('/usr/big.bin')?.length, 100_000);
  });
});
