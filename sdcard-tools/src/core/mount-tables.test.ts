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
    assert.deepEqual(readMounts(text), [
      { number: '8:2', at: '/', source: '/dev/sda2' },
      { number: '8:17', at: '/media/my card\tx', source: '/dev/sdb1' },
      { number: '0:35', at: '/srv/a-b', source: '/dev/mapper/data' },
      { number: '0:40', at: '/proc', source: 'proc' },
    ]);
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
