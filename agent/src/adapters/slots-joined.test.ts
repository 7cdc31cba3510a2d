import { type CardFiles, ok, parseSlotId, type SlotChange, type SlotId, type SlotPort } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { joinSlots } from './slots-joined.ts';

const SD0 = assertOk(parseSlotId('sd0'));
const USB1 = assertOk(parseSlotId('usb1'));
const USB9 = assertOk(parseSlotId('usb9'));

/** A port of one slot, whose card has the name of the slot. */
function portOf(slot: SlotId, done: string[]): SlotPort {
  return {
    slots: [slot],
    watch: async (report) => {
      report({ on: 'CardInserted', slot, insertion: 'first' });
      return { stop: async () => void done.push(`${slot} stopped`) };
    },
    read: async () => ok({ otherFiles: [slot] }),
    piece: async () => ok({ sizeBytes: slot.length, bytes: new Uint8Array() }),
    mark: async () => {
      done.push(`${slot} marked`);
      return ok(undefined);
    },
  };
}

suite('joined slots', (test) => {
  test('each slot is served by its own port', async () => {
    const done: string[] = [];
    const port = joinSlots([portOf(SD0, done), portOf(USB1, done)]);
    assert.deepEqual(port.slots, [SD0, USB1]);
    const changes: SlotChange[] = [];
    const watch = await port.watch((change) => void changes.push(change));
    assert.deepEqual(
      changes.map(({ slot }) => slot),
      [SD0, USB1],
    );
    const files: CardFiles = assertOk(await port.read(USB1, 'first'));
    assert.deepEqual(files.otherFiles, [USB1]);
    const part = { name: 'backup.tar', offset: 0, length: 1 };
    assert.equal(assertOk(await port.piece(USB1, 'first', part)).sizeBytes, USB1.length);
    assertOk(await port.mark(SD0, 'first', { wipe: true }));
    await watch.stop();
    assert.deepEqual(done, ['sd0 marked', 'sd0 stopped', 'usb1 stopped']);
  });

  test('a slot of none of them is CARD_GONE', async () => {
    const port = joinSlots([portOf(SD0, [])]);
    assertFault(await port.read(USB9, 'first'), 'CARD_GONE');
    assertFault(await port.piece(USB9, 'first', { name: 'backup.tar', offset: 0, length: 1 }), 'CARD_GONE');
    assertFault(await port.mark(USB9, 'first', {}), 'CARD_GONE');
    assert.deepEqual(joinSlots([]).slots, []);
  });
});
