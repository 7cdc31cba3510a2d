import { assert, suite } from '@ewon-agent/contracts/testing';
import { firmwareFileName, firmwareImage } from './firmware-image.ts';
import { firmwareVerdict } from './firmware-rules.ts';

const OLD = { serial: '1524-0071-21', model: 'Flexy 202', firmware: '14.6s0' };
const NEW = { ...OLD, firmware: '15.0s4' };
const image = (version: string, product = '21') => firmwareImage({ version, product });

suite('firmware that the simulated Ewon takes', (test) => {
  const table = [
    ['newer, unsigned, before 15', OLD, '/ewonfwr.edf', image('14.9s3'), { installs: '14.9s3', erases: 'nothing' }],
    ['the pivot', OLD, '/ewonfwr.edf', image('15.0s2'), { installs: '15.0s2', erases: 'nothing' }],
    ['past the pivot', OLD, '/ewonfwr.edf', image('15.0s4'), { declined: '15.0s4 needs 15.0s2 first' }],
    ['signed before 15', OLD, '/ewonfwr.edfs', image('15.0s2'), { declined: '14.6s0 takes .edf' }],
    ['unsigned from 15 on', NEW, '/ewonfwr.edf', image('15.1s0'), { declined: '15.0s4 takes .edfs, signed' }],
    ['signed from 15 on', NEW, '/ewonfwr.edfs', image('15.1s0'), { installs: '15.1s0', erases: 'nothing' }],
    [
      'another product',
      OLD,
      '/ewonfwr.edf',
      image('14.9s3', '24'),
      { declined: 'wrong product code (P24, expected P21)' },
    ],
    ['the same version', OLD, '/ewonfwr.edf', image('14.6s0'), { declined: '14.6s0 is not newer than 14.6s0' }],
    ['an older version', OLD, '/ewonfwr.edf', image('14.1s0'), { declined: '14.1s0 is not newer than 14.6s0' }],
    ['an older one as a downgrade', OLD, '/dewonfwr.edf', image('14.1s0'), { installs: '14.1s0', erases: 'settings' }],
    ['a downgrade below 11', OLD, '/dewonfwr.edf', image('10.2s0'), { declined: 'not below 11' }],
    ['cut short', OLD, '/ewonfwr.edf', image('14.9s3').subarray(0, 2000), { declined: 'file corrupt' }],
    ['no firmware', OLD, '/ewonfwr.edf', Uint8Array.of(1, 2, 3), { declined: 'file corrupt' }],
  ] as const;
  for (const [what, device, path, bytes, expected] of table) {
    test(`${what}: ${'installs' in expected ? 'installed' : 'declined'}`, () => {
      assert.deepEqual(firmwareVerdict(device, path, bytes), expected);
    });
  }

  test('one byte that changed on the way makes it corrupt', () => {
    const bytes = image('14.9s3').map((byte, i) => (i === 3000 ? byte ^ 1 : byte));
    assert.deepEqual(firmwareVerdict(OLD, '/ewonfwr.edf', bytes), { declined: 'file corrupt' });
  });

  test('images are named as the vendor names them', () => {
    assert.equal(firmwareFileName({ version: '15.0s4', product: '21' }), 'er15_0s4p21_ma.edfs');
    assert.equal(firmwareFileName({ version: '14.6s0', product: '24' }), 'er14_6s0p24_ma.edf');
  });
});
