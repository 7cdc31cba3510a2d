import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSlotId, type SlotChange, type SlotId } from '@ewon-agent/contracts';
import { type CardToInsert, filesOnCard, slotSuite } from '@ewon-agent/contracts/suites/slot-suite';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { makeCardImage } from '@ewon-agent/sdcard-tools/volume/make-image';
import { createImageSlots } from './slot-image.ts';

const SD0 = assertOk(parseSlotId('sd0'));
const USB1 = assertOk(parseSlotId('usb1'));
const IMAGE_BYTES = 1024 * 1024;

async function imageOf(card: CardToInsert): Promise<Uint8Array> {
  return assertOk(await makeCardImage(filesOnCard(card), IMAGE_BYTES));
}

const cardWith = (note: string) => imageOf({ t2mTxt: Buffer.from(`T2MNote:${note}\r\n`), otherFiles: [] });

/** A clock that stands: what the watcher sees, it must see by itself. */
const NEVER = { after: () => () => {} };

/** A directory of slots, whose media come and go by rename, as board-sim does it. */
function createBay() {
  const dir = mkdtempSync(join(tmpdir(), 'slots-'));
  const slots = join(dir, 'slots');
  mkdirSync(slots);
  const pathOf = (slot: SlotId) => join(slots, `${slot}.img`);
  return {
    dir,
    pathOf,
    port: createImageSlots(new Map([SD0, USB1].map((slot) => [slot, pathOf(slot)])), NEVER),
    put(slot: SlotId, image: Uint8Array) {
      writeFileSync(join(dir, 'new.img'), image);
      renameSync(join(dir, 'new.img'), pathOf(slot));
    },
    remove: (slot: SlotId) => rmSync(pathOf(slot)),
    close: () => rmSync(dir, { recursive: true }),
  };
}

slotSuite('slot of image files', () => {
  const { port, put, remove, close } = createBay();
  return {
    port,
    slot: SD0,
    insert: async (card) => put(SD0, await imageOf(card)),
    remove: () => remove(SD0),
    replace: async (card) => put(SD0, await imageOf(card)),
    insertBlank: () => put(SD0, new Uint8Array(IMAGE_BYTES)),
    close,
  };
});

suite('slot of image files, the files', (test) => {
  type Bay = ReturnType<typeof createBay> & {
    readonly changes: SlotChange[];
    told(...expected: string[]): Promise<void>;
  };
  const on = (
    sentence: string,
    body: (bay: Bay) => Promise<void>,
    before?: (bay: ReturnType<typeof createBay>) => unknown,
  ) =>
    test(sentence, async () => {
      const bay = createBay();
      await before?.(bay);
      const changes: SlotChange[] = [];
      const watch = await bay.port.watch((change) => void changes.push(change));
      const told = async (...expected: string[]) => {
        await eventually(() => changes.length >= expected.length, { what: `${expected} (${namesOf(changes)} so far)` });
        assert.deepEqual(namesOf(changes), expected);
      };
      try {
        await body({ ...bay, changes, told });
      } finally {
        await watch.stop();
        bay.close();
      }
    });

  on('two slots are told apart', async ({ put, remove, told }) => {
    put(SD0, await cardWith('a'));
    await told('sd0 in');
    put(USB1, await cardWith('b'));
    await told('sd0 in', 'usb1 in');
    remove(SD0);
    await told('sd0 in', 'usb1 in', 'sd0 out');
  });

  on('a link to an image is a card; a dangling link is none', async ({ dir, pathOf, put, told, changes, port }) => {
    put(USB1, await cardWith('a'));
    await told('usb1 in');
    symlinkSync(join(dir, 'nothing'), pathOf(SD0));
    rmSync(pathOf(SD0));
    symlinkSync(pathOf(USB1), pathOf(SD0));
    await told('usb1 in', 'sd0 in');
    const last = changes.at(-1);
    assertOk(await port.read(SD0, last?.on === 'CardInserted' ? last.insertion : ''));
  });

  on('a directory in place of an image is no card', async ({ pathOf, put, told }) => {
    mkdirSync(pathOf(SD0));
    put(USB1, await cardWith('a'));
    await told('usb1 in');
  });

  on(
    'an image that is written in place is another insertion',
    async ({ pathOf, changes, port }) => {
      const before = changes[0];
      writeFileSync(pathOf(SD0), await cardWith('b'));
      await eventually(() => changes.length >= 3, { what: 'removed and inserted' });
      assertFault(await port.read(SD0, before?.on === 'CardInserted' ? before.insertion : ''), 'CARD_GONE');
      const last = changes.at(-1);
      const read = assertOk(await port.read(SD0, last?.on === 'CardInserted' ? last.insertion : ''));
      assert.equal(Buffer.from(read.t2mTxt ?? []).toString(), 'T2MNote:b\r\n');
      assert.equal(namesOf(changes)[0], 'sd0 in');
    },
    async ({ put }) => put(SD0, await cardWith('a')),
  );

  on(
    'an image that is touched while it is read is refused as gone',
    async ({ pathOf, port, changes }) => {
      for (let round = 1; round <= 20; round += 1) {
        await eventually(() => changes.length === 2 * round - 1, { what: `insertion ${round}` });
        const last = changes.at(-1);
        const reading = port.read(SD0, last?.on === 'CardInserted' ? last.insertion : '');
        utimesSync(pathOf(SD0), round, round);
        assertFault(await reading, 'CARD_GONE');
      }
    },
    async ({ put }) => put(SD0, await cardWith('a')),
  );

  on('the same image linked anew is another insertion', async ({ dir, pathOf, changes, told }) => {
    writeFileSync(join(dir, 'card.img'), await cardWith('a'));
    symlinkSync(join(dir, 'card.img'), pathOf(SD0));
    await told('sd0 in');
    rmSync(pathOf(SD0));
    symlinkSync(join(dir, 'card.img'), pathOf(SD0));
    await told('sd0 in', 'sd0 out', 'sd0 in');
    assert.equal(new Set(changes.map((change) => (change.on === 'CardInserted' ? change.insertion : ''))).size, 3);
  });

  test('a second watch reports what is in the slots as well', async () => {
    const bay = createBay();
    bay.put(SD0, await cardWith('a'));
    for (let round = 0; round < 2; round += 1) {
      const changes: SlotChange[] = [];
      const watch = await bay.port.watch((change) => void changes.push(change));
      assert.deepEqual(namesOf(changes), ['sd0 in']);
      await watch.stop();
    }
    bay.close();
  });

  on('200 plugs in a row end with what is in the slot', async ({ put, remove, changes }) => {
    const image = await cardWith('a');
    for (let i = 0; i < 200; i += 1) {
      put(SD0, image);
      remove(SD0);
    }
    put(SD0, image);
    put(USB1, image);
    await eventually(() => namesOf(changes).includes('usb1 in'), { what: 'the other slot is told' });
    await eventually(() => namesOf(changes).findLast((told) => told.startsWith('sd0')) === 'sd0 in', {
      what: 'the card is in',
    });
    const sd0 = namesOf(changes).filter((told) => told.startsWith('sd0'));
    assert.ok(
      sd0.every((told, i) => told === (i % 2 === 0 ? 'sd0 in' : 'sd0 out')),
      sd0.join(),
    );
  });
});

function namesOf(changes: readonly SlotChange[]): readonly string[] {
  return changes.map(({ on, slot }) => `${slot} ${on === 'CardInserted' ? 'in' : 'out'}`);
}

suite('slot of image files, what the watcher does not see', (test) => {
  test('a slot directory that was not there at the start is noticed at the next look, a card in it too', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'slots-'));
    const looks: (() => void)[] = [];
    const clock = {
      after(_: number, call: () => void) {
        looks.push(call);
        return () => {};
      },
    };
    const changes: string[] = [];
    const path = join(dir, 'later', 'sd0.img');
    const watching = await createImageSlots(new Map([[SD0, path]]), clock).watch(({ on }) => changes.push(on));
    try {
      mkdirSync(join(dir, 'later'));
      writeFileSync(path, await cardWith('late'));
      assert.equal(looks.length, 1, 'one look is due');
      looks.shift()?.();
      await eventually(() => changes.includes('CardInserted'), { what: 'the card' });
      assert.equal(looks.length, 1, 'and the next one after it');
    } finally {
      await watching.stop();
      rmSync(dir, { recursive: true });
    }
  });
});
