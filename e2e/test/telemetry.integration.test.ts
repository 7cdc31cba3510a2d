import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLineView } from '@ewon-agent/account/http/views';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { run } from '../src/command.ts';
import { commission } from '../src/commission.ts';

// A tag changes on the Ewon and a person sees it at the account; every part a process of its own. One story.

type Value = { readonly at: string; readonly tag: string; readonly value: number | string; readonly quality: string };

suite('telemetry, from the Ewon to the account', { timeoutMs: 180_000 }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'telemetry-'));
  let account: AccountProcess;
  let onBoard: BoardWithAgent;

  test.before(async () => {
    account = await startAccountProcess(join(dir, 'account'), []);
    onBoard = await startBoardWithAgent({
      dir: join(dir, 'board'),
      account: { url: account.deviceUrl, caFile: account.ca },
      telemetry: { everyMs: 1000, batchMs: 0, deadband: 0.5 },
    });
    await onBoard.board.ewon.tag('Level', 40.5);
    await onBoard.board.ewon.tag('Batch', 'A-17', 0);
    const card = join(dir, 'card.img');
    writeFileSync(card, await account.api.cardImage('line 4'));
    await commission(onBoard, account, card);
  });
  test.after(async () => {
    await onBoard.board.stop();
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  const words = ['--no-install', 'account', 'telemetry', '1524-0071-21', '--state'];
  const shown = async (...more: readonly string[]): Promise<readonly Value[]> => {
    const { status, stdout, stderr } = await run('npx', [...words, account.stateDir, '--json', ...more]);
    assert.equal(status, 0, stdout + stderr);
    return JSON.parse(stdout);
  };
  const values = async (tag: string) => (await shown('--tag', tag)).map(({ value }) => value);
  const until = (tag: string, expected: readonly (number | string)[]) =>
    eventually(async () => JSON.stringify(await values(tag)) === JSON.stringify(expected), {
      what: `${tag} at ${expected}`,
      timeoutMs: 60_000,
    });

  test('all tags are told once the Ewon is online, with their quality', async () => {
    await until('Level', [40.5]);
    const [batch] = await shown('--tag', 'Batch');
    assert.deepEqual([batch?.value, batch?.quality], ['A-17', 'bad']);
  });

  test('a change beyond the deadband is told, one within it is not', async () => {
    await onBoard.board.ewon.tag('Level', 40.9);
    await onBoard.board.ewon.tag('Batch', 'A-18'); // told at the same look, or a later one
    await until('Batch', ['A-17', 'A-18']);
    await onBoard.board.ewon.tag('Level', 41.2);
    await until('Level', [40.5, 41.2]);
  });

  test('an Ewon that does not answer is an event of the account, and its tags come again', async () => {
    await onBoard.board.ewon.fault('refused');
    const told = () =>
      account.api
        .get<readonly LogLineView[]>('/api/v1/log')
        .then((lines) => lines.some(({ code }) => code === 'FIRMWARE_UNREACHABLE'));
    await eventually(told, { what: 'the event', timeoutMs: 60_000 });
    await onBoard.board.ewon.tag('Level', 50);
    await onBoard.board.ewon.fault('well');
    await until('Level', [40.5, 41.2, 50]);
  });

  test('a person sees a table, and for an Ewon that is not there an error with its code', async () => {
    const table = await run('npx', [...words, account.stateDir, '--tag', 'Batch']);
    assert.match(table.stdout, /^at +tag +value +quality\n\S+ +Batch +A-17 +bad\n\S+ +Batch +A-18 +good\n$/);
    const none = await run('npx', [...words.map((w) => (w === '1524-0071-21' ? 'nobody' : w)), account.stateDir]);
    assert.equal(none.status, 3);
    assert.match(none.stderr, /NOT_FOUND/);
  });
});
