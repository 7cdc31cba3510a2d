import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RegistrationView } from '@ewon-agent/account/http/views';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import { type AccountProcess, startAccountProcess } from '@ewon-agent/e2e/account-process';
import { configFor } from '@ewon-agent/e2e/scenario/qemu-config';
import { prepareQemuGround } from '@ewon-agent/e2e/scenario/qemu-ground';
import type { Bench } from './bench.ts';
import { type BoardRun, boardAnswer, type LoopRun } from './board-page.ts';
import { createWitness, type Witness } from './witness.ts';

const RUNS = 20;
const SERIAL = '1524-0071-21';
/** What the board calls this machine. */
const HOST = '10.0.2.2';
const WAIT = { timeoutMs: 30_000 };
/** What the kernel says when it has made the block device; with the name of the medium's kind in QEMU. */
const KERNEL_SAYS = {
  usb1: /\[sd[a-z]\] Attached SCSI/,
  sd0: /mmcblk[0-9]: mmc[0-9]:[0-9a-f]+ /,
} as const;
type Slot = keyof typeof KERNEL_SAYS;

/** Plug → pending on the board with a real kernel, the kernel's own share, and how slow the emulator is. */
export const boardBench: Bench = {
  name: 'board',
  title: 'Board with a real kernel: card in → pending',
  about: `${RUNS} plugs on USB and ${RUNS} on SD in QEMU, about 5 minutes`,
  async run({ runs = RUNS }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
    const closers: (() => Promise<void> | void)[] = [() => rmSync(dir, { recursive: true, force: true })];
    try {
      const ground = await prepareQemuGround({ tell: say });
      const account = await startAccountProcess(join(dir, 'account'), ['--name', HOST]);
      closers.push(() => account.kill());
      const witness = await createWitness(account.api);
      closers.push(() => witness.close());
      const board = await ground.freshBoard(configFor({}));
      closers.push(() => board.stop());
      const card = join(dir, 'card.img');
      writeFileSync(card, await account.api.cardImage('bench'));
      await board.guest.run('dmesg -n 7'); // the console then carries what the kernel says of a medium, at once
      const done: BoardRun[] = [];
      const loops: LoopRun[] = [];
      for (let run = 1; run <= runs; run++) {
        loops.push({ hostMs: await hostLoopMs(), guestMs: await guestLoopMs(board) });
        for (const slot of ['usb1', 'sd0'] as const) done.push(await plug({ board, account, witness, card, slot }));
        say(`run ${run} of ${runs}: ${done.slice(-2).map(lineOf).join(' · ')}`);
      }
      return boardAnswer(done, loops);
    } finally {
      for (const close of closers.reverse()) await close();
    }
  },
};

type Plug = {
  readonly board: QemuBoard;
  readonly account: AccountProcess;
  readonly witness: Witness;
  readonly card: string;
  readonly slot: Slot;
};

/** Plugs the card in once, and makes the Ewon as new afterwards. */
async function plug({ board, account, witness, card, slot }: Plug): Promise<BoardRun> {
  const from = board.console.lines.length;
  const kernel = board.console.until(KERNEL_SAYS[slot], { ...WAIT, from });
  const [startMs, startAtMs] = [performance.now(), Date.now()];
  await board.slots[slot].insert(card);
  const pending = await witness.until(async () => mine(await account.api.pending()));
  const kernelMs = (await kernel).atMs - startAtMs;
  await account.api.send('POST', `/api/v1/registrations/${pending.seen.id}/reject`);
  await untilState(board, 'unregistered');
  await board.slots[slot].remove();
  await untilEmpty(board, slot);
  return { slot, kernelMs, pendingMs: pending.atMs - startMs };
}

function mine(rows: readonly RegistrationView[]): RegistrationView | undefined {
  return rows.find((row) => row.serial === SERIAL);
}

type Told = {
  readonly registration: { readonly state: string };
  readonly slots: readonly { slot: string; state: string }[];
};

const untilState = (board: QemuBoard, state: string) => untilTold(board, (told) => told.registration.state === state);
const untilEmpty = (board: QemuBoard, slot: Slot) =>
  untilTold(board, (told) => told.slots.some((one) => one.slot === slot && one.state === 'empty'));

/** Waits for what the agent says of itself, as the watcher on the board tells it. */
function untilTold(board: QemuBoard, holds: (told: Told) => boolean): Promise<void> {
  const look = (status: unknown) => status !== undefined && holds(status as Told);
  return new Promise((resolve) => {
    if (look(board.watch.status)) return resolve();
    const end = board.watch.subscribe((status) => {
      if (!look(status)) return;
      end();
      resolve();
    });
  });
}

/** A loop of whole numbers without memory, long enough to be compiled: how much slower the emulator makes the agent. */
const LOOP = 'let x=1;const a=performance.now();for(let i=0;i<5e6;i++)x=(x*31+i)|0;console.log(performance.now()-a,x)';

async function hostLoopMs(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', LOOP]);
  return Number(stdout.split(' ')[0]);
}

async function guestLoopMs(board: QemuBoard): Promise<number> {
  const { stdout, stderr } = await board.guest.run(`/usr/lib/ewon-agent/node -e '${LOOP}'`, WAIT.timeoutMs);
  const ms = Number(stdout.split(' ')[0]);
  if (Number.isNaN(ms)) throw new Error(`the loop on the board: ${stderr}`);
  return ms;
}

function lineOf({ slot, kernelMs, pendingMs }: BoardRun): string {
  return `${slot} kernel ${Math.round(kernelMs)} ms, pending ${Math.round(pendingMs)} ms`;
}
