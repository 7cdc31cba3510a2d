import { assert, suite } from '@ewon-agent/contracts/testing';
import { missingOptions, mountAt, readMountTable } from './mount-table.ts';

const TABLE = `26 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
63 26 8:1 / /media/my\\040card ro,nosuid,nodev,noexec,relatime,nosymfollow shared:7 master:1 - vfat /dev/sda1 rw,utf8
64 26 0:42 /sub /data rw - btrfs /dev/vda3 rw
65 26 0:43 / /mnt rw,noexec - tmpfs  rw
torn 26 8:1
`;

suite('mount table', (test) => {
  const mounts = readMountTable(TABLE);

  test('each whole line is a mount, in order', () => {
    assert.deepEqual(
      mounts.map(({ id, device, point, type }) => [id, device, point, type]),
      [
        [26, '254:0', '/', 'ext4'],
        [63, '8:1', '/media/my card', 'vfat'],
        [64, '0:42', '/data', 'btrfs'],
        [65, '0:43', '/mnt', 'tmpfs'],
      ],
    );
  });

  test('the options are those of the mount and of the file system', () => {
    assert.deepEqual(
      ['ro', 'nosuid', 'nosymfollow', 'utf8', 'suid'].map((option) => mounts[1]?.options.has(option)),
      [true, true, true, true, false],
    );
  });

  test('an empty table, or another text, holds no mount', () => {
    for (const text of ['', '\n', '- - - -', 'a b c d e f g h']) assert.deepEqual(readMountTable(text), []);
  });

  test('of two mounts at one point the later one lies on top', () => {
    const table = `${TABLE}66 63 8:17 / /media/my\\040card rw - vfat /dev/sdb1 rw\n`;
    assert.equal(mountAt(readMountTable(table), '/media/my card')?.device, '8:17');
    assert.equal(mountAt(mounts, '/media'), undefined);
  });

  test('a mount tells which of the needed options it lacks', () => {
    assert.deepEqual(mounts.map(missingOptions), [
      ['nosuid', 'nodev', 'noexec'],
      [],
      ['nosuid', 'nodev', 'noexec'],
      ['nosuid', 'nodev'],
    ]);
  });
});
