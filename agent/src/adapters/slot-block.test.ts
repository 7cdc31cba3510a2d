import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CardFiles, parseSlotId, type SlotChange, type SlotId } from '@ewon-agent/contracts';
import { type CardToInsert, filesOnCard, slotSuite } from '@ewon-agent/contracts/suites/slot-suite';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { makeCardImage } from '@ewon-agent/sdcard-tools/volume/make-image';
import { CHAINS, createDeviceTree, type DeviceTree, PATHS } from '../testing/device-tree.ts';
import { createSystemClock } from './clock-system.ts';
import { createBlockSlots } from './slot-block.ts';

const SD0 = assertOk(parseSlotId('sd0'));
const SD1 = assertOk(parseSlotId('sd1'));
const USB1 = assertOk(parseSlotId('usb1'));
const USB2 = assertOk(parseSlotId('usb2'));
const SLOTS: ReadonlyMap<SlotId, string> = new Map([
  [SD0, PATHS.sd0],
  [SD1, PATHS.reader],
  [USB1, PATHS.usb1],
  [USB2, PATHS.usb2],
]);
const XHCI = 'pci0000:00 0000:00:04.0=pci usb1=usb';
const EMPTY = new Uint8Array();

async function imageOf(card: CardToInsert): Promise<Uint8Array> {
  return assertOk(await makeCardImage(filesOnCard(card), 1024 * 1024));
}

const cardWith = (note: string) => imageOf({ t2mTxt: Buffer.from(`T2MNote:${note}\r\n`), otherFiles: [] });
const noteOf = (files: CardFiles) =>
  Buffer.from(files.t2mTxt ?? [])
    .toString()
    .trim();

slotSuite('slot of a USB port', () => {
  const tree = createDeviceTree();
  const plug = (image: Uint8Array) => tree.plug({ chain: CHAINS.usb1, name: 'sda', image });
  return {
    port: createBlockSlots(SLOTS, createSystemClock(), tree.places),
    slot: USB1,
    insert: async (card) => plug(await imageOf(card)),
    remove: () => tree.pull('sda'),
    async replace(card) {
      const image = await imageOf(card);
      tree.pull('sda');
      plug(image);
    },
    insertBlank: () => plug(new Uint8Array(1024 * 1024)),
    close: tree.close,
  };
});

slotSuite('slot of a card reader', () => {
  const tree = createDeviceTree();
  tree.plug({ chain: CHAINS.reader, name: 'sdb', image: EMPTY });
  return {
    port: createBlockSlots(SLOTS, createSystemClock(), tree.places),
    slot: SD1,
    insert: async (card) => tree.changeMedium('sdb', await imageOf(card)),
    remove: () => tree.changeMedium('sdb', EMPTY),
    replace: async (card) => tree.changeMedium('sdb', await imageOf(card)),
    insertBlank: () => tree.changeMedium('sdb', new Uint8Array(1024 * 1024)),
    close: tree.close,
  };
});

suite('slots of a board', (test) => {
  type Board = DeviceTree & {
    readonly port: ReturnType<typeof createBlockSlots>;
    readonly changes: readonly SlotChange[];
    /** Waits for so many changes and compares their words. */
    told(...expected: readonly string[]): Promise<void>;
    insertionIn(slot: SlotId): string;
  };
  const on = (sentence: string, body: (board: Board) => Promise<void>, before?: (tree: DeviceTree) => unknown) =>
    test(sentence, async () => {
      const tree = createDeviceTree();
      await before?.(tree);
      const port = createBlockSlots(SLOTS, createSystemClock(), tree.places);
      const changes: SlotChange[] = [];
      const watch = await port.watch((change) => void changes.push(change));
      try {
        await body({
          ...tree,
          port,
          changes,
          async told(...expected) {
            await eventually(() => changes.length >= expected.length, {
              what: `${expected} (${wordsOf(changes)} so far)`,
            });
            assert.deepEqual(wordsOf(changes), expected);
          },
          insertionIn: (slot) =>
            changes.reduce((last, c) => (c.on === 'CardInserted' && c.slot === slot ? c.insertion : last), ''),
        });
      } finally {
        await watch.stop();
        tree.close();
      }
    });

  on('each connector is its own slot, and the disk of the system is none', async (b) => {
    b.plug({ chain: CHAINS.system, name: 'vda', image: await cardWith('system') });
    b.plug({ chain: CHAINS.sd0, name: 'mmcblk0', image: await cardWith('sd') });
    await b.told('sd0 in');
    b.plug({ chain: CHAINS.usb2, name: 'sda', image: await cardWith('usb') });
    await b.told('sd0 in', 'usb2 in');
    assert.equal(noteOf(assertOk(await b.port.read(SD0, b.insertionIn(SD0)))), 'T2MNote:sd');
    assert.equal(noteOf(assertOk(await b.port.read(USB2, b.insertionIn(USB2)))), 'T2MNote:usb');
    b.pull('mmcblk0');
    await b.told('sd0 in', 'usb2 in', 'sd0 out');
  });

  on('a reader without a medium is an empty slot', async (b) => {
    b.plug({ chain: CHAINS.reader, name: 'sdb', image: EMPTY });
    b.plug({ chain: CHAINS.sd0, name: 'mmcblk0', image: await cardWith('sd') });
    await b.told('sd0 in');
  });

  on('the boot areas of a soldered eMMC are no media', async (b) => {
    b.plug({ chain: CHAINS.sd0, name: 'mmcblk0boot0', image: await cardWith('boot') });
    b.plug({ chain: CHAINS.usb1, name: 'sda', image: await cardWith('usb') });
    await b.told('usb1 in');
  });

  on('200 plugs in a row end with what is in the slot', async (b) => {
    const image = await cardWith('last');
    for (let i = 0; i < 200; i += 1) {
      b.plug({ chain: CHAINS.usb1, name: `sd${'ab'[i % 2]}`, image });
      b.pull(`sd${'ab'[i % 2]}`);
      if (i % 10 === 0) await new Promise<void>((next) => setImmediate(next));
    }
    b.plug({ chain: CHAINS.usb1, name: 'sdc', image });
    await eventually(() => b.insertionIn(USB1).startsWith('sdc.'), { what: 'the last plug' });
    const words = wordsOf(b.changes);
    assert.ok(
      words.every((word, i) => word === (i % 2 === 0 ? 'usb1 in' : 'usb1 out')),
      words.join(),
    );
    assertOk(await b.port.read(USB1, b.insertionIn(USB1)));
  });

  on('a card that is marked stays, and a write-protected one is not even opened for writing', async (b) => {
    b.plug({ chain: CHAINS.usb1, name: 'sda', image: await cardWith('a'), readOnly: true });
    await b.told('usb1 in');
    const insertion = b.insertionIn(USB1);
    assertFault(await b.port.mark(USB1, insertion, { wipe: true }), 'CARD_UNWRITABLE');
    assert.equal(noteOf(assertOk(await b.port.read(USB1, insertion))), 'T2MNote:a');
  });

  on('a card is in when its device file can be opened: what udev is still busy with is waited for', async (b) => {
    b.plug({ chain: CHAINS.usb1, name: 'sda', image: await cardWith('late') });
    renameSync(join(b.places.dev, 'sda'), join(b.root, 'hidden'));
    b.plug({ chain: CHAINS.sd0, name: 'mmcblk0', image: await cardWith('sd') });
    await b.told('sd0 in');
    renameSync(join(b.root, 'hidden'), join(b.places.dev, 'sda'));
    await b.told('sd0 in', 'usb1 in');
    assert.equal(noteOf(assertOk(await b.port.read(USB1, b.insertionIn(USB1)))), 'T2MNote:late');
  });

  on(
    'a card that nobody gives us is told within five seconds all the same, and goes in anew when somebody does',
    async (b) => {
      const startMs = performance.now();
      b.plug({ chain: CHAINS.usb1, name: 'sda', image: await cardWith('late') });
      renameSync(join(b.places.dev, 'sda'), join(b.root, 'hidden'));
      await b.told('usb1 in');
      assert.ok(performance.now() - startMs >= 4000);
      const early = b.insertionIn(USB1);
      assertFault(await b.port.read(USB1, early), 'CARD_UNREADABLE');
      renameSync(join(b.root, 'hidden'), join(b.places.dev, 'sda'));
      await b.told('usb1 in', 'usb1 out', 'usb1 in');
      assert.notEqual(b.insertionIn(USB1), early);
      assert.equal(noteOf(assertOk(await b.port.read(USB1, b.insertionIn(USB1)))), 'T2MNote:late');
    },
  );

  on('rights that udev gives late are waited for, and rights that never come are told in time', async (b) => {
    chmodSync(b.root, 0o755);
    b.plug({ chain: CHAINS.usb1, name: 'sda', image: await cardWith('late') });
    chmodSync(join(b.places.dev, 'sda'), 0o000);
    await b.told('usb1 in');
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534); // root may open everything
    try {
      const startMs = performance.now();
      const refused = assertFault(await b.port.read(USB1, b.insertionIn(USB1)), 'CARD_UNREADABLE');
      assert.match(refused.detail, /^EACCES/);
      assert.ok(performance.now() - startMs < 2000);
      const reading = b.port.read(USB1, b.insertionIn(USB1));
      await new Promise<void>((later) => createSystemClock().after(100, later));
      if (isRoot) process.seteuid?.(0); // and stays it: nobody may not read a repository that root has cloned at home
      chmodSync(join(b.places.dev, 'sda'), 0o644);
      assert.equal(noteOf(assertOk(await reading)), 'T2MNote:late');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  on('a keyboard in a slot is told once for each plug, under its harmless name', async (b) => {
    const plug = () => b.plugUsb(XHCI, { name: '1-1', product: 'Evil\u001b[2J', classes: ['03', '08'] });
    const keyboard = plug();
    b.plug({ chain: CHAINS.usb1, name: 'sda', image: await cardWith('bait') });
    await b.told('usb1 refused Evil\\x1b[2J');
    keyboard.lockOut();
    b.pull('sda');
    b.plug({ chain: CHAINS.sd0, name: 'mmcblk0', image: await cardWith('sd') });
    await b.told('usb1 refused Evil\\x1b[2J', 'sd0 in');
    keyboard.pull();
    plug();
    await b.told('usb1 refused Evil\\x1b[2J', 'sd0 in', 'usb1 refused Evil\\x1b[2J');
  });

  on(
    'a keyboard that is in at the start is told, one at another port is not',
    async (b) => b.told('usb1 refused Keys'),
    (tree) => {
      tree.plugUsb(XHCI, { name: '1-3', product: 'Mine', classes: ['03'] });
      tree.plugUsb(XHCI, { name: '1-1', product: 'Keys', classes: ['03'] });
    },
  );

  on(
    'a keyboard of which udev knows no name is told by its numbers',
    async (b) => b.told('usb1 refused USB 0627:0001'),
    (tree) => {
      tree.plugUsb(XHCI, { name: '1-1', product: '', classes: ['03'] });
    },
  );

  on('a directory of devices that is made anew is seen again', async (b) => {
    rmSync(b.places.udev, { recursive: true });
    mkdirSync(b.places.udev);
    b.plug({ chain: CHAINS.usb1, name: 'sda', image: await cardWith('a') });
    await b.told('usb1 in');
  });

  test('a board without udev, without a USB bus and without disks is empty slots', async () => {
    const root = createDeviceTree();
    const places = { sys: join(root.root, 'no'), dev: join(root.root, 'no'), udev: join(root.root, 'no') };
    const changes: SlotChange[] = [];
    const watch = await createBlockSlots(SLOTS, createSystemClock(), places).watch(
      (change) => void changes.push(change),
    );
    await watch.stop();
    root.close();
    assert.deepEqual(changes, []);
  });

  test('without inotify a card is seen at the next round', async () => {
    const tree = createDeviceTree();
    const image = await cardWith('a');
    const nowhere = { ...tree.places, dev: join(tree.root, 'dev2'), udev: join(tree.root, 'no') };
    mkdirSync(nowhere.dev);
    rmSync(nowhere.dev, { recursive: true });
    const changes: SlotChange[] = [];
    const port = createBlockSlots(SLOTS, createSystemClock(), nowhere);
    const watch = await port.watch((change) => void changes.push(change));
    try {
      tree.plug({ chain: CHAINS.usb1, name: 'sda', image });
      mkdirSync(nowhere.dev);
      writeFileSync(join(nowhere.dev, 'sda'), image);
      await eventually(() => changes.length > 0, { what: 'the card' });
      const [change] = changes;
      assertOk(await port.read(USB1, change?.on === 'CardInserted' ? change.insertion : ''));
    } finally {
      await watch.stop();
      tree.close();
    }
  });
});

function wordsOf(changes: readonly SlotChange[]): readonly string[] {
  return changes.map((change) => {
    if (change.on === 'DeviceRefused') return `${change.slot} refused ${change.device}`;
    return `${change.slot} ${change.on === 'CardInserted' ? 'in' : 'out'}`;
  });
}
