import { assert, suite } from '@ewon-agent/contracts/testing';
import { readMounts, readSwaps } from './mount-tables.ts';

suite('mount tables', (test) => {
  test('with and without optional fields, with escaped names, with a hyphen of its own', () => {
    const text = [
      '26 1 8:2 / / rw,relatime shared:1 master:2 - ext4 /dev/sda2 rw',
      '30 26 8:17 / /media/my\\040card\\011x rw - vfat /dev/sdb1 rw,errors=remount-ro',
      '31 26 0:35 /@ /srv/a-b rw,relatime - btrfs /dev/mapper/data rw,subvol=/@',
      '32 26 0:40 / /proc rw - proc proc rw',
      'a line of another kind',
      '',
    ].join('\n');
    assert.deepEqual(
      readMounts(text).map(({ id, number, at, source, type }) => [id, number, at, source, type]),
      [
        [26, '8:2', '/', '/dev/sda2', 'ext4'],
        [30, '8:17', '/media/my card\tx', '/dev/sdb1', 'vfat'],
        [31, '0:35', '/srv/a-b', '/dev/mapper/data', 'btrfs'],
        [32, '0:40', '/proc', 'proc', 'proc'],
      ],
    );
  });

  test('the options are those of the mount and of the file system', () => {
    const [mount] = readMounts('63 26 8:1 /sub /media/a ro,nosuid shared:7 - vfat /dev/sda1 rw,utf8\n');
    assert.deepEqual([...(mount?.options ?? [])], ['ro', 'nosuid', 'rw', 'utf8']);
    assert.equal(mount?.root, '/sub');
  });

  test('swap on partitions and in files', () => {
    const text =
      'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n' +
      '/dev/dm-1                               partition\t40956\t\t0\t\t-2\n' +
      '/swap\\040file\\040(deleted)              file\t\t40956\t\t0\t\t-3\n';
    assert.deepEqual(readSwaps(text), ['/dev/dm-1', '/swap file']);
    assert.deepEqual(readSwaps(''), []);
  });
});
