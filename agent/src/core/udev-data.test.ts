import { assert, suite } from '@ewon-agent/contracts/testing';
import { usbNameIn } from './udev-data.ts';

suite('data of udev', (test) => {
  const rows: Readonly<Record<string, readonly [data: string, name: string | undefined]>> = {
    'a keyboard': [
      'I:123\nE:ID_MODEL=QEMU_USB_Keyboard\nE:ID_MODEL_ENC=QEMU\\x20USB\\x20Keyboard\nG:seat\n',
      'QEMU USB Keyboard',
    ],
    'blanks around it': ['E:ID_MODEL_ENC=\\x20\\x20Stick\\x20\\x20', 'Stick'],
    'letters beyond ASCII': ['E:ID_MODEL_ENC=Clé\\x20USB', 'Clé USB'],
    'control characters stay what they are': ['E:ID_MODEL_ENC=Evil\\x1b[2J', 'Evil\u001b[2J'],
    'a device without a name': ['E:ID_VENDOR_ENC=Acme\n', undefined],
    'an empty name': ['E:ID_MODEL_ENC=\n', undefined],
    'a name within another property': ['E:X=E:ID_MODEL_ENC=no\n', undefined],
    nothing: ['', undefined],
  };
  for (const [row, [data, name]] of Object.entries(rows)) {
    test(row, () => assert.equal(usbNameIn(data), name));
  }
});
