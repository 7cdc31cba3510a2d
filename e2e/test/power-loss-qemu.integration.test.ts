// test-timeout: 7200 s
// test-late
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createOutboxLedger } from '@ewon-agent/agent/testing/outbox-ledger';
import { type CrashPoint, countSteps, WRITE_LOG_HEAD_BYTES } from '@ewon-agent/board-sim/core/write-log';
import { BOARD_PROGRAMS } from '@ewon-agent/board-sim/qemu/build-image';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import { type CrashImages, openCrashImages } from '@ewon-agent/board-sim/qemu/crash-images';
import type { DiskRecord } from '@ewon-agent/board-sim/qemu/disks';
import { createRandom, withSeed } from '@ewon-agent/board-sim/sim/random-sim';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { DISK_PROGRAMS } from '../src/files-on-disk.ts';
import { bundleProducer, bundleWriter, fillOnBoard } from '../src/fill-on-board.ts';
import { outboxOnDisk } from '../src/outbox-on-disk.ts';
import { configFor } from '../src/scenario/qemu-config.ts';
import { watchAgent } from '../src/scenario/qemu-eyes.ts';
import { prepareQemuGround } from '../src/scenario/qemu-ground.ts';
import type { QemuGround } from '../src/scenario/qemu-stage.ts';

// Messages are accepted by the agent's own outbox on a board with a real kernel, whose power is cut; or all that reaches
// its disk is recorded, and the disk is made as a cut would have left it. Whatever was said to be accepted must be there.
// A machine that is killed loses what the kernel had not written; only the record also loses what the disk had not flushed.
// POWER_LOSS=all takes every flush and 50 cuts, for a soak.

const takesAll = process.env['POWER_LOSS'] === 'all';
/** Two flushes or more each; after some 210 of them SQLite takes its log over into the file and writes it from its beginning. */
const GROUPS = takesAll ? 240 : 8;
const POINTS_IN_CI = 20;
/** Fifty power cuts in all, or five. */
const CUTS = takesAll ? 40 : 4;
const CUTS_DELIVERED = takesAll ? 10 : 1;
/** A boot in emulation, and what the agent has to send then. */
const DELIVERY_MS = 600_000;
/** So many lines are heard at most before the power is cut. */
const LINES_BEFORE_CUT = takesAll ? 400 : 60;
const FILES = configFor({});
const NEEDS = [...BOARD_PROGRAMS, ...DISK_PROGRAMS, 'dpkg-deb'] as const;

/** A line of the writer, and how many steps the disk had done when it was heard; the writer waited meanwhile. */
type Heard = { readonly line: string; readonly steps: number };

/** Of a list so many, evenly, the first and the last among them. */
function evenly<T>(all: readonly T[], count: number): readonly T[] {
  const taken = new Set(Array.from({ length: count }, (_, i) => Math.round((i * (all.length - 1)) / (count - 1))));
  return all.filter((_, at) => taken.has(at));
}

suite('power cuts on the board with a real kernel', { needs: NEEDS, timeoutMs: 7_200_000 }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'power-loss-'));
  let ground: QemuGround;
  let [writer, producer] = ['', ''];
  test.before(async () => {
    writer = await bundleWriter(join(dir, 'writer'));
    producer = await bundleProducer(join(dir, 'producer'));
    ground = await prepareQemuGround({ tell: () => {} });
  });
  test.after(() => rmSync(dir, { recursive: true, force: true }));

  /** Lets groups be written on a board of which all writes are recorded. @returns what was heard meanwhile */
  async function writeRecorded(record: DiskRecord): Promise<readonly Heard[]> {
    const board = await ground.freshBoard(FILES, record);
    const log = openSync(record.log, 'r');
    try {
      const heard: Heard[] = [];
      const head = Buffer.alloc(WRITE_LOG_HEAD_BYTES);
      const hear = (line: string) => {
        const bytes = readSync(log, head, 0, head.length, 0);
        heard.push({ line, steps: assertOk(countSteps(head.subarray(0, bytes))) ?? 0 });
        return '\n';
      };
      await fillOnBoard({ board, program: writer, args: ['1', String(GROUPS), 'asks'], hear });
      return heard;
    } finally {
      closeSync(log);
      await board.stop();
    }
  }

  /** Judges what a cut leaves of the disk at the point by all that was heard until then; `by` is another point to judge it by. */
  async function judge(
    images: CrashImages,
    heard: readonly Heard[],
    point: CrashPoint,
    lands: () => boolean,
    by = point,
  ) {
    const image = join(dir, 'crash.img');
    await images.makeImage(point, lands, image);
    const ledger = createOutboxLedger();
    for (const { line, steps } of heard) if (steps < by.next) ledger.heard(line);
    ledger.judge(outboxOnDisk(image, dir), `after ${point.flushed} writes and flushes`);
  }

  test('whatever had not been flushed is gone, or some sectors of it: all that was accepted by then is there', () =>
    withSeed(async (seed) => {
      const random = createRandom(seed);
      const record = { base: join(dir, 'base.img'), log: join(dir, 'writes.log') };
      const heard = await writeRecorded(record);
      const images = await openCrashImages(record);
      const points = images.points.filter(({ next }) => next > (heard[0]?.steps ?? 0));
      const taken = takesAll ? points : evenly(points, POINTS_IN_CI);
      assert.ok(taken.length >= (takesAll ? 200 : POINTS_IN_CI), `${taken.length} flushes`);
      for (const point of taken) {
        await judge(images, heard, point, () => false);
        await judge(images, heard, point, () => random.fraction() < 0.5);
      }
      process.stdout.write(` ${taken.length} of ${points.length} flushes, 2 images each `);

      // a disk that forgets the flush by which a group was accepted is found out
      const stepsAt = (word: string) => heard.find(({ line }) => line.startsWith(`${word} `))?.steps ?? 0;
      const before = points.findLast(({ flushed }) => flushed <= stepsAt('append'));
      const after = points.find(({ next }) => next > stepsAt('appended'));
      assert.ok(before && after);
      const again = await openCrashImages(record);
      await assert.rejects(
        judge(again, heard, before, () => false, after),
        /lost/,
      );
    }));

  /** Lets a program fill the outbox and cuts the power when so many lines were heard. @returns all that were */
  async function fillUntilCut(board: QemuBoard, program: string, args: readonly string[], cutAt: number) {
    const heard: string[] = [];
    let cutting = Promise.resolve();
    const hear = (line: string) => {
      heard.push(line);
      if (heard.length === cutAt) cutting = board.power.cut();
      return undefined;
    };
    await assert.rejects(fillOnBoard({ board, program, args, hear }), /no power/);
    await cutting;
    return heard;
  }

  test(`cut ${CUTS} times in the midst: all that was accepted before is on the disk`, () =>
    withSeed(async (seed) => {
      const random = createRandom(seed);
      let lines = 0;
      for (let cut = 1; cut <= CUTS; cut += 1) {
        const board = await ground.freshBoard(FILES);
        try {
          const cutAt = 5 + Math.floor(random.fraction() * LINES_BEFORE_CUT);
          const heard = await fillUntilCut(board, writer, [], cutAt);
          const ledger = createOutboxLedger();
          for (const line of heard) ledger.heard(line);
          ledger.judge(outboxOnDisk(board.disk.path, dir), `cut ${cut}`);
          lines += heard.length;
        } finally {
          await board.stop();
        }
      }
      process.stdout.write(` ${CUTS} cuts after ${lines} lines `);
    }));

  test(`cut ${CUTS_DELIVERED} times, and switched on again: the agent as installed brings all of it to the account, each once`, () =>
    withSeed(async (seed) => {
      const random = createRandom(seed);
      const accountDir = join(dir, 'account');
      const account = await startAccountProcess(accountDir, ['--name', '10.0.2.2']);
      const board = await ground.freshBoard(FILES);
      try {
        await commission(board, account);
        const accepted = new Set<number>();
        for (let cut = 1; cut <= CUTS_DELIVERED; cut += 1) {
          const cutAt = 50 + Math.floor(random.fraction() * 1000);
          const lines = await fillUntilCut(board, producer, ['50'], cutAt);
          for (const line of lines) accepted.add(Number(line.split(' ')[0]));
          await board.power.on();
          const there = await telemetryAt(accountDir, [...accepted]);
          assert.equal(new Set(there).size, there.length, `cut ${cut}: one is there twice`);
        }
        process.stdout.write(` ${CUTS_DELIVERED} cuts, ${accepted.size} accepted and delivered `);
      } finally {
        await board.stop();
        await account.kill();
      }
    }));

  /** Registers the board by a card, which stays in, and waits until the agent is online. */
  async function commission(board: QemuBoard, account: AccountProcess): Promise<void> {
    const card = join(dir, 'card.img');
    writeFileSync(card, await account.api.cardImage('line 4'));
    await board.slots.usb1.insert(card);
    const agent = watchAgent(board);
    await agent.until(({ registration }) => registration === 'pending', 'pending');
    const [request] = await account.api.pending();
    await account.api.send('POST', `/api/v1/registrations/${request?.id}/approve`);
    await agent.until(({ uplink }) => uplink === 'online', 'online');
    agent.end();
  }
});

/**
 * Waits until these numbers are in the account's database, which holds the telemetry of one Ewon with one outbox.
 * @returns all that are there
 */
async function telemetryAt(stateDir: string, awaited: readonly number[]): Promise<readonly number[]> {
  const db = new DatabaseSync(join(stateDir, 'account.sqlite'), { readOnly: true });
  try {
    const count = db.prepare('SELECT count(*) AS n FROM telemetry');
    const all = db.prepare('SELECT seq FROM telemetry');
    let there: readonly number[] = [];
    await eventually(
      () => {
        if (Number(count.get()?.['n']) < awaited.length) return false;
        there = all.all().map(({ seq }) => Number(seq));
        const seqs = new Set(there);
        return awaited.every((seq) => seqs.has(seq));
      },
      { what: `all ${awaited.length} at the account`, timeoutMs: DELIVERY_MS },
    );
    return there;
  } finally {
    db.close();
  }
}
