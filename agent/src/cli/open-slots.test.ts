import { assert, suite } from '@ewon-agent/contracts/testing';
import { slotsOff } from './open-slots.ts';

const slots = { sd0: { image: '/a' }, sd1: { path: 'platform-b' }, usb1: { path: 'pci-0000:00:04.0-usb-0:1' } };
const off = (SDConfigEnable: 0 | 1, USBConfigEnable: 0 | 1) => [
  ...slotsOff({ slots, SDConfigEnable, USBConfigEnable }),
];

suite('slots that are switched off', (test) => {
  test('each switch is for the slots of its kind, and both are on by default', () => {
    assert.deepEqual(off(1, 1), []);
    assert.deepEqual(off(0, 1), ['sd0', 'sd1']);
    assert.deepEqual(off(1, 0), ['usb1']);
    assert.deepEqual(off(0, 0), ['sd0', 'sd1', 'usb1']);
  });
});
