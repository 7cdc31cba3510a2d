import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { LedSeen } from '@ewon-agent/board-sim/process/board-process';
import { type AccountProcess, startAccountProcess } from './account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from './board-with-agent.ts';
import { CTRL_C, hearKeys } from './demo/keys.ts';
import { createTeller } from './demo/teller.ts';

// `make demo`: the main job, told as it happens. Real account, real agent on a simulated board, each a process of its own.

const auto = process.env['AUTO'] === '1';
const { say, plain } = createTeller(process.stdout);
const dir = mkdtempSync(join(tmpdir(), 'ewon-demo-'));
const done = Promise.withResolvers<number>();
const WAITING_LINE_MS = 10_000;
const AUTO_LIMIT_MS = 60_000;

let account: AccountProcess | undefined;
let onBoard: BoardWithAgent | undefined;
let cardInMs = 0;
let pendingTold = false;
let onlineTold = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done.resolve(0));
const quiet = hearKeys(process.stdin, (key) => void press(key));
try {
  await tell();
  process.exitCode = await done.promise;
} catch (error) {
  say('demo', `failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  quiet();
  await onBoard?.board.stop();
  await account?.kill();
  rmSync(dir, { recursive: true, force: true });
}
// the process ends by itself; a timer of a story that was cut short must not hold it
process.exit();

async function tell(): Promise<void> {
  say('account', 'starting (SQLite, embedded broker) …');
  account = await startAccountProcess(join(dir, 'account'));
  say('account', `serves devices at ${account.deviceUrl}`);
  say('board', 'switching on a Flexy with an empty slot; the agent starts on it …');
  onBoard = await startBoardWithAgent({ dir: join(dir, 'board') });
  onBoard.board.led.subscribe((seen) => say('USR', ledText(seen)));
  await onBoard.board.led.until('running', 60_000);
  if (!auto) signInText(account);
  await account.api.changes((change) => void hear(change.type));

  const image = join(dir, 'card.img');
  writeFileSync(image, await account.api.cardImage('demo cabinet'));
  say('card', `made ${image}: FAT32 with T2M.txt and T2M.json`);
  say('card', 'goes into slot sd0');
  cardInMs = performance.now();
  await onBoard.board.slots.sd0.insert(image);
  if (auto) setTimeout(() => done.reject(new Error('not online within a minute')), AUTO_LIMIT_MS).unref();
  else waitingLines(account);
}

/** Something changed at the account; what matters is asked of its API, as the page does. */
async function hear(type: string): Promise<void> {
  if (!account) return;
  if (type === 'registration' && !pendingTold) {
    const [waiting] = await account.api.pending();
    if (!waiting || pendingTold) return;
    pendingTold = true;
    say(
      'account',
      `pending after ${sinceCard()} ms: ${waiting.serial} ${waiting.model}, "${waiting.note}", key ${waiting.fingerprint}`,
    );
    if (auto) await press('a');
    else plain('\n  Approve it on the page, or press  a  here.\n');
  }
  if (type === 'ewon' && !onlineTold) {
    const online = (await account.api.ewons()).find(({ status }) => status === 'online');
    if (!online || onlineTold) return;
    onlineTold = true;
    const ms = sinceCard();
    say('account', `${online.name} is online (${online.deviceId})`);
    if (auto) {
      plain(`registered ${online.deviceId} online in ${ms} ms`);
      done.resolve(0);
    } else tryText();
  }
}

async function press(key: string): Promise<void> {
  if (key === CTRL_C || key === 'q') return done.resolve(0);
  if (!account || !onBoard) return;
  const { sd0, usb1 } = onBoard.board.slots;
  if (key === 'a') {
    const [waiting] = await account.api.pending();
    if (!waiting) return say('you', 'approve: no Ewon waits');
    say('you', `approve ${waiting.serial}`);
    await account.api.send('POST', `/api/v1/registrations/${waiting.id}/approve`);
  }
  if (key === 'p') await tried('pull the card', () => sd0.remove());
  if (key === 'i') await tried('put the card in', () => sd0.insert(join(dir, 'card.img')));
  if (key === '2') await tried('put a card into the second slot', () => usb1.insert(join(dir, 'card.img')));
  if (key === 'c')
    await tried('cut the power for a moment', () => onBoard?.board.power.cut().then(() => onBoard?.board.power.on()));
}

async function tried(what: string, act: () => Promise<void> | undefined): Promise<void> {
  say('you', what);
  await act()?.catch((error: Error) => say('board', error.message));
}

function waitingLines(server: AccountProcess): void {
  const timer = setInterval(() => {
    if (onlineTold) return clearInterval(timer);
    say('waiting', pendingTold ? `for approval at ${server.adminUrl} — or press a` : 'for the Ewon to ask');
  }, WAITING_LINE_MS);
}

function signInText(server: AccountProcess): void {
  const { port } = new URL(server.adminUrl);
  plain(`
  Account page (sign-in link, good once):  ${server.signIn}
  From another machine, first:             ssh -L ${port}:127.0.0.1:${port} ${userInfo().username}@${hostname()}
`);
}

function tryText(): void {
  plain(`
  It stays up. Try:   p  pull the card        i  put it in again (a linked Ewon ignores it)
                      2  a card in slot usb1  c  cut the power for a moment
                      an image of your own:   cp my.img ${onBoard?.board.addresses.slotsDir}/sd0.img
                      what the agent says:    npx ewon-agent status --config ${onBoard?.configFile}
                      what the account says:  npx account log --state ${join(dir, 'account')}
  Ctrl-C ends it and cleans up.
`);
}

function ledText({ pattern, colour, onMs, offMs }: LedSeen): string {
  return `${colour}${onMs > 0 ? ` blinking ${onMs}/${offMs} ms` : ''} (${pattern ?? 'unknown'})`;
}

function sinceCard(): number {
  return Math.round(performance.now() - cardInMs);
}
