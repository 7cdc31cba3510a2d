import { parseSlotId } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type Bays, type Disk, EMPTY_BAYS, findMedia, findRefused, type UsbDevice } from './slot-media.ts';

const SD0 = assertOk(parseSlotId('sd0'));
const USB1 = assertOk(parseSlotId('usb1'));
const PATHS = new Map([
  [SD0, 'pci-0000:00:1e.0'],
  [USB1, 'pci-0000:00:04.0-usb-0:1'],
]);
const PORT1 = ['pci-0000:00:04.0', 'pci-0000:00:04.0-usb-0:1'];
const STICK: Disk = {
  name: 'sda',
  places: [...PORT1, 'pci-0000:00:04.0-usb-0:1:1.0', 'pci-0000:00:04.0-usb-0:1:1.0-scsi-0:0:0:0'],
  plug: '71',
  medium: '9.2048',
  sizeBytes: 1024 * 1024,
  isReadOnly: false,
};
const KEYBOARD: UsbDevice = {
  places: PORT1,
  stay: '1-1.4.70',
  product: 'Keyboard',
  isAuthorized: true,
  interfaceClasses: [3],
};

/** Looks at one row of disks after the other; answers what is in the slots after each. */
function looks(...rows: readonly (readonly Disk[])[]) {
  let bays: Bays = EMPTY_BAYS;
  return rows.map((disks) => {
    bays = findMedia(PATHS, { disks, usb: [] }, bays);
    return [...bays.media.entries()].map(([slot, { insertion }]) => `${slot} ${insertion}`).join() || 'empty';
  });
}

suite('slot media', (test) => {
  test('a disk at the place of a slot is its medium, for as long as it stays', () => {
    assert.deepEqual(looks([], [STICK], [STICK], []), [
      'empty',
      'usb1 sda.71.9.2048.1',
      'usb1 sda.71.9.2048.1',
      'empty',
    ]);
  });

  test('a disk elsewhere is none', () => {
    const elsewhere = { ...STICK, places: ['pci-0000:00:04.0', 'pci-0000:00:04.0-usb-0:2'] };
    assert.deepEqual(looks([elsewhere]), ['empty']);
  });

  test('the same medium under the same names is another insertion when the slot was empty between', () => {
    assert.deepEqual(looks([STICK], [], [STICK]), ['usb1 sda.71.9.2048.1', 'empty', 'usb1 sda.71.9.2048.2']);
  });

  test('another plug without a gap is another insertion at once', () => {
    assert.deepEqual(looks([STICK], [{ ...STICK, plug: '72' }]), ['usb1 sda.71.9.2048.1', 'usb1 sda.72.9.2048.2']);
  });

  test('a medium that changes in its reader leaves the slot empty for one look', () => {
    const other = { ...STICK, medium: '10.2048' };
    assert.deepEqual(looks([STICK], [other], [other]), ['usb1 sda.71.9.2048.1', 'empty', 'usb1 sda.71.10.2048.2']);
    const changing = findMedia(
      PATHS,
      { disks: [other], usb: [] },
      findMedia(PATHS, { disks: [STICK], usb: [] }, EMPTY_BAYS),
    );
    assert.equal(changing.isUnsettled, true);
  });

  test('a medium that leaves its reader is not taken for another one', () => {
    const leaving = { ...STICK, medium: '10.2048' };
    const gone = { ...STICK, medium: '10.0', sizeBytes: 0 };
    assert.deepEqual(looks([STICK], [leaving], [gone]), ['usb1 sda.71.9.2048.1', 'empty', 'empty']);
  });

  test('of two disks at one place the one that was in stays, else the lowest name is in', () => {
    const sdb = { ...STICK, name: 'sdb', plug: '80' };
    const sdaa = { ...STICK, name: 'sda10', plug: '81' };
    assert.deepEqual(looks([sdb, STICK]), ['usb1 sda.71.9.2048.1']);
    assert.deepEqual(looks([sdb], [sdaa, STICK, sdb]), ['usb1 sdb.80.9.2048.1', 'usb1 sdb.80.9.2048.1']);
  });

  test('storage that comes with a keyboard in one device is no card', () => {
    const bays = findMedia(PATHS, { disks: [STICK], usb: [KEYBOARD] }, EMPTY_BAYS);
    assert.equal(bays.media.size, 0);
  });

  test('a keyboard elsewhere does not disturb a card', () => {
    const usb = [{ ...KEYBOARD, places: ['pci-0000:00:04.0', 'pci-0000:00:04.0-usb-0:2'] }];
    assert.equal(findMedia(PATHS, { disks: [STICK], usb }, EMPTY_BAYS).media.size, 1);
    assert.deepEqual(findRefused(PATHS, usb), []);
  });

  const refused: Record<string, readonly [Partial<UsbDevice>, boolean]> = {
    'a keyboard': [{}, true],
    'a card with a keyboard': [{ interfaceClasses: [8, 3] }, true],
    'a network adapter': [{ interfaceClasses: [2, 10] }, true],
    'a hub': [{ interfaceClasses: [9] }, true],
    'what is locked out': [{ interfaceClasses: [], isAuthorized: false }, true],
    'a card': [{ interfaceClasses: [8] }, false],
    'what is not known yet': [{ interfaceClasses: [] }, false],
  };
  for (const [name, [device, is]] of Object.entries(refused)) {
    test(`${name} is ${is ? '' : 'not '}refused`, () => {
      assert.equal(findRefused(PATHS, [{ ...KEYBOARD, ...device }]).length, is ? 1 : 0);
    });
  }

  test('the name of a refused device is shown harmlessly, and cut', () => {
    const [told] = findRefused(PATHS, [{ ...KEYBOARD, product: `\u001b[31m${'x'.repeat(100)}` }]);
    assert.deepEqual([told?.slot, told?.device], [USB1, `\\x1b[31m${'x'.repeat(59)}…`]);
    assert.equal(findRefused(PATHS, [{ ...KEYBOARD, product: '' }])[0]?.device, 'a device without a name');
  });
});
