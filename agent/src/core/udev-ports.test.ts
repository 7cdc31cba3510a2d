import { assert, suite } from '@ewon-agent/contracts/testing';
import { PORTS_BEGIN, udevPortRules } from './udev-ports.ts';

const GIVEN = 'GROUP="ewon-agent", MODE="0660", ENV{ID_MM_PORT_IGNORE}="1"';
const rights = (...paths: readonly string[]) =>
  udevPortRules(paths)
    .split('\n')
    .filter((line) => line.includes('GROUP='));

suite('udev rules of serial ports', (test) => {
  test('without ports there are none', () => {
    assert.equal(udevPortRules([]), '');
  });

  test('a port is given by the name of the kernel, or by one that udev gave', () => {
    assert.deepEqual(rights('/dev/ttyS1'), [`KERNEL=="ttyS1", ${GIVEN}`, `SYMLINK=="ttyS1", ${GIVEN}`]);
    const byId = 'serial/by-id/usb-FTDI_FT232R_USB_UART_A6008isP-if00-port0';
    assert.ok(rights(`/dev/${byId}`).includes(`SYMLINK=="${byId}", ${GIVEN}`));
  });

  test('a port that is configured twice is given once', () => {
    assert.equal(rights('/dev/ttyS1', '/dev/ttyS1').length, 2);
  });

  for (const path of [
    '/dev/tty*',
    '/dev/tty?',
    '/dev/tty[A-Z]0',
    '/dev/ttyS1", RUN+="/bin/sh',
    '/dev/ttyS1\nRUN+="x"',
    '/dev/$x',
    '/tmp/x',
    '/dev/',
  ])
    test(`${JSON.stringify(path)} gets no right, and nothing in it becomes a rule`, () => {
      const lines = udevPortRules([path]).split('\n');
      assert.deepEqual(rights(path), []);
      assert.equal(lines.filter((line) => line.startsWith('# "') && line.includes('is left out')).length, 1);
      assert.equal(lines.filter((line) => line !== '' && !/^(#|ACTION|SUBSYSTEM|LABEL)/.test(line)).length, 0);
    });

  test('they begin with the line that parts them from the rules of the slots', () => {
    assert.ok(udevPortRules(['/dev/ttyS1']).startsWith(`${PORTS_BEGIN}\n`));
  });
});
