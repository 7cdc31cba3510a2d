import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyView } from '@ewon-agent/account/http/views';
import { askControl } from '@ewon-agent/agent/adapters/control-socket';
import { controlPath } from '@ewon-agent/agent/cli/places';
import type { PatchStatus } from '@ewon-agent/agent/core/patch-report';
import type { PolicyStatus } from '@ewon-agent/agent/core/policy-status';
import { firmwareFileName, firmwareImage } from '@ewon-agent/board-sim/core/ewon/firmware-image';
import { type SimulatedEwon, startEwon } from '@ewon-agent/board-sim/ewon/start-ewon';
import { assert, assertOk, eventually } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../board-with-agent.ts';
import { runCommand } from '../command.ts';
import { commission } from '../commission.ts';

/** An account with a repository, and an Ewon with firmware 14.6s0 beside a board that is registered and online. */
export type PatchHouse = {
  readonly dir: string;
  readonly account: AccountProcess;
  readonly onBoard: BoardWithAgent;
  readonly ewon: SimulatedEwon;
  /** `account` as a person types it; the answer is JSON. */
  typed<T>(...words: readonly string[]): Promise<T>;
  /** `account policy set` with these words; the agent goes by it when this resolves. */
  policy(...words: readonly string[]): Promise<void>;
  /** Signs and publishes what was drafted. */
  publish(): Promise<void>;
  /** Drafts a firmware for this Ewon. @returns the name of its target */
  addFirmware(version: string, ...words: readonly string[]): Promise<string>;
  /** Looks for patches now, as `ewon-agent patch download` does. */
  look(): Promise<void>;
  status(): Promise<PatchStatus>;
  statusUntil(holds: (status: PatchStatus) => boolean, what: string): Promise<PatchStatus>;
  close(): Promise<void>;
};

export async function openPatchHouse(patch: object = {}): Promise<PatchHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'patch-'));
  const [ewon, account] = await Promise.all([
    startEwon({
      ...{ serial: '1524-0071-21', firmware: '14.6s0', password: 'made up, only here' },
      times: { rebootDelayMs: 20, bootMs: 40, firmwareBootMs: 60 },
    }),
    startAccountProcess(join(dir, 'account')),
  ]);
  const [passwordFile, card, keys] = [join(dir, 'password'), join(dir, 'card.img'), join(dir, 'keys')];
  writeFileSync(passwordFile, ewon.password);
  writeFileSync(card, await account.api.cardImage('line 4'));
  const { url, ftpPort, user } = ewon;
  const onBoard = await startBoardWithAgent({
    dir: join(dir, 'board'),
    config: { firmware: { url, ftpPort, user, passwordFile }, patch },
  });
  await commission(onBoard, account, card);
  const typed = async <T>(...words: readonly string[]): Promise<T> => {
    const { status, stdout, stderr } = await runCommand('account', [...words, '--state', account.stateDir, '--json']);
    assert.equal(status, 0, `${words.join(' ')}: ${stdout}${stderr}`);
    return stdout === '' ? (undefined as T) : JSON.parse(stdout);
  };
  await typed('aspu', 'init', '--keys', keys, '--root-keys', '1', '--root-threshold', '1');
  let isPublished = false;
  let last: PatchStatus | null = null;
  const status = async () => {
    last = assertOk(await askControl(controlPath(onBoard.stateDir), 'patch')) as PatchStatus | null;
    return last;
  };
  return {
    ...{ dir, account, onBoard, ewon, typed },
    async policy(...words) {
      const { version } = await typed<PolicyView>('policy', 'set', ...words);
      const isTaken = async () => {
        const taken = assertOk(await askControl(controlPath(onBoard.stateDir), 'policy')) as PolicyStatus;
        return taken.version === version;
      };
      await eventually(isTaken, { what: 'the policy at the agent', timeoutMs: 60_000 });
    },
    async publish() {
      const wanted = isPublished ? readdirSync(keys).filter((name) => name.startsWith('targets-')) : readdirSync(keys);
      await typed('aspu', 'sign', '--key', ...wanted.map((name) => join(keys, name)));
      await typed('aspu', 'publish');
      isPublished = true;
    },
    async addFirmware(version, ...words) {
      const name = firmwareFileName({ version, product: '21' });
      writeFileSync(join(dir, name), firmwareImage({ version, product: '21', sizeBytes: 300_000 }));
      const kind = ['--kind', 'ewon-firmware', '--version', version, '--product', '21', '--severity', 'high'];
      await typed('aspu', 'add', join(dir, name), ...kind, ...words);
      return name;
    },
    async look() {
      await eventually(async () => (await status()) !== null, { what: 'an agent that knows of a repository' });
      const asked = assertOk(await askControl(controlPath(onBoard.stateDir), 'patchLook')) as { readonly ok: boolean };
      assert.ok(asked.ok, JSON.stringify(asked));
    },
    async status() {
      const now = await status();
      if (!now) throw new Error('the agent has not looked for patches');
      return now;
    },
    async statusUntil(holds, what) {
      const found = await eventually(
        async () => {
          const now = await status();
          return now && holds(now) ? now : undefined;
        },
        { what, timeoutMs: 60_000 },
      ).catch((cause) => {
        throw new Error(`never ${what}: ${JSON.stringify(last)}`, { cause });
      });
      if (!found) throw new Error('this is a bug: no status');
      return found;
    },
    async close() {
      await onBoard.board.stop();
      await account.kill();
      await ewon.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
