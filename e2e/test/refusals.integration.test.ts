import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GrkView } from '@ewon-agent/account/http/views';
import type { AgentStatus } from '@ewon-agent/agent/core/status';
import { createRandom } from '@ewon-agent/board-sim/sim/random-sim';
import { CODES, type Code, type Grk, grkFrom, jwkOf, type LedPattern, parseGrk, toUtf8 } from '@ewon-agent/contracts';
import { assert, assertOk, eventually, findProgram, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { writeCard, writeImage } from '../src/cards.ts';
import { run, runCommand } from '../src/command.ts';
import { malformedT2mTxt } from './malformed-cards.ts';
import { type Papers, startRogueAccount } from './rogue-account.ts';

// Everything that an Ewon can be refused with, by real processes: each is told with a code and a next step, at the
// board and in the log, and none of it stands in the way of a good card. The tests share one account and one agent.

let dir: string;
let account: AccountProcess;
let onBoard: BoardWithAgent;
let cards = 0;
const cardPath = () => join(dir, `card-${++cards}.img`);

/** Signs the T2M.json of cards that are not the account's. */
const stranger = makeSigner();

function makeSigner() {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [secret, open] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  return { key: jwkOf(open), secretKey: Uint8Array.of(...secret, ...open) };
}

function madeUpKey(seed: number): Grk {
  const grk = grkFrom(createRandom(seed).bytes(48));
  if (!grk) throw new Error('this is a bug of the test: take another seed');
  return grk;
}

/** The present key, as somebody may read it who is asked to. */
async function presentKey(): Promise<Grk> {
  const keys = await account.api.get<readonly GrkView[]>('/api/v1/grks');
  const id = keys.findLast(({ state, origin }) => state === 'active' && origin === 'made')?.id;
  return assertOk(parseGrk((await account.api.get<{ key: string }>(`/api/v1/grks/${id}/key`)).key));
}

const goodCard = async () => writeCard(cardPath(), await presentKey(), 'good');

/** Puts a card in, in place of the one that is in. */
const insert = (card: string, on = onBoard) => on.board.slots.sd0.insert(card);

type Refusal = { readonly code: Code; readonly led?: LedPattern; readonly on?: BoardWithAgent };

/** Waits until the board says no with this code, and checks who is told what. */
async function assertRefused({ code, led = 'cardFailed', on = onBoard }: Refusal): Promise<AgentStatus> {
  const status = await on.statusUntil(({ slots }) => slots[0]?.code === code, `refused with ${code}`);
  assert.equal(status.slots[0]?.next, CODES[code].next, 'the next step');
  assert.equal(status.led, led);
  assert.equal((await on.board.led.until(led)).pattern, led, 'the LED');
  const event = status.events.findLast((told) => told.code === code);
  assert.equal(event?.severity, CODES[code].severity, 'the event log');
  return status;
}

/** A good card is put in afterwards: pending. Then the board is made as new for the next test. */
async function assertGoodCardRegisters(on = onBoard): Promise<void> {
  await insert(await goodCard(), on);
  await on.statusUntil(({ registration }) => registration.state === 'pending', 'pending with a good card');
  await on.board.led.until('cardOk');
  const [{ note } = { note: '' }] = await account.api.pending();
  assert.equal(note, 'good');
  await asNew(on);
}

async function asNew(on: BoardWithAgent): Promise<void> {
  await on.board.slots.sd0.remove();
  assert.equal((await runCommand('ewon-agent', ['forget', '--config', on.configFile])).status, 0);
  await on.statusUntil(({ registration }) => registration.state === 'unregistered', 'forgotten');
  for (const { id } of await account.api.pending())
    await account.api.send('POST', `/api/v1/registrations/${id}/reject`);
}

suite('refusals', { timeoutMs: 180_000, needs: ['mkfs.vfat'] }, (test) => {
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'refusals-'));
    account = await startAccountProcess(join(dir, 'account'));
    const configured = { url: account.deviceUrl, caFile: account.ca };
    onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: configured });
    await onBoard.board.led.until('running', 60_000);
  });
  test.after(async () => {
    await onBoard.board.stop();
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  test('a key the account does not know: GRK_UNKNOWN', async () => {
    await insert(await writeCard(cardPath(), madeUpKey(1), ''));
    const { registration } = await assertRefused({ code: 'GRK_UNKNOWN' });
    assert.equal(registration.last?.code, 'GRK_UNKNOWN');
    await assertGoodCardRegisters();
  });

  test('a key that was renewed: GRK_REVOKED, and the new one registers', async () => {
    const old = await goodCard();
    await account.api.send('POST', '/api/v1/grks/renew');
    await insert(old);
    await assertRefused({ code: 'GRK_REVOKED' });
    await assertGoodCardRegisters();
  });

  test('a key that has expired: GRK_EXPIRED', async () => {
    const grk = madeUpKey(2);
    const expires = ['--expires', '2026-01-01T00:00:00.000Z'];
    const words = ['grk', 'import', '-', ...expires, '--state', account.stateDir];
    assert.equal((await runCommand('account', words, grk)).status, 0);
    await insert(await writeCard(cardPath(), grk, ''));
    await assertRefused({ code: 'GRK_EXPIRED' });
    await assertGoodCardRegisters();
  });

  test('auto-registration is off: AUTOREGISTRATION_OFF; switched on, the same card again registers', async () => {
    const card = await goodCard();
    await account.api.send('PATCH', '/api/v1/auto-registration', { enabled: false });
    await insert(card);
    await assertRefused({ code: 'AUTOREGISTRATION_OFF' });
    await account.api.send('PATCH', '/api/v1/auto-registration', { enabled: true });
    await onBoard.board.slots.sd0.remove();
    await insert(card);
    await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
    await asNew(onBoard);
  });

  test('the person says no: REJECTED', async () => {
    await insert(await goodCard());
    await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
    const [waiting] = await account.api.pending();
    await account.api.send('POST', `/api/v1/registrations/${waiting?.id}/reject`);
    await assertRefused({ code: 'REJECTED' });
    await assertGoodCardRegisters();
  });

  test('an Ewon with this serial is online: SERIAL_ACTIVE at the second board; once it is removed, the second registers', async () => {
    await insert(await goodCard());
    await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
    const [waiting] = await account.api.pending();
    await account.api.send('POST', `/api/v1/registrations/${waiting?.id}/approve`);
    await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
    // what the second is refused for is what the account knows of the first
    const isSeen = async () => (await account.api.ewons()).some(({ status }) => status === 'online');
    await eventually(isSeen, { what: 'seen online', timeoutMs: 60_000 });
    const configured = { url: account.deviceUrl, caFile: account.ca };
    const second = await startBoardWithAgent({ dir: join(dir, 'second'), account: configured });
    try {
      await second.board.led.until('running', 60_000);
      await insert(await goodCard(), second);
      const { registration } = await assertRefused({ code: 'SERIAL_ACTIVE', on: second });
      assert.match(registration.last?.detail ?? '', /1524-0071-21/);
      assert.equal((await onBoard.status()).uplink.state, 'online', 'the first one is not disturbed');
      const [ewon] = await account.api.ewons();
      await account.api.send('DELETE', `/api/v1/ewons/${ewon?.deviceId}`);
      await onBoard.statusUntil(({ registration: now }) => now.last?.code === 'UNLINKED', 'unlinked');
      await assertGoodCardRegisters(second);
    } finally {
      await second.board.stop();
    }
    await onBoard.board.slots.sd0.remove();
    await assertGoodCardRegisters();
  });

  test('the account is away: ACCOUNT_UNREACHABLE with a green LED, and pending by itself when it is back', async () => {
    const card = await goodCard();
    const again = sameAddresses(account);
    await account.kill('SIGKILL');
    await insert(card);
    await assertRefused({ code: 'ACCOUNT_UNREACHABLE', led: 'cardOk' });
    await onBoard.board.slots.sd0.remove(); // the request is saved, the card is not needed any more
    account = await startAccountProcess(account.stateDir, again);
    await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending by itself', 60_000);
    assert.equal((await account.api.pending()).length, 1);
    await asNew(onBoard);
  });

  const PAPERS: readonly (readonly [Papers, Code])[] = [
    ['of another CA', 'TLS_UNTRUSTED'],
    ['self-signed', 'TLS_UNTRUSTED'],
    ['for another name', 'TLS_NAME_MISMATCH'],
    ['expired', 'TLS_EXPIRED'],
    ['not valid yet', 'TLS_CLOCK'],
  ];
  for (const [papers, code] of PAPERS) {
    test(`a server with a certificate ${papers}: ${code}, nothing is told to it, and a good card goes past it`, async () => {
      const rogue = await startRogueAccount(papers);
      try {
        await insert(await writeCard(cardPath(), await presentKey(), '', { ...rogue, ...stranger }));
        const { registration } = await assertRefused({ code });
        assert.equal(registration.directoryUrl, rogue.url, 'the address is named');
        await assertGoodCardRegisters();
        assert.deepEqual(rogue.requests, []);
      } finally {
        await rogue.close();
      }
    });
  }

  test('a card with the wrong CA for the right account: TLS_UNTRUSTED; the same key with the right CA registers', async () => {
    const rogue = await startRogueAccount('self-signed');
    await rogue.close();
    const wrong = { url: account.deviceUrl, ca: rogue.ca, ...stranger };
    await insert(await writeCard(cardPath(), await presentKey(), '', wrong));
    await assertRefused({ code: 'TLS_UNTRUSTED' });
    const right = { ...wrong, ca: readFileSync(account.ca, 'utf8') };
    await insert(await writeCard(cardPath(), await presentKey(), 'good', right));
    await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending with the right CA');
    await asNew(onBoard);
  });

  test('a card without T2M.txt: CARD_NO_T2M; a medium without a file system: CARD_NOT_FAT', async () => {
    const [empty, noise] = [cardPath(), cardPath()];
    assert.equal((await run(findProgram('mkfs.vfat') ?? '', ['-F', '32', '-C', empty, '65536'])).status, 0);
    await insert(empty);
    await assertRefused({ code: 'CARD_NO_T2M' });
    await run('dd', ['if=/dev/urandom', `of=${noise}`, 'bs=1M', 'count=1']);
    await insert(noise);
    await assertRefused({ code: 'CARD_NOT_FAT' });
    const told = await runCommand('ewon-agent', ['status', '--config', onBoard.configFile]);
    assert.match(told.stdout, /^Slot sd0 +settled CARD_NOT_FAT/m);
    assert.match(told.stdout, /^Next +Format the card as FAT32/m);
    await assertGoodCardRegisters();
  });

  test('each way a T2M.txt can be malformed: its code, nothing reaches the account, and a good card registers', async () => {
    const before = await account.api.get<readonly object[]>('/api/v1/registrations');
    const key = await presentKey();
    const ways = malformedT2mTxt(key);
    const met = new Set<Code>();
    for (const [what, file, code] of ways) {
      const bytes = typeof file === 'string' ? toUtf8(file) : file;
      await onBoard.board.slots.sd0.remove();
      await onBoard.statusUntil(({ slots }) => slots[0]?.state === 'empty', 'an empty slot');
      await insert(await writeImage(cardPath(), { 'T2M.txt': bytes }));
      try {
        const { slots, registration } = await assertRefused({ code });
        assert.equal(registration.state, 'unregistered');
        assert.ok(!JSON.stringify(slots).toUpperCase().includes(key.slice(4, 12)), 'the key is not repeated');
      } catch (cause) {
        throw new Error(`a T2M.txt with ${what}`, { cause });
      }
      met.add(code);
    }
    const never = Object.keys(CODES).filter((code) => /^T2M_/.test(code) && ![...met].some((known) => known === code));
    assert.deepEqual(never, [], 'codes of T2M.txt that no malformation led to');
    assert.deepEqual(await account.api.get('/api/v1/registrations'), before);
    await assertGoodCardRegisters();
    process.stdout.write(`${ways.length} malformed cards, ${met.size} codes\n`);
  });
});
