import { assert, suite } from '@ewon-agent/contracts/testing';
import { readMounts } from '@ewon-agent/sdcard-tools/core/mount-tables';
import { missingOptions, mountAt, mountName } from './mount-table.ts';

const MOUNTS = readMounts(`26 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
63 26 8:1 / /media/card ro,nosuid,nodev,noexec,relatime,nosymfollow shared:7 - vfat /dev/sda1 rw,utf8
65 26 0:43 / /mnt rw,noexec - tmpfs x rw
66 63 8:17 / /media/card rw - vfat /dev/sdb1 rw
`);

suite('mount table', (test) => {
  test('of two mounts at one point the later one lies on top', () => {
    assert.equal(mountAt(MOUNTS, '/media/card')?.number, '8:17');
    assert.equal(mountAt(MOUNTS, '/media'), undefined);
  });

  test('a mount tells which of the needed options it lacks', () => {
    assert.deepEqual(MOUNTS.map(missingOptions), [
      ['nosuid', 'nodev', 'noexec'],
      [],
      ['nosuid', 'nodev'],
      ['nosuid', 'nodev', 'noexec'],
    ]);
  });

  test('the same mount of another plug has another name', () => {
    const names = MOUNTS.slice(0, 1).flatMap((mount) => [mountName(mount, '1'), mountName(mount, '2')]);
    assert.equal(new Set(names).size, 2);
  });
});
