// test-timeout: 200 s
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { runCommand } from '../src/command.ts';
import { commission } from '../src/commission.ts';
import { readFileOnCard } from '../src/scenario/file-on-card.ts';

// Identity with every part a process of its own, over TLS.

type Site = {
  readonly dir: string;
  readonly account: AccountProcess;
  readonly onBoard: BoardWithAgent;
  /** Ends with the site, before its account does. */
  readonly endings: (() => Promise<unknown>)[];
};

/** Runs a story on an Ewon that is online at its account. */
function onCommissioned(story: (site: Site) => Promise<void>): () => Promise<void> {
  return async () => {
    const dir = mkdtempSync(join(tmpdir(), 'identity-'));
    const endings: (() => Promise<unknown>)[] = [() => Promise.resolve(rmSync(dir, { recursive: true, force: true }))];
    try {
      const account = await startAccountProcess(join(dir, 'account'));
      endings.unshift(() => account.kill());
      const configured = { url: account.deviceUrl, caFile: account.ca };
      const onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: configured });
      endings.unshift(() => onBoard.board.stop());
      const card = join(dir, 'card.img');
      writeFileSync(card, await account.api.cardImage('line 4'));
      await onBoard.board.led.until('running', 20_000);
      await commission(onBoard, account, card);
      await story({ dir, account, onBoard, endings });
    } finally {
      for (const end of endings) await end();
    }
  };
}

const isQuarantined = (at: BoardWithAgent) =>
  at.statusUntil(({ registration }) => registration.last?.code === 'IDENTITY_QUARANTINED', 'quarantined', 40_000);

suite('identity with real processes', { timeoutMs: 90_000 }, (test) => {
  test(
    'a copied state directory runs twice: both are kept out and say so, until a person releases the one that stays',
    onCommissioned(async ({ dir, account, onBoard, endings }) => {
      await onBoard.board.power.cut();
      cpSync(onBoard.stateDir, join(dir, 'copy', 'agent'), { recursive: true });
      await onBoard.board.power.on();
      await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online', 20_000);
      const copy = await startBoardWithAgent({ dir: join(dir, 'copy') });
      endings.unshift(() => copy.board.stop());
      await isQuarantined(copy);
      await isQuarantined(onBoard);
      const [ewon] = await account.api.ewons();
      assert.ok(ewon?.quarantinedAt);
      await copy.board.stop();
      endings.shift();
      const released = await runCommand('account', ['release', ewon?.name ?? '', '--state', account.stateDir]);
      assert.equal(released.status, 0, released.stderr);
      await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online again', 60_000);
    }),
  );

  test(
    'moved at the command line: unlinked at the old account, pending at the other, where nothing of the old one arrives',
    onCommissioned(async ({ dir, account, onBoard, endings }) => {
      const other = await startAccountProcess(join(dir, 'other'));
      endings.unshift(() => other.kill());
      const image = await other.api.cardImage('moved');
      for (const file of ['T2M.txt', 'T2M.json'])
        writeFileSync(join(dir, file), (await readFileOnCard(image, file)) ?? assert.fail(file));
      await account.kill();
      const words = ['move', join(dir, 'T2M.txt'), '--config', onBoard.configFile];
      const moved = await runCommand('ewon-agent', words);
      assert.equal(moved.status, 0, moved.stderr);
      const { registration } = await onBoard.status();
      assert.equal(registration.state, 'forgetting', 'the old account is told first, however long it is away');
      const back = await startAccountProcess(account.stateDir, sameAddresses(account));
      endings.unshift(() => back.kill());
      await onBoard.statusUntil((s) => s.registration.state === 'pending', 'pending at the other account', 60_000);
      assert.equal((await back.api.ewons())[0]?.link, 'unlinked');
      const [waiting] = await other.api.pending();
      assert.equal(waiting?.note, 'moved');
      await other.api.send('POST', `/api/v1/registrations/${waiting?.id}/approve`);
      await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online at the other account', 20_000);
      const log = await eventually(
        async () => {
          const lines = await other.api.get<readonly { code: string | null }[]>(
            '/api/v1/log?form=detailed&format=json',
          );
          return lines.some(({ code }) => code === 'UPLINK_ONLINE') ? lines : undefined;
        },
        { what: 'the first events at the other account', timeoutMs: 15_000 },
      );
      assert.ok(!log?.some(({ code }) => code === 'SD_INSERTED'), 'what happened under the old account');
    }),
  );
});
