import { parseSlotId } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { udevRules } from './udev-rules.ts';

const rulesFor = (slots: Readonly<Record<string, string>>, leftOut: Readonly<Record<string, string>> = {}) => {
  const named = (of: Readonly<Record<string, string>>) =>
    new Map(Object.entries(of).map(([name, text]) => [assertOk(parseSlotId(name)), text]));
  return udevRules(named(slots), named(leftOut)).split('\n');
};
const linesWith = (lines: readonly string[], text: string) => lines.filter((line) => line.includes(text));

suite('udev rules', (test) => {
  test('a USB port is named with what follows it, and its devices by the port alone', () => {
    const lines = rulesFor({ usb1: 'pci-0000:00:04.0-usb-0:1' });
    assert.deepEqual(linesWith(lines, '{EWON_SLOT}="'), [
      'ENV{ID_PATH}=="pci-0000:00:04.0-usb-0:1|pci-0000:00:04.0-usb-0:1-*|pci-0000:00:04.0-usb-0:1:*", ENV{EWON_SLOT}="usb1"',
    ]);
    assert.deepEqual(linesWith(lines, 'authorized'), [
      'ENV{ID_PATH}=="pci-0000:00:04.0-usb-0:1", ATTR{authorized}="0"',
    ]);
  });

  test('an SD reader on PCI gets the name that udev does not give', () => {
    const lines = rulesFor({ sd0: 'pci-0000:00:1e.0' });
    assert.deepEqual(linesWith(lines, 'mmc_host'), [
      'ENV{ID_PATH}!="?*", DEVPATH=="*/0000:00:1e.0/mmc_host/*", ENV{ID_PATH}="pci-0000:00:1e.0"',
    ]);
    assert.deepEqual(linesWith(rulesFor({ sd0: 'platform-3f202000.mmc' }), 'mmc_host'), []);
  });

  test('a slot of a reader locks out its whole device', () => {
    assert.deepEqual(linesWith(rulesFor({ sd1: 'pci-0000:00:04.0-usb-0:1.2:1.0-scsi-0:0:0:1' }), 'authorized'), [
      'ENV{ID_PATH}=="pci-0000:00:04.0-usb-0:1.2", ATTR{authorized}="0"',
    ]);
  });

  test('a whole controller is each device at it', () => {
    assert.deepEqual(linesWith(rulesFor({ usb1: 'platform-3f980000.usb' }), 'authorized'), [
      'ENV{ID_PATH}=="platform-3f980000.usb-usb-*", ATTR{authorized}="0"',
    ]);
  });

  test('a slot that is left out has a line that says why, and no rule', () => {
    const lines = rulesFor(
      { sd0: 'pci-0000:00:1e.0', usb1: 'pci-0000:00:02.0' },
      { usb1: 'vda belongs to the running system' },
    );
    assert.deepEqual(linesWith(lines, 'usb1'), ['# usb1 is left out: vda belongs to the running system']);
    assert.deepEqual(linesWith(lines, '00:02.0'), []);
  });

  test('every jump leads to a label that stands after it', () => {
    const lines = rulesFor({ sd0: 'pci-0000:00:1e.0' });
    for (const [i, line] of lines.entries()) {
      const [, label] = /GOTO="(\w+)"/.exec(line) ?? [];
      if (label) assert.ok(lines.indexOf(`LABEL="${label}"`) > i, line);
    }
  });

  test('without slots nobody gets any right', () => {
    assert.deepEqual(linesWith(rulesFor({}), '{EWON_SLOT}="'), []);
    assert.deepEqual(linesWith(rulesFor({}), 'authorized'), []);
  });
});
