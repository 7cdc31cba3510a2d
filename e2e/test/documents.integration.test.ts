// test-timeout: 600 s
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';

const ROOT = join(import.meta.dirname, '../..');

/** The commands of a page: its blocks marked `sh`, in order. */
function commandsOf(page: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block).join('');
}

suite('documents with commands', { timeoutMs: 270_000 }, (test) => {
  test('docs/commissioning.md does what it says when it is followed to the letter', () => {
    // job control as in the shell of a person, so that "kill %1" ends what npx started too
    const script = `set -eum\ntrap 'for job in $(jobs -p); do kill -- -$job || true; done' EXIT\n${commandsOf('docs/commissioning.md')}`;
    const run = spawnSync('bash', ['-c', script], { cwd: ROOT, encoding: 'utf8', timeout: 260_000 });
    assert.equal(run.status, 0, `${run.stdout}\n${run.stderr}`);
    assert.match(run.stdout, /CARD_USABLE/);
    assert.match(run.stdout, /Registration +registered/);
    assert.match(run.stdout, /Uplink +online/);
    assert.match(run.stdout, /press-4.*online/);
    assert.match(run.stdout, /FLEET_MADE: .*2 images/);
    assert.match(run.stdout, /CARD_WIPED: /);
    assert.doesNotMatch(run.stdout + run.stderr, /A01-[0-9A-Z]{32}/);
  });

  test('docs/backup.md does what it says: an account is backed up, and serves again elsewhere', () => {
    const script = `set -eum\ntrap 'for job in $(jobs -p); do kill -- -$job || true; done' EXIT\n${commandsOf('docs/backup.md')}`;
    const run = spawnSync('bash', ['-c', script], { cwd: ROOT, encoding: 'utf8', timeout: 260_000 });
    assert.equal(run.status, 0, `${run.stdout}\n${run.stderr}`);
    assert.match(run.stdout, /\.age is whole/);
    assert.match(run.stdout, /let in again +0 Ewons/);
    assert.match(run.stdout, /ACCOUNT_RESTORED/);
    assert.doesNotMatch(run.stdout + run.stderr, /AGE-SECRET-KEY/);
  });

  test('docs/api.md does what it says: a script of Talk2M reads the account, and a program its document', () => {
    const script = `set -eum\ntrap 'for job in $(jobs -p); do kill -- -$job || true; done' EXIT\n${commandsOf('docs/api.md')}`;
    const run = spawnSync('bash', ['-c', script], { cwd: ROOT, encoding: 'utf8', timeout: 260_000 });
    assert.equal(run.status, 0, `${run.stdout}\n${run.stderr}`);
    assert.match(run.stdout, /script +\w{8} +all +M2Web admin +ewons\.read/);
    assert.match(run.stdout, /"accountName":"My account".*"accountType":"Pro","success":true\}/);
    assert.equal(run.stdout.split('{"ewons":[],"success":true}').length, 3, run.stdout);
    assert.match(run.stdout, /"message":"Device \[missing42\] does not exist","code":410,"success":false/);
    assert.match(run.stdout, /\n\{"success":true\}\n\{"message":"Session ID \[[0-9a-f]{32}\] is invalid","code":403/);
    assert.match(run.stdout, /\{"rows":\[\],"total":0,"next":null\}/);
    assert.match(run.stdout, /"code":"NOT_PERMITTED"/);
    assert.match(run.stdout, /OpenAPI 3\.1\.1, \d\d paths/);
  });

  test('the two commands of the README are targets of the Makefile, and CI calls the second', () => {
    const commands = [...commandsOf('README.md').matchAll(/^make (\w+)/gm)].map(([, target]) => target);
    assert.deepEqual(commands, ['demo', 'test']);
    for (const target of commands) {
      const dry = spawnSync('make', ['--dry-run', target ?? ''], { cwd: ROOT, encoding: 'utf8' });
      assert.equal(dry.status, 0, dry.stderr);
    }
    assert.match(readFileSync(join(ROOT, '.ci/run'), 'utf8'), /make test/);
  });
});
