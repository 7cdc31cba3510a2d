import { assert, suite } from '@ewon-agent/contracts/testing';
import { namesByDrivelist } from './drive-names-drivelist.ts';

suite('names of drives', (test) => {
  test('by path where drivelist is installed, nothing where it is not, and never a throw', async () => {
    const names = await namesByDrivelist();
    for (const path of names?.keys() ?? []) assert.match(path, /^\/dev\//);
  });

  test('without lsblk there are no names', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = '/nothing';
    try {
      assert.equal(await namesByDrivelist(), undefined);
    } finally {
      process.env['PATH'] = before;
    }
  });
});
