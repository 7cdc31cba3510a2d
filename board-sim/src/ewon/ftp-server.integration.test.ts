import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type SimulatedEwon, startEwon } from './start-ewon.ts';

// curl is the client: it knows nothing of this server.

suite('simulated Ewon over FTP', { needs: ['curl'] }, (test) => {
  let ewon: SimulatedEwon;
  test.before(async () => {
    ewon = await startEwon({ password: 'secret', tags: { Level: 40.5 } });
  });
  test.after(() => ewon.close());

  const curl = (path: string, { password = 'secret', body }: { password?: string; body?: string } = {}) => {
    const url = `ftp://adm:${password}@127.0.0.1:${ewon.ftpPort}${path}`;
    const args = ['-sS', '--max-time', '8', ...(body === undefined ? [] : ['-T', '-']), url];
    const run = promisify(execFile)('curl', args, { encoding: 'latin1' });
    run.child.stdin?.end(body, 'latin1');
    return run.then(
      ({ stdout }) => ({ status: 0, text: stdout }),
      (error: { code?: number; stderr?: string }) => ({ status: error.code, text: error.stderr ?? '' }),
    );
  };
  /** Exit statuses of curl(1). */
  const [LOGIN_DENIED, NO_SUCH_FILE, UPLOAD_REFUSED] = [67, 78, 25];

  test('the root lists what an Ewon shows', async () => {
    const { text } = await curl('/');
    for (const name of ['comcfg.txt', 'config.txt', 'estat.htm', 'events.txt', 'inst_val.txt', 'usr']) {
      assert.match(text, new RegExp(` ${name}\r?$`, 'm'), name);
    }
  });

  test('a partial comcfg.txt changes the keys that it names, and only those', async () => {
    const before = (await curl('/comcfg.txt')).text;
    assert.equal((await curl('/comcfg.txt', { body: 'wancnx:1\r\nFutureKey:7\r\n' })).status, 0);
    assert.equal((await curl('/comcfg.txt')).text, `${before.replace('WANCnx:2', 'WANCnx:1')}FutureKey:7\r\n`);
  });

  test('a key that only a card may set, and a value that is none, are left out with an event', async () => {
    await curl('/comcfg.txt', { body: 'T2MKey:made-up\r\nNatItf:9\r\n' });
    assert.match((await curl('/comcfg.txt')).text, /^NatItf:0\r\n[\s\S]*^T2MKey:\r$/m);
    assert.match((await curl('/events.txt')).text, /"comcfg-T2MKey not set"[\s\S]*"comcfg-NatItf not set"/);
  });

  test('a file below /usr comes back byte for byte', async () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString('latin1');
    await curl('/usr/a.bin', { body });
    assert.equal((await curl('/usr/a.bin')).text, body);
  });

  test('a wrong password, a file that is not there and one that may not be written are refused', async () => {
    assert.equal((await curl('/comcfg.txt', { password: 'guess' })).status, LOGIN_DENIED);
    assert.equal((await curl('/nothing.txt')).status, NO_SUCH_FILE);
    assert.equal((await curl('/estat.htm', { body: 'x' })).status, UPLOAD_REFUSED);
  });
});
