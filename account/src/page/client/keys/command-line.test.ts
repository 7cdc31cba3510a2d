import { execFileSync } from 'node:child_process';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { exportCommand } from './command-line.ts';

const WISH = { grkId: '9f3c01ab', note: '', receipt: false, wipe: false };
const HERE = 'http://127.0.0.1:8080';

suite('the command for a drive', (test) => {
  test('names the server, a file for the token, the key and what was chosen', () => {
    const start = `sdcard export --account ${HERE} --token-file token.txt --key-id 9f3c01ab`;
    assert.equal(exportCommand(HERE, WISH), `${start} /dev/sdX`);
    const all = { ...WISH, note: 'Line 7', receipt: true, wipe: true };
    assert.equal(exportCommand(HERE, all), `${start} --note 'Line 7' --receipt --wipe /dev/sdX`);
  });

  test('an address without TLS that is not of this machine is left open', () => {
    for (const origin of ['http://account.example', 'http://192.0.2.1', 'http://127.0.0.1.example'])
      assert.match(exportCommand(origin, WISH), /--account http:\/\/127\.0\.0\.1:PORT /);
    for (const origin of ['https://account.example', 'https://localhost:8443', 'http://[::1]:8080', 'http://127.0.0.1'])
      assert.ok(exportCommand(origin, WISH).includes(`--account ${origin} `));
  });

  test('a shell reads the note as it was written', () => {
    const note = `Hall 3, "4" & 5; $HOME \`id\` it's \\ *`;
    const command = exportCommand(HERE, { ...WISH, note }).replace('sdcard', 'printf "%s\\n"');
    const words = execFileSync('sh', ['-c', command], { encoding: 'utf8' }).split('\n');
    assert.equal(words[words.indexOf('--note') + 1], note);
  });
});
