import { assert, suite } from '@ewon-agent/contracts/testing';
import type { UsbDevice } from './slot-media.ts';
import { type Board, type NamedDisk, type SurveyRow, surveyBoard } from './slot-survey.ts';

const XHCI = 'pci-0000:00:04.0';
const PORT1 = `${XHCI}-usb-0:1`;
const PORT2 = `${XHCI}-usb-0:2`;
const SD = 'pci-0000:00:1e.0';

const diskAt = (name: string, ...places: readonly string[]): NamedDisk => ({
  name,
  places,
  plug: '1',
  medium: '1',
  sizeBytes: 16e9,
  isReadOnly: false,
  model: 'Ultra',
});
const stickAt = (name: string, port: string, lun = 0) =>
  diskAt(name, XHCI, port, `${port}:1.0`, `${port}:1.0-scsi-0:0:0:${lun}`);
const usbAt = (port: string, interfaceClasses: readonly number[]): UsbDevice => ({
  places: [XHCI, port],
  stay: '1',
  product: 'Thing',
  isAuthorized: true,
  interfaceClasses,
});
const BOARD: Board = {
  connectors: [
    { kind: 'usb', path: PORT2, isHardwired: false },
    { kind: 'usb', path: PORT1, isHardwired: false },
    { kind: 'sd', path: SD, isHardwired: false },
  ],
  disks: [],
  usb: [],
  system: new Map(),
};
const survey = (board: Partial<Board>, slots: Readonly<Record<string, string>> = {}) =>
  surveyBoard({ ...BOARD, ...board }, slots);
const rowOf = (rows: readonly SurveyRow[], path: string) => rows.find((row) => row.path === path);

suite('survey of slots', (test) => {
  test('every connector is told in order, with a free name to configure it by', () => {
    assert.deepEqual(
      survey({}).map(({ path, configure }) => [path, configure]),
      [
        [SD, { sd0: { path: SD } }],
        [PORT1, { usb1: { path: PORT1 } }],
        [PORT2, { usb2: { path: PORT2 } }],
      ],
    );
  });

  test('a configured connector is told by its slot, and its name is taken', () => {
    const rows = survey({}, { usb1: PORT2 });
    assert.deepEqual([rowOf(rows, PORT2)?.slot, rowOf(rows, PORT2)?.configure], ['usb1', undefined]);
    assert.deepEqual(rowOf(rows, PORT1)?.configure, { usb2: { path: PORT1 } });
  });

  test('what is in a connector is told, an empty reader is not', () => {
    const rows = survey({ disks: [stickAt('sda', PORT1), { ...stickAt('sdb', PORT2), sizeBytes: 0 }] });
    assert.deepEqual(rowOf(rows, PORT1)?.holds, [{ disk: 'sda', model: 'Ultra', sizeBytes: 16e9 }]);
    assert.deepEqual(rowOf(rows, PORT2)?.holds, []);
  });

  test('the disk of the running system is never offered as a slot', () => {
    const system = new Map([['vda', 'it carries /']]);
    const rows = survey({ disks: [diskAt('vda', 'pci-0000:00:02.0')], system });
    assert.equal(rowOf(rows, 'pci-0000:00:02.0')?.unfit, 'vda belongs to the running system: it carries /');
    assert.equal(rowOf(rows, 'pci-0000:00:02.0')?.configure, undefined);
    const inSlot = survey(
      { disks: [stickAt('sda', PORT1)], system: new Map([['sda', 'it carries swap']]) },
      { usb1: PORT1 },
    );
    assert.deepEqual(
      [rowOf(inSlot, PORT1)?.slot, rowOf(inSlot, PORT1)?.unfit],
      ['usb1', 'sda belongs to the running system: it carries swap'],
    );
  });

  test('a reader with several slots has a row for each', () => {
    const rows = survey({ disks: [stickAt('sda', PORT1, 0), stickAt('sdb', PORT1, 1)] });
    assert.equal(rowOf(rows, PORT1)?.configure, undefined);
    assert.deepEqual(rowOf(rows, `${PORT1}:1.0-scsi-0:0:0:1`)?.configure, {
      usb2: { path: `${PORT1}:1.0-scsi-0:0:0:1` },
    });
  });

  test('what is part of a slot, or holds one, is not offered as another', () => {
    const disks = [stickAt('sda', PORT1, 0), stickAt('sdb', PORT1, 1)];
    const rows = survey({ disks }, { sd1: `${PORT1}:1.0-scsi-0:0:0:1` });
    assert.equal(rowOf(rows, PORT1)?.configure, undefined);
    assert.deepEqual(rowOf(rows, `${PORT1}:1.0-scsi-0:0:0:0`)?.configure, {
      usb1: { path: `${PORT1}:1.0-scsi-0:0:0:0` },
    });
    const whole = survey({ disks: [] }, { usb1: XHCI });
    assert.deepEqual([rowOf(whole, PORT1)?.configure, rowOf(whole, PORT2)?.configure], [undefined, undefined]);
  });

  test('a keyboard is told by its name, a hub leads to its own ports', () => {
    const rows = survey({ usb: [usbAt(PORT1, [3]), usbAt(PORT2, [9])] });
    assert.equal(rowOf(rows, PORT1)?.device, 'Thing');
    assert.match(rowOf(rows, PORT2)?.unfit ?? '', /hub/);
  });

  test('a soldered connector is no slot, unless it is configured as one', () => {
    const connectors = [{ kind: 'sd', path: SD, isHardwired: true } as const];
    assert.equal(rowOf(survey({ connectors }), SD)?.unfit, 'it is soldered to the board');
    const configured = rowOf(survey({ connectors }, { sd0: SD }), SD);
    assert.deepEqual([configured?.slot, configured?.unfit], ['sd0', undefined]);
  });

  test('a fixed disk is not offered as a slot', () => {
    const row = rowOf(survey({ disks: [diskAt('vdc', 'pci-0000:00:07.0')] }), 'pci-0000:00:07.0');
    assert.deepEqual([row?.configure, typeof row?.unfit], [undefined, 'string']);
  });

  test('a configured path that is nowhere on the board is told all the same', () => {
    const rows = survey({}, { usb1: `${XHCI}-usb-0:7` });
    assert.deepEqual(rowOf(rows, `${XHCI}-usb-0:7`), {
      kind: 'disk',
      path: `${XHCI}-usb-0:7`,
      holds: [],
      slot: 'usb1',
    });
  });
});
