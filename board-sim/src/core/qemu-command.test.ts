import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { readQemuCommand } from './qemu-command.ts';

suite('command to a board with a real kernel', (test) => {
  for (const [line, command] of [
    ['insert usb1 my card.img', { do: 'insert', slot: 'usb1', image: 'my card.img' }],
    ['  remove   sd0 ', { do: 'remove', slot: 'sd0' }],
    ['stall usb2', { do: 'stall', slot: 'usb2' }],
    ['keyboard', { do: 'keyboard' }],
    ['network down', { do: 'network', state: 'down' }],
    ['power cut', { do: 'power', state: 'cut' }],
    ['reboot', { do: 'reboot' }],
    ['shell ls -l  /dev | head', { do: 'shell', command: 'ls -l  /dev | head' }],
    [
      '{"do":"insert","slot":"sd0","image":"a","readOnly":true,"id":3}',
      { do: 'insert', slot: 'sd0', image: 'a', readOnly: true, id: 3 },
    ],
    ['{"do":"clock","atMs":1772366400000}', { do: 'clock', atMs: 1_772_366_400_000 }],
    ['stop', { do: 'stop' }],
  ] as const) {
    test(`${line} is understood`, () => {
      assert.deepEqual(assertOk(readQemuCommand(line)), command);
    });
  }

  for (const line of [
    '',
    'dance',
    'insert',
    'insert usb1',
    'insert usb9 a.img',
    'stall sd0',
    'reboot now',
    'shell',
    '{"do":"power"}',
  ]) {
    test(`${line || 'an empty line'} is refused in words`, () => {
      assert.notEqual(assertFault(readQemuCommand(line), 'BAD_REQUEST').detail, '');
    });
  }
});
