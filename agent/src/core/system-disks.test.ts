import { assert, suite } from '@ewon-agent/contracts/testing';
import { readMountTable } from './mount-table.ts';
import { type BlockNode, systemDisks } from './system-disks.ts';

const NODES: readonly BlockNode[] = [
  { name: 'vda', device: '254:0', on: [] },
  { name: 'vda1', device: '254:1', on: ['vda'] },
  { name: 'vda2', device: '254:2', on: ['vda'] },
  { name: 'sda', device: '8:0', on: [] },
  { name: 'sda1', device: '8:1', on: ['sda'] },
  { name: 'dm-0', device: '253:0', on: ['sda1'] },
];
const mounted = (device: string, point: string, source: string) =>
  readMountTable(`30 1 ${device} / ${point} rw - x ${source} rw`);
const foundWith = (...args: Parameters<typeof mounted>) => Object.fromEntries(systemDisks(NODES, mounted(...args), []));

suite('system disks', (test) => {
  test('the disk of a mounted partition is one', () => {
    assert.deepEqual(foundWith('254:1', '/', '/dev/vda1'), { vda1: 'mounted at /', vda: 'mounted at /' });
  });
  test('so is the disk below an encrypted volume', () => {
    assert.equal(foundWith('253:0', '/var', '/dev/mapper/var')['sda'], 'mounted at /var');
  });
  test('of a file system that spans disks the source tells', () => {
    assert.equal(foundWith('0:42', '/home', '/dev/sda1')['sda'], 'mounted at /home');
  });
  test('the disk of a swap partition is one', () => {
    assert.equal(systemDisks(NODES, [], ['vda2']).get('vda'), 'swap');
  });
  test('what is mounted where guests are is none', () => {
    for (const point of ['/media/usb', '/mnt/card', '/run/media/me/card']) {
      assert.deepEqual(foundWith('8:1', point, '/dev/sda1'), {});
    }
    assert.equal(foundWith('8:1', '/media', '/dev/sda1')['sda'], 'mounted at /media');
  });
  test('disks in a circle end', () => {
    const circle = [
      { name: 'a', device: '1:1', on: ['b'] },
      { name: 'b', device: '1:2', on: ['a'] },
    ];
    assert.deepEqual([...systemDisks(circle, [], ['a']).keys()], ['a', 'b']);
  });
});
