import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { findBelow } from '../src/canary.ts';
import { runCommand } from '../src/command.ts';

// A user of the account adds an Ewon from its console, with every part a process of its own. The tests tell one story.

const PASSWORD = 'tr0ub4dor & 3';

suite('registration by wizard', { timeoutMs: 180_000 }, (test) => {
  let dir = '';
  let account: AccountProcess;
  let onBoard: BoardWithAgent;
  let name = '';
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'wizard-'));
    account = await startAccountProcess(join(dir, 'account'));
    const added = await runCommand(
      'account',
      ['user', 'add', 'Ann', '--administrator', '--state', account.stateDir],
      PASSWORD,
    );
    assert.equal(added.status, 0, added.stderr);
    name = (await account.api.get<{ name: string }>('/api/v1/account')).name;
    const configured = { url: account.deviceUrl, caFile: account.ca };
    onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: configured });
    await onBoard.board.led.until('running', 60_000);
  });
  test.after(async () => {
    await onBoard.board.stop();
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  /** `ewon-agent wizard`, with what it asks for as lines of its standard input. */
  const wizard = (...answers: readonly string[]) =>
    runCommand('ewon-agent', ['--config', onBoard.configFile, 'wizard'], `${answers.join('\n')}\n`);

  test('what is wrong is said, with what to do, and the Ewon stays unregistered', async () => {
    for (const [answers, code] of [
      [[name, 'Ann', 'not it', '', 'press-4'], 'SIGN_IN_FAILED'],
      [['Other', 'Ann', PASSWORD, '', 'press-4'], 'SIGN_IN_FAILED'],
      [[name, 'Ann', PASSWORD, '', ''], 'USAGE'],
    ] as const) {
      const { status, stdout, stderr } = await wizard(...answers);
      assert.deepEqual([status, stdout], [3, ''], stderr);
      assert.ok(stderr.startsWith(`${code}: `), stderr);
    }
    const { registration } = await onBoard.status();
    assert.deepEqual([registration.state, registration.last?.code], ['unregistered', 'SIGN_IN_FAILED']);
    assert.deepEqual(await account.api.ewons(), []);
  });

  test('on the console: joined and online, in the words of a script', async () => {
    const typed = ['enable', 'wizard', name, 'ann', PASSWORD, '', 'press-4', 'show registration', 'wizard'];
    const told = await runCommand(
      'ewon-agent',
      ['--config', onBoard.configFile, 'console', '--script'],
      `${typed.join('\n')}\n`,
    );
    const rows = told.stdout.trimEnd().split('\n');
    const words = rows.filter((_, at) => at % 2 === 1);
    assert.deepEqual(words.slice(0, 8), ['OK', ...Array(5).fill('PROMPT'), 'OK', 'OK'], told.stdout);
    assert.deepEqual(JSON.parse(rows[12] ?? ''), { account: name, name: 'press-4', pool: 'Default' });
    assert.equal(JSON.parse(rows[14] ?? '').state, 'registered');
    await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
    const [ewon] = await account.api.ewons();
    assert.equal(ewon?.name, 'press-4');
    assert.match(await account.api.text('/api/v1/log?form=raw'), /was added as \[press-4\] by wizard of Ann/);
  });

  test('an Ewon that is linked is told so, and another that wants its name too, which asks with a key instead', async () => {
    const again = await wizard(name, 'Ann', PASSWORD, '', 'press-5');
    assert.ok(again.stderr.startsWith('WIZARD_LINKED: '), again.stderr);
    const configured = { url: account.deviceUrl, caFile: account.ca };
    const other = await startBoardWithAgent({ dir: join(dir, 'other'), serial: '1524-0072-21', account: configured });
    try {
      await other.board.led.until('running', 60_000);
      const input = `${[name, 'Ann', PASSWORD, '', 'press-4'].join('\n')}\n`;
      const taken = await runCommand('ewon-agent', ['--config', other.configFile, 'wizard'], input);
      assert.ok(taken.stderr.startsWith('NAME_TAKEN: '), taken.stderr);
      assert.equal((await other.status()).registration.state, 'unregistered');
      const [key] = await account.api.get<readonly { id: string }[]>('/api/v1/grks');
      const { key: grk } = await account.api.get<{ key: string }>(`/api/v1/grks/${key?.id}/key`);
      const asked = await runCommand('ewon-agent', ['--config', other.configFile, 'register'], `${grk}\n`);
      assert.deepEqual([asked.status, asked.stderr], [0, ''], asked.stderr);
      await other.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
      const [waiting] = await account.api.pending();
      assert.deepEqual([waiting?.serial, waiting?.slot, waiting?.grkId], ['1524-0072-21', 'console', key?.id]);
      assert.match(await account.api.text('/api/v1/log?form=raw'), /with key \w+, which was given at its console/);
    } finally {
      await other.board.stop();
    }
  });

  test('no file of the Ewon or of the account holds the password, nor does what they said', async () => {
    const { files, hits } = findBelow(dir, [{ encoding: 'raw', bytes: Buffer.from(PASSWORD) }]);
    assert.ok(files.length > 10);
    assert.deepEqual(hits, []);
    assert.ok(!account.output().includes(PASSWORD));
  });
});
