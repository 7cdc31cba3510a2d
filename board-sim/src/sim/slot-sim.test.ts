import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CardFiles, err, ok, parseSlotId, type SlotChange } from '@ewon-agent/contracts';
import { slotSuite } from '@ewon-agent/contracts/suites/slot-suite';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type BoardOptions, createBoard } from '../board.ts';

const sd0 = assertOk(parseSlotId('sd0'));
const CARD: CardFiles = { t2mTxt: new TextEncoder().encode('T2MKey:'), otherFiles: [] };
const blank = new Uint8Array(512);
const notFat = () => err('CARD_NOT_FAT');

slotSuite('slot port: simulated', () => {
  const board = createBoard({ readImage: notFat });
  return {
    port: board.ports.slots,
    slot: sd0,
    insert: (card) => board.slots.sd0.insert(card),
    remove: () => board.slots.sd0.remove(),
    replace: (card) => board.slots.sd0.insert(card),
    insertBlank: () => board.slots.sd0.insert(blank),
  };
});

/** A board that is watched. */
async function watched(options: BoardOptions = {}) {
  const board = createBoard(options);
  const changes: SlotChange[] = [];
  await board.ports.slots.watch((change) => changes.push(change));
  const lastInsertion = () =>
    changes.reduce((last, change) => (change.on === 'CardInserted' ? change.insertion : last), '');
  return {
    board,
    changes,
    kinds: () => changes.map(({ on }) => on),
    read: () => board.ports.slots.read(sd0, lastInsertion()),
  };
}

suite('simulated slot', (test) => {
  test('removing from an empty slot is nothing', async () => {
    const { board, changes } = await watched();
    board.slots.sd0.remove();
    assert.deepEqual(changes, []);
  });

  test('both slots report under their own name', async () => {
    const { board, changes } = await watched();
    board.slots.usb1.insert(CARD);
    board.slots.sd0.insert(CARD);
    assert.deepEqual(
      changes.map(({ slot }) => slot),
      ['usb1', 'sd0'],
    );
  });

  test('images are read by the function that the test gave, from bytes and from a file', async () => {
    const sizes: number[] = [];
    const readImage = (image: Uint8Array) => {
      sizes.push(image.length);
      return ok(CARD);
    };
    const { board, read } = await watched({ readImage });
    board.slots.sd0.insert(blank);
    assert.deepEqual(assertOk(await read()), CARD);
    const dir = await mkdtemp(join(tmpdir(), 'slot-sim-'));
    await writeFile(join(dir, 'card.img'), new Uint8Array(1024));
    board.slots.sd0.insert(join(dir, 'card.img'));
    assertOk(await read());
    await rm(dir, { recursive: true });
    assert.deepEqual(sizes, [512, 1024]);
  });

  test('a card pulled during the read is CARD_GONE, and is reported as removed', async () => {
    const { board, kinds, read } = await watched({ faults: { reads: 'pulledDuringRead' } });
    board.slots.sd0.insert(CARD);
    assertFault(await read(), 'CARD_GONE');
    assert.deepEqual(kinds(), ['CardInserted', 'CardRemoved']);
  });

  test('a card replaced during the read is CARD_GONE, and the new one can be read', async () => {
    const { board, kinds, read } = await watched({ faults: { reads: ['replacedDuringRead'] } });
    board.slots.sd0.insert(CARD);
    assertFault(await read(), 'CARD_GONE');
    assert.deepEqual(kinds(), ['CardInserted', 'CardRemoved', 'CardInserted']);
    assertOk(await read());
  });

  test('faults in a list come in turn, then all is well', async () => {
    const { board, read } = await watched({ faults: { reads: ['eio', 'ok', 'notFat'] } });
    board.slots.sd0.insert(CARD);
    assertFault(await read(), 'CARD_UNREADABLE');
    assertOk(await read());
    assertFault(await read(), 'CARD_NOT_FAT');
    assertOk(await read());
    assertOk(await read());
  });

  test('a single fault stays until it is taken away', async () => {
    const { board, read } = await watched();
    board.faults.set({ reads: 'eio' });
    board.slots.sd0.insert(CARD);
    for (let i = 0; i < 3; i++) assertFault(await read(), 'CARD_UNREADABLE');
    board.faults.clear();
    assertOk(await read());
  });

  test('a slow card answers late and well, a hanging one is given up after two seconds', async () => {
    const { board, read } = await watched({ faults: { reads: ['slowCard', 'hangingCard'] } });
    board.slots.sd0.insert(CARD);
    const slow = read();
    await board.clock.advance(1900);
    assertOk(await slow);
    const hanging = read();
    await board.clock.advance(2000);
    assertFault(await hanging, 'CARD_UNREADABLE');
  });

  test('a slow card pulled meanwhile is CARD_GONE', async () => {
    const { board, read } = await watched({ faults: { reads: 'slowCard' } });
    board.slots.sd0.insert(CARD);
    const reading = read();
    await board.clock.advance(1000);
    board.slots.sd0.remove();
    await board.clock.advance(900);
    assertFault(await reading, 'CARD_GONE');
  });

  test('faults befall the pieces of a file as well, and what was left on the card does not touch its files', async () => {
    const { board, changes } = await watched({ faults: { reads: ['eio', 'pulledDuringRead'] } });
    const card = { ...CARD, otherFiles: ['backup.tar'], contents: new Map([['backup.tar', Uint8Array.of(1, 2, 3)]]) };
    board.slots.sd0.insert(card);
    const [change] = changes;
    const insertion = change?.on === 'CardInserted' ? change.insertion : '';
    const piece = () => board.ports.slots.piece(sd0, insertion, { name: 'BACKUP.tar', offset: 1, length: 9 });
    assertFault(await piece(), 'CARD_UNREADABLE');
    assertOk(await board.ports.slots.mark(sd0, insertion, { wipe: true }));
    board.faults.clear();
    assert.deepEqual([...assertOk(await piece()).bytes], [2, 3]);
    board.faults.set({ reads: 'pulledDuringRead' });
    assertFault(await piece(), 'CARD_GONE');
    assert.equal(changes.at(-1)?.on, 'CardRemoved');
  });

  test('a flapping contact plugs as often as told, alternating, and ends with the card in', async () => {
    const { board, kinds, read } = await watched();
    board.slots.sd0.flap(CARD, { times: 200, everyMs: 100 });
    await board.clock.advance(20_000);
    assert.equal(kinds().filter((on) => on === 'CardInserted').length, 200);
    assert.deepEqual(
      kinds(),
      Array.from({ length: 399 }, (_, i) => (i % 2 ? 'CardRemoved' : 'CardInserted')),
    );
    assertOk(await read());
  });

  test('what is in the slot stays over a power cut, and the same stay has the same name', async () => {
    const { board, changes } = await watched();
    board.slots.sd0.insert(CARD);
    const after: SlotChange[] = [];
    await board.reboot().slots.watch((change) => after.push(change));
    assert.deepEqual(after, changes);
    board.slots.sd0.remove();
    assert.equal(changes.length, 1);
    assert.equal(after.length, 2);
  });
});
