// test-timeout: 7200 s
// test-late
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSwitch } from '@ewon-agent/agent/testing/switch-site';
import { BOARD_PROGRAMS } from '@ewon-agent/board-sim/qemu/build-image';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import type { CrashImages } from '@ewon-agent/board-sim/qemu/crash-images';
import { createRandom, withSeed } from '@ewon-agent/board-sim/sim/random-sim';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { DISK_PROGRAMS } from '../src/files-on-disk.ts';
import { createEwonPlace } from '../src/firmware/ewon-place.ts';
import { type BoardSight, type CutAt, type PatchBoard, patchBoard } from '../src/patch-cuts/board.ts';
import { crashJudge } from '../src/patch-cuts/crash-judge.ts';
import { bundleInstaller, installFromBoard, leftOnBoard } from '../src/patch-cuts/firmware.ts';
import { makeSamples, SAMPLES, type SampleName, type Samples } from '../src/patch-cuts/samples.ts';
import { configFor } from '../src/scenario/qemu-config.ts';
import { prepareQemuGround } from '../src/scenario/qemu-ground.ts';
import type { QemuGround } from '../src/scenario/qemu-stage.ts';

// New versions of the agent, and firmware of the Ewon, are installed on a board with a real kernel, under systemd, and the power is cut. What the
// disk had not flushed is gone then. Whatever the moment: the version before or the new one runs after the boot, nothing is left over, and the
// same can be brought to its end. A version that does not come up is left by itself.
// PATCH_CUTS=all takes 30 cuts, for a soak.

const takesAll = process.env['PATCH_CUTS'] === 'all';
/** From the order to the first start of the new version the disk does some 530 writes and flushes. */
const INSTALLING: readonly CutAt[] = [
  ...[2, 40, 90, 150, 210, 270, 330, 390, 450, 500].map((steps) => ({ steps })),
  { said: /is tried: 99\.0\.0/ },
  { said: /on trial: 99\.0\.0/ },
];
const BLESSING: readonly CutAt[] = [{ steps: 0 }, { steps: 4 }, { said: /blessed: 99/ }];
/** The journal and the backup take some twenty flushes; else when the installer says that it begins with something. */
const FIRMWARE: readonly (CutAt | { readonly told: string })[] = [
  ...[1, 8, 16, 24, 32].map((steps) => ({ steps })),
  ...['backs up', 'sends', 'installs', 'waits for', 'compares', 'leaves'].map((told) => ({ told })),
];

/** So many flushes are taken of those between two boots, two images of the disk each. */
const EARLIER = takesAll ? 1000 : 12;
const OPTIONS = { needs: [...BOARD_PROGRAMS, ...DISK_PROGRAMS, 'dpkg-deb'], timeoutMs: 7_200_000 } as const;

suite('power cuts while a board is patched', OPTIONS, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'patch-cuts-'));
  let ground: QemuGround;
  let samples: Samples;
  let packaged = '';
  const told = (what: string) => process.stdout.write(` ${what};`);
  test.before(async () => {
    samples = await makeSamples(dir);
    ground = await prepareQemuGround({ tell: () => {} });
  });
  test.after(() => rmSync(dir, { recursive: true, force: true }));

  /** Plays with a board of its own, on which nothing was ever ordered. */
  async function onBoard(play: (board: PatchBoard, qemu: QemuBoard) => Promise<void>): Promise<void> {
    const record = { base: join(dir, 'base.img'), log: join(dir, 'writes.log') };
    const qemu = await ground.freshBoard(configFor({}), record);
    try {
      const board = patchBoard(qemu, samples, record, join(dir, 'crash.img'));
      packaged = await board.trusts({ ...configFor({}), 'aspu-root.json': samples.root });
      await play(board, qemu);
    } finally {
      await qemu.stop();
    }
  }

  /** The version before, or the new one on trial or blessed; nothing else on the disk. @returns which, in a word */
  function judge({ version, versions, left }: BoardSight, when: string): 'old' | 'on trial' | 'blessed' {
    assert.deepEqual(left, [], `${when}: left over`);
    const { blessed, trial } = versions;
    const is = version === trial?.version ? 'on trial' : version === blessed?.version ? 'blessed' : 'old';
    if (is === 'old')
      assert.deepEqual([version, blessed], [packaged, undefined], `${when}: ${JSON.stringify(versions)}`);
    told(`${when}: ${is}`);
    return is;
  }

  /** Earlier cuts, since the board was switched on: judged on this machine, without a boot of the board for each. */
  async function judgeEarlier(images: CrashImages): Promise<void> {
    await withSeed(async (seed) => {
      const random = createRandom(seed);
      const judge = crashJudge(bundleSwitch(join(dir, 'switch')), packaged, join(dir, 'earlier.img'));
      try {
        const chosen = await judge.judge(images, EARLIER, () => random.fraction() < 0.5);
        // one that crashes may have been on trial at first, when the board was switched on
        const others = new Set(chosen.filter((version) => version !== SAMPLES.crashes));
        assert.deepEqual([...others], [packaged, SAMPLES.works]);
        told(`${chosen.length} images of ${images.points.length} flushes`);
      } finally {
        judge.remove();
      }
    });
  }

  /** Orders it where a cut has undone the order, and waits until it is tried. */
  async function brought(board: PatchBoard, sight: BoardSight): Promise<void> {
    if (sight.version === SAMPLES.works) return;
    await saysAfter(board, /on trial: 99\.0\.0/, () => board.order('works'));
    assert.equal((await board.sight()).version, SAMPLES.works);
  }

  async function blessed(board: PatchBoard, sight: BoardSight): Promise<void> {
    if (sight.versions.blessed) return;
    await saysAfter(board, /blessed: 99\.0\.0/, () => board.online('works'));
  }

  async function saysAfter(board: PatchBoard, pattern: RegExp, act: () => Promise<void>): Promise<void> {
    await Promise.all([board.says(pattern), act()]);
  }

  /** A version that never comes up is tried; its power is cut so often when it begins. */
  async function leavesByItself(board: PatchBoard, name: SampleName, before: string, cuts: number): Promise<void> {
    const onTrial = new RegExp(`on trial: ${SAMPLES[name].replaceAll('.', '\\.')}`);
    const chosen = new RegExp(`chosen: .*${before.replaceAll('.', '\\.')}`);
    await board.cutWhile(() => board.order(name), { said: onTrial });
    for (let cut = 1; cut < cuts; cut += 1) await board.cutWhile(() => board.powerOn(), { said: onTrial });
    await saysAfter(board, chosen, () => board.powerOn());
    const { version, versions, left } = await board.sight();
    assert.deepEqual(
      [version, versions.trial, versions.last?.code, left],
      [before, undefined, 'PATCH_NOT_BLESSED', []],
    );
    told(`${name}, cut ${cuts} times: ${before} runs`);
  }

  if (!takesAll)
    test('cut amid the unpacking, amid the trial of one that crashes, and amid the blessing', () =>
      onBoard(async (board) => {
        await board.cutWhile(() => board.order('works'), { steps: 150 });
        const first = await board.start();
        judge(first, 'unpacking');
        await leavesByItself(board, 'crashes', packaged, 1);
        await brought(board, await board.sight());
        // a boot takes most of the time: what this cut leaves, and earlier ones would have, is judged without
        await board.cutWhile(() => board.online('works'), { steps: 4 }, judgeEarlier);
      }));

  if (takesAll) {
    test('cut at moments spread over installing', () =>
      onBoard(async (board) => {
        let sight = await board.sight();
        for (const at of INSTALLING) {
          // one that is on trial already is cut at once: these count as starts, and it is left after three
          const isTried = sight.version === SAMPLES.works;
          const act = isTried ? async () => {} : () => board.order('works');
          const look = 'said' in at && !isTried ? judgeEarlier : undefined;
          await board.cutWhile(act, isTried ? { steps: 0 } : at, look);
          sight = await board.start();
          judge(sight, isTried ? 'trial' : shown(at));
        }
        await brought(board, sight);
      }));

    test('cut at moments spread over blessing', () =>
      onBoard(async (board) => {
        // one start of the three that a trial has; each of the cuts below takes the two others
        await board.cutWhile(() => board.order('works'), { said: /on trial: 99\.0\.0/ });
        await board.keep();
        let sight: BoardSight | undefined;
        for (const at of BLESSING) {
          await board.restore();
          assert.equal(judge(await board.start(), 'before'), 'on trial');
          await board.cutWhile(() => board.online('works'), at);
          sight = await board.start();
          assert.notEqual(judge(sight, `blessing ${shown(at)}`), 'old');
        }
        if (sight) await blessed(board, sight);
        assert.equal(judge(await board.sight(), 'in the end'), 'blessed');
      }));

    for (const [name, cuts] of [
      ['hangs', 3],
      ['crashes', 1],
    ] as const)
      test(`a version that ${name} is left by itself`, () =>
        onBoard((board) => leavesByItself(board, name, packaged, cuts)));

    test('firmware of the Ewon: the old or the new one runs after a cut, and the same call comes to its end', () =>
      onBoard(async (board, qemu) => {
        const program = await bundleInstaller(join(dir, 'installer'));
        for (const at of FIRMWARE) {
          const place = await createEwonPlace();
          try {
            const when = 'told' in at ? at.told : shown(at);
            const heard = Promise.withResolvers<void>();
            const hear = (step: string) => {
              if (step === 'ok' || ('told' in at && step.startsWith(at.told))) heard.resolve();
            };
            const install = () => installFromBoard(qemu, program, place, hear);
            await board.cutWhile(install, 'told' in at ? { once: heard.promise } : at);
            const runs = await place.runs();
            assert.ok(['14.6s0', '14.9s3'].includes(runs), `${when}: ${runs}`);
            await board.powerOn();
            assert.equal(await install(), 'ok', when);
            const left = [...(await place.leftOver()), ...(await leftOnBoard(qemu))];
            assert.deepEqual([await place.runs(), left], ['14.9s3', []], when);
            told(`firmware, ${when}: ${runs}, then 14.9s3`);
          } finally {
            await place.close?.();
          }
        }
      }));
  }
});

function shown(at: CutAt): string {
  return 'steps' in at ? `after ${at.steps}` : 'said' in at ? String(at.said) : '';
}
