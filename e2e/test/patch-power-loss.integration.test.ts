// test-timeout: 7200 s
// test-alone
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOARD_PROGRAMS } from '@ewon-agent/board-sim/qemu/build-image';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type BoardSight, type PatchBoard, patchBoard } from '../src/patch-cuts/board.ts';
import { makeSamples, SAMPLES, type Samples } from '../src/patch-cuts/samples.ts';
import { configFor } from '../src/scenario/qemu-config.ts';
import { prepareQemuGround } from '../src/scenario/qemu-ground.ts';
import type { QemuGround } from '../src/scenario/qemu-stage.ts';

// The agent as installed from its package takes a new version of itself on a board with a real kernel, under systemd, and the power is cut. What
// the disk had not flushed is gone then. Whatever the moment: the version before or the new one runs after the boot, nothing is left over, and the
// new one can be brought to its end.

suite('power cuts while a new version of the agent is installed', {
  needs: [...BOARD_PROGRAMS, 'dpkg-deb'],
  timeoutMs: 7_200_000,
}, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'patch-cuts-'));
  let ground: QemuGround;
  let samples: Samples;
  let packaged = '';
  test.before(async () => {
    samples = await makeSamples(dir);
    ground = await prepareQemuGround({ tell: () => {} });
  });
  test.after(() => rmSync(dir, { recursive: true, force: true }));

  /** Plays with a board of its own, on which nothing was ever ordered. */
  async function onBoard(play: (board: PatchBoard) => Promise<void>): Promise<void> {
    const record = { base: join(dir, 'base.img'), log: join(dir, 'writes.log') };
    const qemu = await ground.freshBoard({ ...configFor({}), 'aspu-root.json': samples.root }, record);
    try {
      const board = patchBoard(qemu, samples, record, join(dir, 'crash.img'));
      ({ version: packaged } = await board.sight());
      await play(board);
    } finally {
      await qemu.stop();
    }
  }

  /** The version before, or the new one on trial or blessed; nothing else on the disk. */
  function judge({ version, versions, left }: BoardSight, when: string): void {
    assert.deepEqual(left, [], `${when}: left over`);
    assert.ok([packaged, SAMPLES.works].includes(version), `${when}: ${version} runs`);
    const known = [versions.blessed?.version, versions.trial?.version, packaged];
    assert.ok(known.includes(version), `${when}: ${version} runs, and is not known of: ${JSON.stringify(versions)}`);
  }

  /** Orders it again where a cut has undone the order, and waits until it runs. */
  async function broughtOn(board: PatchBoard, sight: BoardSight): Promise<void> {
    if (sight.version === SAMPLES.works) return;
    const runs = board.says(/Started .*Ewon agent/);
    await board.order('works');
    await runs;
  }

  test('three cuts, one amid the unpacking, one amid the trial, one amid the blessing', () =>
    onBoard(async (board) => {
      await board.cutWhile(() => board.order('works'), { steps: 12 });
      const unpacking = await board.start();
      judge(unpacking, 'amid the unpacking');
      const isThere = unpacking.version === SAMPLES.works;
      const trial = isThere
        ? await board.cutWhile(async () => {}, { steps: 0 })
        : await board.cutWhile(() => board.order('works'), { said: /on trial: 99/ });
      const tried = await board.start();
      judge(tried, 'amid the trial');
      process.stdout.write(` ${JSON.stringify([unpacking, trial, tried])} `);
      await broughtOn(board, tried);
      await board.cutWhile(() => board.online('works'), { steps: 2 });
      const blessing = await board.start();
      judge(blessing, 'amid the blessing');
      await broughtOn(board, blessing);
      if (blessing.versions.trial) {
        const blessed = board.says(/blessed: 99/);
        await board.online('works');
        await blessed;
      }
      const ended = await board.sight();
      judge(ended, 'in the end');
      assert.deepEqual([ended.version, ended.versions.blessed?.version], [SAMPLES.works, SAMPLES.works]);
    }));
});
