import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EwonView, GrkView } from '@ewon-agent/account/http/views';
import type { BoardProcessOptions } from '@ewon-agent/board-sim/process/board-process';
import { CODES, type Code, DAY_MS, type EventMessage, jwkOf, parseGrk } from '@ewon-agent/contracts';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from '../src/board-with-agent.ts';
import { type CardAccount, writeCard } from '../src/cards.ts';
import { startRogueAccount } from './rogue-account.ts';

// The real agent on a board whose wall clock is wrong: told apart from a bad certificate, with the way out, and nothing
// is forgotten. Monotonic time goes on. The tests of a suite tell one story and follow one another.

type House = { account: AccountProcess; readonly onBoard: BoardWithAgent; readonly card: string; readonly dir: string };

/** A wrong clock may be met at the end of a long pause between two attempts. */
const PATIENCE_MS = 90_000;

async function openHouse(clock: BoardProcessOptions['clock']): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), 'clock-'));
  const account = await startAccountProcess(join(dir, 'account'));
  const card = join(dir, 'card.img');
  writeFileSync(card, await account.api.cardImage('the clock'));
  const configured = { url: account.deviceUrl, caFile: account.ca };
  const onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: configured, clock });
  await onBoard.board.led.until('running', 60_000);
  return { dir, account, onBoard, card };
}

async function closeHouse({ dir, account, onBoard }: House): Promise<void> {
  await onBoard.board.stop();
  await account.kill();
  rmSync(dir, { recursive: true, force: true });
}

/** The account's server comes back at the same addresses: every connection is made anew, and judged by the clock. */
async function restartAccount(house: House): Promise<void> {
  await house.account.kill();
  house.account = await startAccountProcess(house.account.stateDir, sameAddresses(house.account));
}

/** A card that leads to a server which is not the account, with the account's own key. */
async function rogueCard({ account, dir }: House, server: Pick<CardAccount, 'url' | 'ca'>): Promise<string> {
  const [{ id } = { id: '' }] = await account.api.get<readonly GrkView[]>('/api/v1/grks');
  const { key } = await account.api.get<{ key: string }>(`/api/v1/grks/${id}/key`);
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [secret, open] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const signer = { key: jwkOf(open), secretKey: Uint8Array.of(...secret, ...open) };
  return writeCard(join(dir, 'rogue.img'), assertOk(parseGrk(key)), '', { ...server, ...signer });
}

const setRight = ({ onBoard: { board } }: House) => board.clock.jump(-board.clock.aheadMs);

const inState = ({ onBoard }: House, state: 'requesting' | 'pending' | 'registered') =>
  onBoard.statusUntil(({ registration }) => registration.state === state, state, PATIENCE_MS);

const isOnline = ({ onBoard }: House) =>
  onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online', PATIENCE_MS);

/** Waits until the account, too, sees its one Ewon so. */
const isSeen = async ({ account }: House, status: EwonView['status']): Promise<EwonView> => {
  const found = await eventually(async () => (await account.api.ewons()).find((ewon) => ewon.status === status), {
    what: `an Ewon seen ${status}`,
    timeoutMs: PATIENCE_MS,
  });
  return found ?? assert.fail();
};

const approveOnly = async ({ account }: House): Promise<void> => {
  const pending = await account.api.pending();
  assert.equal(pending.length, 1, 'exactly one waits');
  await account.api.send('POST', `/api/v1/registrations/${pending[0]?.id}/approve`);
};

const registrationsEver = async ({ account }: House): Promise<number> =>
  (await account.api.get<readonly unknown[]>('/api/v1/registrations')).length;

const codesIn = (events: readonly EventMessage[]): readonly string[] => events.map(({ code }) => code);

/** Waits until the agent has met a fault and told it. */
const hasMet = ({ onBoard }: House, code: Code) =>
  onBoard.statusUntil(({ events }) => codesIn(events).includes(code), `${code} in the events`, PATIENCE_MS);

suite('an Ewon that starts in 1970', { timeoutMs: 180_000, needs: ['libfaketimeMT.so.1'] }, (test) => {
  let house: House;
  test.before(async () => {
    house = await openHouse('lost');
  });
  test.after(() => closeHouse(house));

  for (const [papers, code] of [
    ['of another CA', 'TLS_UNTRUSTED'],
    ['self-signed', 'TLS_UNTRUSTED'],
    ['for another name', 'TLS_NAME_MISMATCH'],
  ] as const) {
    test(`a certificate ${papers} is ${code} in 1970 too, and nothing is told to its server`, async () => {
      const { board, statusUntil } = house.onBoard;
      const rogue = await startRogueAccount(papers);
      try {
        await board.slots.sd0.insert(await rogueCard(house, rogue));
        const { registration } = await statusUntil(({ slots }) => slots[0]?.code === code, code);
        assert.equal(registration.directoryUrl, rogue.url);
        await board.slots.sd0.remove();
        await statusUntil(({ slots }) => slots[0]?.code === undefined, 'an empty slot');
        assert.deepEqual(rogue.requests, []);
      } finally {
        await rogue.close();
      }
    });
  }

  test('card in: the clock is named, not the certificate, with what to do; the LED is red', async () => {
    const { board, statusUntil } = house.onBoard;
    await board.slots.sd0.insert(house.card);
    const status = await statusUntil(({ slots }) => slots[0]?.code === 'TLS_CLOCK', 'TLS_CLOCK');
    assert.equal(status.registration.state, 'requesting');
    assert.equal(status.registration.last?.code, 'TLS_CLOCK');
    assert.equal(status.registration.last?.next, CODES.TLS_CLOCK.next);
    assert.equal(status.slots[0]?.next, CODES.TLS_CLOCK.next);
    await board.led.until('cardFailed');
    const codes = codesIn(status.events.slice(status.events.findLastIndex(({ code }) => code === 'REGISTRATION_SENT')));
    assert.deepEqual(codes, ['REGISTRATION_SENT', 'TLS_CLOCK']);
    assert.match(status.events.find(({ code }) => code === 'TLS_CLOCK')?.at ?? '', /^1970-01-01T/);
    assert.deepEqual(await house.account.api.pending(), []);
  });

  test('the clock is set: pending by itself, nobody touches the card', async () => {
    await setRight(house);
    await inState(house, 'pending');
    await house.onBoard.board.led.until('cardOk');
    assert.equal((await house.account.api.pending()).length, 1);
  });

  test('approved: online, and the account reads in the log that the clock was wrong', async () => {
    await approveOnly(house);
    await isOnline(house);
    await isSeen(house, 'online');
    const told = async () => (await house.account.api.get<readonly { code: Code }[]>('/api/v1/log')).map((e) => e.code);
    await eventually(async () => (await told()).includes('TLS_CLOCK'), { what: 'TLS_CLOCK in the log' });
    assert.equal(await registrationsEver(house), 1);
  });

  test('a power cut takes the time away again: still linked, the clock is named, and set it is online', async () => {
    const { board, statusUntil } = house.onBoard;
    await board.power.cut();
    await isSeen(house, 'offline');
    await board.power.on();
    const status = await statusUntil(({ uplink }) => uplink.trouble === 'TLS_CLOCK', 'TLS_CLOCK', PATIENCE_MS);
    assert.equal(status.registration.state, 'registered');
    await setRight(house);
    await isOnline(house);
    await isSeen(house, 'online');
    assert.equal(await registrationsEver(house), 1);
  });
});

suite('an Ewon whose clock jumps while it waits for approval', {
  timeoutMs: 180_000,
  needs: ['libfaketimeMT.so.1'],
}, (test) => {
  let house: House;
  test.before(async () => {
    house = await openHouse('own');
    await house.onBoard.board.slots.sd0.insert(house.card);
    await inState(house, 'pending');
  });
  test.after(() => closeHouse(house));

  test('400 days back: the clock is named once the account is asked anew, and the request stays', async () => {
    await house.onBoard.board.clock.jump(-400 * DAY_MS);
    await restartAccount(house);
    const { registration } = await hasMet(house, 'TLS_CLOCK');
    assert.equal(registration.state, 'pending');
    assert.equal(registration.last?.next, CODES.TLS_CLOCK.next);
    assert.equal(await registrationsEver(house), 1);
  });

  test('a power cut with the wrong clock: still the same request', async () => {
    const { board, status } = house.onBoard;
    const { startCount } = await status();
    await board.power.cut();
    await board.power.on();
    await board.led.until('cardOk');
    const { registration } = await house.onBoard.statusUntil((now) => now.startCount > startCount, 'a new start');
    assert.equal(registration.state, 'pending');
    assert.equal(await registrationsEver(house), 1);
  });

  test('approved meanwhile: online as soon as the clock is right, with one registration in all', async () => {
    await approveOnly(house);
    await setRight(house);
    await isOnline(house);
    await isSeen(house, 'online');
    assert.equal(await registrationsEver(house), 1);
    assert.equal((await house.account.api.ewons()).length, 1);
  });
});

suite('an Ewon whose clock jumps while it is online', { timeoutMs: 180_000, needs: ['libfaketimeMT.so.1'] }, (test) => {
  /** Each jump has a house of its own: attempts that fail add up, and with them the pause that the agent makes. */
  const whileOnline = async (jumpDays: number, body: (house: House, deviceId: string) => Promise<void>) => {
    const house = await openHouse('own');
    try {
      await house.onBoard.board.slots.sd0.insert(house.card);
      await inState(house, 'pending');
      await approveOnly(house);
      await isOnline(house);
      const { deviceId } = await isSeen(house, 'online');
      await house.onBoard.board.clock.jump(jumpDays * DAY_MS);
      await restartAccount(house);
      await body(house, deviceId);
      assert.equal((await isSeen(house, 'online')).deviceId, deviceId);
      assert.equal(await registrationsEver(house), 1);
    } finally {
      await closeHouse(house);
    }
  };
  const onlineTimes = (events: readonly EventMessage[]) => codesIn(events).filter((c) => c === 'UPLINK_ONLINE').length;

  test('400 days ahead: online again, for the certificates still hold and the broker judges by its own clock', async () => {
    await whileOnline(400, async ({ onBoard }) => {
      await onBoard.statusUntil(({ events }) => onlineTimes(events) === 2, 'online once more', PATIENCE_MS);
    });
  });

  for (const [jumpDays, code] of [
    [-400, 'TLS_CLOCK'],
    [1200, 'TLS_EXPIRED'], // beyond the three years of the server's certificate
  ] as const) {
    test(`${jumpDays} days: ${code} with the clock in its next step; the link stays, and set right it is online`, async () => {
      await whileOnline(jumpDays, async (house, deviceId) => {
        const { statusUntil } = house.onBoard;
        const { registration } = await statusUntil(({ uplink }) => uplink.trouble === code, code, PATIENCE_MS);
        assert.deepEqual([registration.state, registration.deviceId], ['registered', deviceId]);
        assert.match(CODES[code].next, /clock/);
        await setRight(house);
        await isOnline(house);
      });
    });
  }
});
