import { KIB, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createVirtualHouse, type VirtualHouse } from '../src/virtual/house.ts';

const bytesOf = (sizeBytes: number, seed: number) =>
  Uint8Array.from({ length: sizeBytes }, (_, i) => (i >> 8) ^ (i * seed));
const CONTENTS = new Map([
  ['ewonfwr.edf', bytesOf(1500 * KIB + 3, 7)],
  ['backup.tar', bytesOf(300 * KIB, 11)],
  ['comcfg.txt', bytesOf(2 * KIB, 13)],
]);
const NAMES = [...CONTENTS.keys()];

/** A card with everything that an Ewon takes. */
async function fullCard(house: VirtualHouse, note?: string) {
  return { ...(await house.card(note)), otherFiles: NAMES, contents: CONTENTS };
}

async function onHouse(body: (house: VirtualHouse) => Promise<void>): Promise<void> {
  const house = await createVirtualHouse({ ewonFiles: 'taken' });
  try {
    await house.boot();
    await body(house);
  } finally {
    await house.close();
  }
}

const until = (house: VirtualHouse, what: string, isSo: () => boolean) =>
  house.board.clock.advanceUntil(isSo, { what, withinMs: 30 * SECOND_MS });
const sdOf = (house: VirtualHouse) =>
  house
    .agent()
    .status()
    .slots.find(({ slot }) => slot === 'sd0');
const told = (house: VirtualHouse) => house.events().map(({ text }) => text);
const isPending = (house: VirtualHouse) => house.agent().status().registration.state === 'pending';

suite('a card with firmware, backup, configuration and key', { timeoutMs: 180_000 }, (test) => {
  test('the Ewon takes each file byte for byte in the strict order, each is told in its words, then the card registers', () =>
    onHouse(async (house) => {
      const { board } = house;
      board.slots.sd0.insert(await fullCard(house));
      await until(house, 'pending', () => isPending(house));
      assert.deepEqual(
        board.ewon.files.map(({ name }) => name),
        NAMES,
      );
      for (const { name, bytes } of board.ewon.files)
        assert.equal(Buffer.compare(bytes, CONTENTS.get(name) ?? new Uint8Array()), 0, name);
      assert.deepEqual(
        told(house).filter((text) => text.startsWith('Successfully')),
        [...NAMES, 'T2M.txt'].map((name) => `Successfully load SD file (${name}).`),
      );
      assert.equal((await house.admin.pending()).length, 1);
      assert.deepEqual(board.led.patterns().slice(-4), ['running', 'cardSeen', 'cardWorking', 'cardOk']);
      board.slots.sd0.remove();
      await board.clock.settle();
      assert.equal(board.led.shown.pattern, 'running');
    }));

  test('a file that the Ewon declines is told, and the others and the registration are not kept back', () =>
    onHouse(async (house) => {
      house.board.ewon.decline('ewonfwr.edf');
      house.board.slots.sd0.insert(await fullCard(house));
      await until(house, 'pending', () => isPending(house));
      assert.deepEqual(
        house.board.ewon.files.map(({ name }) => name),
        ['backup.tar', 'comcfg.txt'],
      );
      const declined = house.events().filter(({ code }) => code === 'FIRMWARE_FILE_DECLINED');
      assert.equal(declined.length, 1);
      assert.match(declined[0]?.text ?? '', /slot sd0: ewonfwr\.edf/);
    }));

  test('a card pulled while a file is handed over ends it: told, nothing registered, and put back it begins anew', () =>
    onHouse(async (house) => {
      const { board } = house;
      board.slots.sd0.insert(await fullCard(house));
      await until(house, 'the first file', () => board.ewon.files.length === 1);
      board.slots.sd0.remove();
      await board.clock.advance(10 * SECOND_MS);
      assert.equal(board.led.shown.pattern, 'running');
      assert.deepEqual(
        board.ewon.files.map(({ name }) => name),
        ['ewonfwr.edf', 'backup.tar'], // what was read whole before the card went may be taken, nothing after it
      );
      assert.ok(house.events().some(({ code }) => code === 'CARD_GONE'));
      assert.ok(told(house).includes('Successfully load SD file (ewonfwr.edf).'));
      assert.deepEqual(await house.admin.pending(), []);
      board.slots.sd0.insert(await fullCard(house));
      await until(house, 'pending', () => isPending(house));
      assert.equal(board.ewon.files.length, 2 + NAMES.length);
    }));

  test('a card of files alone is green when they are taken, red when the Ewon does not answer', () =>
    onHouse(async (house) => {
      const { board } = house;
      const card = { otherFiles: ['backup.tar'], contents: CONTENTS };
      board.slots.sd0.insert(card);
      await until(house, 'judged', () => sdOf(house)?.code === 'CARD_FILES_LOADED');
      assert.equal(board.led.shown.pattern, 'cardOk');
      board.slots.sd0.remove();
      board.faults.set({ ewon: 'silent' });
      board.slots.sd0.insert(card);
      await until(house, 'judged', () => sdOf(house)?.code === 'FIRMWARE_UNREACHABLE');
      assert.equal(board.led.shown.pattern, 'cardFailed');
    }));

  test('a linked Ewon takes the files and ignores the key', () =>
    onHouse(async (house) => {
      const { board } = house;
      board.slots.sd0.insert(await house.card());
      await until(house, 'pending', () => isPending(house));
      await house.admin.approve((await house.admin.pending())[0]?.id ?? '');
      await until(house, 'online', () => house.agent().status().uplink.state === 'online');
      board.slots.sd0.insert(await fullCard(house, 'another'));
      await until(house, 'judged', () => sdOf(house)?.code === 'CARD_IGNORED_LINKED');
      assert.deepEqual(
        board.ewon.files.map(({ name }) => name),
        NAMES,
      );
      assert.deepEqual(await house.admin.pending(), []);
    }));
});
