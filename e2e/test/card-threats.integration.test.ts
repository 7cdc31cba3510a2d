// test-alone
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Code, type Grk, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { bundledAgent } from '../src/bundles.ts';
import { beginPeak, type Heartbeat, listenToHeart, peakBytes } from '../src/heartbeat.ts';
import { cardWithT2m, hostileCards, hostileDirectories } from './hostile-cards.ts';
import { malformedT2mTxt } from './malformed-cards.ts';

// Every row of "The card" that a medium alone can carry, against the agent as it is installed (bundled), in a process
// of its own: the outcome within 2 s of the insertion, an answer at least once a second, and less than 5 MB more memory.
// The account is never there: a card that is taken asks in vain, and gives way to the next.

const DECIDED_WITHIN_MS = 2 * SECOND_MS;
const SILENT_AT_MOST_MS = SECOND_MS;
const GROWS_AT_MOST_BYTES = 5e6;
const KEY = 'A01-THREATS0123456789ABCDEFGHIJKLMNO' as Grk; // made up

type Seen = {
  readonly what: string;
  readonly decidedMs: number;
  readonly silentMs: number;
  readonly grownBytes: number;
};

let dir: string;
let onBoard: BoardWithAgent;
let heart: Heartbeat;
let pid: number;
let cards = 0;
const seen: Seen[] = [];

/** What a hand does with a medium. */
type Hand = { insert(path: string): Promise<void>; remove(path: string): Promise<void> };

/** Puts a medium into a slot, waits for its outcome, and takes it out again. */
async function meet(slot: 'sd0' | 'dir1', what: string, make: (path: string) => unknown, code: Code): Promise<void> {
  const path = join(dir, `card-${++cards}`);
  if (slot === 'dir1') mkdirSync(path);
  make(path);
  const hand = hands[slot];
  const before = beginPeak(pid);
  heart.begin();
  const startMs = heart.nowMs();
  await hand.insert(path);
  const told = () => at(slot);
  await eventually(() => told()?.state === 'settled', { what: `an outcome of ${what}`, timeoutMs: 60_000 });
  const decidedMs = heart.nowMs() - startMs;
  const met = { what, decidedMs, silentMs: heart.longestSilenceMs(), grownBytes: peakBytes(pid) - before };
  const outcome = told()?.code ?? 'none';
  // a card that is taken asks an account that is not there
  const isTaken = code === 'CARD_USABLE' && ['REGISTRATION_SENT', 'ACCOUNT_UNREACHABLE'].includes(outcome);
  assert.ok(outcome === code || isTaken, `${what}: ${outcome}`);
  await hand.remove(path);
  await eventually(() => told()?.state === 'empty', { what: 'an empty slot', timeoutMs: 60_000 });
  rmSync(path, { recursive: true, force: true });
  seen.push(met);
  assert.ok(met.decidedMs <= DECIDED_WITHIN_MS, `${what}: decided after ${met.decidedMs} ms`);
  assert.ok(met.silentMs <= SILENT_AT_MOST_MS, `${what}: silent for ${met.silentMs} ms`);
  assert.ok(met.grownBytes <= GROWS_AT_MOST_BYTES, `${what}: ${met.grownBytes} bytes more`);
}

const hands: Record<'sd0' | 'dir1', Hand> = {
  sd0: {
    insert: (path) => onBoard.board.slots.sd0.insert(path),
    remove: () => onBoard.board.slots.sd0.remove(),
  },
  // a link would not do: what is asked for is a directory without links in its path
  dir1: {
    insert: async (path) => renameSync(path, mountpoint()),
    remove: async () => rmSync(mountpoint(), { recursive: true }),
  },
};
const at = (slot: string) => heart.status?.slots.find((one) => one.slot === slot);
const mountpoint = () => join(dir, 'mnt', 'dir1');

suite('hostile cards', {
  timeoutMs: MINUTE_MS,
  needs: ['mkfs.vfat', 'mkfs.exfat', 'mkfs.ext4', 'mcopy', 'mmd'],
}, (test) => {
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'threats-'));
    const agent = await bundledAgent(join(dir, 'bundle'));
    const account = { url: 'https://127.0.0.1:9/device/v1/directory', caFile: join(dir, 'nobody.pem') };
    mkdirSync(join(dir, 'mnt'));
    writeFileSync(account.caFile, '-----BEGIN CERTIFICATE-----\n');
    onBoard = await startBoardWithAgent({
      dir: join(dir, 'board'),
      account,
      slots: { dir1: { directory: mountpoint() } },
      agentCommand: [process.execPath, agent],
    });
    heart = listenToHeart(onBoard.stateDir, () => pid);
    await onBoard.statusUntil(() => true, 'an agent that answers');
    const started = onBoard.board.events.all.findLast((event) => event.on === 'program' && event.state === 'started');
    pid = started?.on === 'program' ? started.pid : 0;
    // what is loaded with the first cards (FatFs, exFAT) stays, and is not what a hostile one costs
    for (let round = 0; round < 5; round++) {
      await onBoard.board.slots.sd0.insert(await sound(round));
      await eventually(() => at('sd0')?.state === 'settled', { what: 'a sound card' });
      await onBoard.board.slots.sd0.remove();
      await eventually(() => at('sd0')?.state === 'empty', { what: 'an empty slot' });
    }
  });
  test.after(async () => {
    await heart.stop();
    await onBoard.board.stop();
    rmSync(dir, { recursive: true });
    const most = (pick: (row: Seen) => number) => seen.toSorted((a, b) => pick(b) - pick(a))[0];
    const line = (name: string, row: Seen | undefined, value: string) => `${name}: at most ${value} (${row?.what})\n`;
    const [slow, still, large] = [most((r) => r.decidedMs), most((r) => r.silentMs), most((r) => r.grownBytes)];
    process.stdout.write(`${seen.length} hostile cards\n`);
    process.stdout.write(line('decided', slow, `${Math.round(slow?.decidedMs ?? 0)} ms`));
    process.stdout.write(line('silent', still, `${Math.round(still?.silentMs ?? 0)} ms`));
    process.stdout.write(line('grown', large, `${((large?.grownBytes ?? 0) / 1e6).toFixed(1)} MB`));
  });

  async function sound(round: number): Promise<string> {
    const path = join(dir, `sound-${round}.img`);
    cardWithT2m(path, `T2MKey:${KEY}\r\n`);
    return path;
  }

  for (const [what, make, code] of hostileCards(`T2MKey:${KEY}\r\n`)) {
    test(`${what}: ${code}`, () => meet('sd0', what, make, code));
  }

  for (const [what, make, code] of hostileDirectories(`T2MKey:${KEY}\r\n`)) {
    test(`a directory with ${what} for T2M.txt: ${code}`, () => meet('dir1', what, make, code));
  }

  for (const [what, content, code] of malformedT2mTxt(KEY)) {
    test(`T2M.txt with ${what}: ${code}`, () => meet('sd0', what, (path) => cardWithT2m(path, content), code));
  }
});
