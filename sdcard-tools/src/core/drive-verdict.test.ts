import type { Code } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type BlockNode, type DriveUse, judgeDrive, judgeDrives, judgeImage, type Machine } from './drive-verdict.ts';

const GB = 1e9;
const STICK: BlockNode = {
  name: 'sdb',
  number: '8:16',
  holders: [],
  sizeBytes: 32 * GB,
  readOnly: false,
  attached: 'removable',
  description: '',
};
const PART: BlockNode = { ...STICK, name: 'sdb1', number: '8:17', disk: 'sdb' };
const DM: BlockNode = { ...STICK, name: 'dm-0', number: '253:0', attached: 'virtual' };
const DM_ABOVE: BlockNode = { ...DM, name: 'dm-1', number: '253:1' };
const LOOP: BlockNode = {
  ...STICK,
  name: 'loop0',
  number: '7:0',
  attached: 'loop',
  image: { on: '8:17', inode: '12' },
};

const mount = (at: string, number = PART.number): DriveUse => ({ as: 'mount', number, at });
type Case = {
  readonly disk?: Partial<BlockNode>;
  readonly part?: Partial<BlockNode>;
  readonly above?: readonly BlockNode[];
  readonly uses?: readonly DriveUse[];
  readonly code?: Code;
  readonly says?: RegExp;
};
const machineOf = ({ disk, part, above = [], uses = [] }: Case): Machine => ({
  nodes: [{ ...PART, ...part }, ...above, { ...STICK, ...disk }],
  uses,
});

const CASES: Readonly<Record<string, Case>> = {
  'a stick': {},
  'the largest medium there may be': { disk: { sizeBytes: 128 * GB } },
  'an image that is in use as a drive': { disk: { attached: 'loop' } },
  'a larger medium': { disk: { sizeBytes: 128 * GB + 512 }, code: 'CARD_MEDIUM_TOO_LARGE', says: /128000000512/ },
  'a reader without a card': { disk: { sizeBytes: 0 }, code: 'DRIVE_NO_MEDIUM' },
  'a card with its switch on': { disk: { readOnly: true }, code: 'DRIVE_READ_ONLY' },
  'a built-in disk that nobody uses': { disk: { attached: 'fixed' }, code: 'DRIVE_NOT_REMOVABLE' },
  'a drive for CDs': { disk: { attached: 'optical' }, code: 'DRIVE_NOT_REMOVABLE', says: /CD/ },
  'something that stands on others': { disk: { attached: 'virtual' }, code: 'DRIVE_NOT_REMOVABLE' },
  'a stick that is mounted': { uses: [mount('/media/card')], code: 'DRIVE_IN_USE', says: /\/media\/card/ },
  'a stick mounted without a partition table': { uses: [mount('/mnt', STICK.number)], code: 'DRIVE_IN_USE' },
  'a built-in disk with data': { disk: { attached: 'fixed' }, uses: [mount('/data')], code: 'DRIVE_SYSTEM' },
  'a removable card that carries /': { uses: [mount('/')], code: 'DRIVE_SYSTEM', says: /it carries \/$/ },
  'swap on a stick': { uses: [{ as: 'swap', number: PART.number }], code: 'DRIVE_SYSTEM', says: /swap/ },
  'LVM that is running on a partition': {
    part: { holders: ['dm-0'] },
    above: [DM],
    code: 'DRIVE_SYSTEM',
    says: /dm-0/,
  },
  'LVM on the whole disk': { disk: { holders: ['dm-0'] }, above: [DM], code: 'DRIVE_SYSTEM' },
  'LVM that is not running': { part: { content: 'LVM2_member' }, code: 'DRIVE_SYSTEM', says: /sdb1 is a LVM2_member/ },
  'a part of a RAID that is not running': { part: { content: 'linux_raid_member' }, code: 'DRIVE_SYSTEM' },
  'encryption that is not open': { disk: { content: 'crypto_LUKS' }, code: 'DRIVE_SYSTEM' },
  'a part of a ZFS': { part: { content: 'zfs_member' }, code: 'DRIVE_SYSTEM' },
  'a part of a btrfs': { uses: [{ as: 'member', number: PART.number, of: 'btrfs x' }], code: 'DRIVE_SYSTEM' },
  'a stick with FAT': { part: { content: 'vfat' } },
  '/ two storeys up, on LVM on encryption': {
    part: { holders: ['dm-0'] },
    above: [{ ...DM, holders: ['dm-1'] }, DM_ABOVE],
    uses: [mount('/', DM_ABOVE.number)],
    code: 'DRIVE_SYSTEM',
    says: /it carries \//,
  },
  '/ in an image on a stick, as live systems have it': {
    above: [LOOP],
    uses: [mount('/run/live/medium'), mount('/', LOOP.number)],
    code: 'DRIVE_SYSTEM',
  },
  'many faults at once: the system counts': {
    disk: { sizeBytes: 500 * GB, readOnly: true, attached: 'fixed' },
    uses: [mount('/media/x'), mount('/boot/efi')],
    code: 'DRIVE_SYSTEM',
  },
  'mounted and too large: it is in use': { disk: { sizeBytes: 500 * GB }, uses: [mount('/mnt')], code: 'DRIVE_IN_USE' },
  'another drive that carries /': { uses: [mount('/', '8:1'), { as: 'swap', number: '8:2' }] },
};

suite('the verdict on a drive', (test) => {
  for (const [what, one] of Object.entries(CASES)) {
    test(`${what}: ${one.code ?? 'may take a card'}, and its partition has the same verdict`, () => {
      for (const { number } of [STICK, PART]) {
        const verdict = judgeDrive(machineOf(one), number);
        if (one.code === undefined) assert.equal(assertOk(verdict).name, 'sdb');
        else assert.match(assertFault(verdict, one.code).detail, one.says ?? /./);
      }
    });
  }

  for (const at of [
    '/',
    '/boot',
    '/boot/efi',
    '/usr',
    '/usr/local',
    '/var',
    '/var/lib/docker',
    '/etc',
    '/home',
    '/opt',
    '/srv',
  ]) {
    test(`${at} makes a system drive even of a stick`, () => {
      assertFault(judgeDrive(machineOf({ uses: [mount(at)] }), STICK.number), 'DRIVE_SYSTEM');
    });
  }

  for (const at of ['/media/usr', '/mnt', '/mnt/boot', '/run/media/me/VAR', '/tmp/x', '/variable', '/homes']) {
    test(`${at} only means that it is in use`, () => {
      assertFault(judgeDrive(machineOf({ uses: [mount(at)] }), STICK.number), 'DRIVE_IN_USE');
    });
  }

  test('a device that the kernel does not show, or a partition without its disk: DRIVE_UNKNOWN', () => {
    assertFault(judgeDrive(machineOf({}), '8:32'), 'DRIVE_UNKNOWN');
    assertFault(judgeDrive({ nodes: [PART], uses: [] }, PART.number), 'DRIVE_UNKNOWN');
    assertFault(judgeDrive({ nodes: [], uses: [] }, ''), 'DRIVE_UNKNOWN');
  });

  test('drives are listed in order; partitions, what stands on others, and loop devices that show nothing are none', () => {
    const disk = { ...STICK, name: 'sda', number: '8:0', attached: 'fixed' } as const;
    const idle = { ...LOOP, name: 'loop7', number: '7:7', sizeBytes: 0 };
    const listed = judgeDrives({ nodes: [STICK, PART, DM, LOOP, idle, disk], uses: [] });
    assert.deepEqual(
      listed.map(({ disk: { name }, verdict }) => [name, verdict.ok ? 'ok' : verdict.fault.code]),
      [
        ['loop0', 'ok'],
        ['sda', 'DRIVE_NOT_REMOVABLE'],
        ['sdb', 'ok'],
      ],
    );
  });

  test('an image file that is in use as a drive is told by what it is, not by its name', () => {
    const machine = machineOf({ above: [LOOP] });
    assert.match(assertFault(judgeImage(machine, { on: '8:17', inode: '12' }), 'DRIVE_IN_USE').detail, /loop0/);
    assertOk(judgeImage(machine, { on: '8:17', inode: '13' }));
    assertOk(judgeImage(machine, { on: '8:1', inode: '12' }));
  });
});
