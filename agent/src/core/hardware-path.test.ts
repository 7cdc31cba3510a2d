import { assert, suite } from '@ewon-agent/contracts/testing';
import { isAtPlace, placesOf, type SysDevice } from './hardware-path.ts';

/** `0000:00:04.0=pci usb1=usb block sda=block`, from the root of the tree. */
const chainOf = (text: string): readonly SysDevice[] =>
  text.split(' ').map((word) => {
    const [name = '', subsystem] = word.split('=');
    return subsystem === undefined ? { name } : { name, subsystem };
  });
const pathOf = (text: string) => placesOf(chainOf(text)).at(-1);

const XHCI = 'pci0000:00 0000:00:04.0=pci';
const STICK = 'host2=scsi target2:0:0=scsi 2:0:0:0=scsi block sda=block';

suite('hardware path', (test) => {
  const table: Record<string, readonly [string, string | undefined]> = {
    'a stick in a USB 2 port': [
      `${XHCI} usb1=usb 1-1=usb 1-1:1.0=usb ${STICK}`,
      'pci-0000:00:04.0-usb-0:1:1.0-scsi-0:0:0:0',
    ],
    'the same port on the USB 3 side': [
      `${XHCI} usb2=usb 2-1=usb 2-1:1.0=usb ${STICK}`,
      'pci-0000:00:04.0-usb-0:1:1.0-scsi-0:0:0:0',
    ],
    'a stick behind two hubs': [
      `${XHCI} usb1=usb 1-1=usb 1-1.4=usb 1-1.4.2=usb 1-1.4.2:1.0=usb ${STICK}`,
      'pci-0000:00:04.0-usb-0:1.4.2:1.0-scsi-0:0:0:0',
    ],
    'the second slot of a reader': [
      `${XHCI} usb1=usb 1-1=usb 1-1:1.0=usb host7=scsi target7:0:0=scsi 7:0:0:1=scsi block sdc=block`,
      'pci-0000:00:04.0-usb-0:1:1.0-scsi-0:0:0:1',
    ],
    'a USB device by itself': [`${XHCI} usb1=usb 1-10=usb`, 'pci-0000:00:04.0-usb-0:10'],
    'a controller behind bridges': [
      `pci0000:00 0000:00:1c.0=pci 0000:02:00.0=pci 0000:03:00.0=pci usb3=usb 3-2=usb`,
      'pci-0000:03:00.0-usb-0:2',
    ],
    'an SD card on PCI, which udev does not name': [
      'pci0000:00 0000:00:1e.0=pci mmc_host mmc0=mmc_host mmc0:4567=mmc block mmcblk0=block',
      'pci-0000:00:1e.0',
    ],
    'an SD card on a system on chip': [
      'platform soc=platform 3f202000.mmc=platform mmc_host mmc0=mmc_host mmc0:aaaa=mmc block mmcblk0=block',
      'platform-3f202000.mmc',
    ],
    'an SD card at an ARM PrimeCell': [
      'platform soc=platform 58005000.mmc=amba mmc_host mmc0=mmc_host mmc0:aaaa=mmc block mmcblk0=block',
      'platform-soc-amba-58005000.mmc',
    ],
    'an SD card on SPI': [
      'platform soc=platform 3f204000.spi=platform spi_master spi0=spi_master spi0.1=spi mmc_host mmc1=mmc_host mmc1:0000=mmc block mmcblk1=block',
      'platform-3f204000.spi-cs-1',
    ],
    'a USB port behind a PCI bridge of a system on chip': [
      'platform scb=platform fd500000.pcie=platform pci0000:00 0000:00:00.0=pci 0000:01:00.0=pci usb1=usb 1-1=usb 1-1.3=usb',
      'platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3',
    ],
    'a disk of a virtual machine': ['pci0000:00 0000:00:02.0=pci virtio1=virtio block vda=block', 'pci-0000:00:02.0'],
    'an NVMe disk': [
      'pci0000:00 0000:00:1d.0=pci 0000:01:00.0=pci nvme nvme0=nvme nvme0n1=block',
      'pci-0000:01:00.0-nvme-1',
    ],
    'a loop device': ['virtual block loop0=block', undefined],
    'a USB device of no controller': ['virtual usb1=usb 1-1=usb', undefined],
    nothing: ['', undefined],
  };
  for (const [name, [chain, path]] of Object.entries(table)) {
    test(`${name}: ${path ?? 'has no lasting place'}`, () => assert.equal(pathOf(chain), path));
  }

  test('each place is the beginning of the next, from the controller to the disk', () => {
    assert.deepEqual(placesOf(chainOf(`${XHCI} usb1=usb 1-1.2=usb 1-1.2:1.0=usb ${STICK}`)), [
      'pci-0000:00:04.0',
      'pci-0000:00:04.0-usb-0:1.2',
      'pci-0000:00:04.0-usb-0:1.2:1.0',
      'pci-0000:00:04.0-usb-0:1.2:1.0-scsi-0:0:0:0',
    ]);
  });

  const stick = placesOf(chainOf(`${XHCI} usb1=usb 1-1=usb 1-1:1.0=usb ${STICK}`));
  const at: Record<string, boolean> = {
    'pci-0000:00:04.0': true,
    'pci-0000:00:04.0-usb-0:1': true,
    'pci-0000:00:04.0-usb-0:1:1.0': true,
    'pci-0000:00:04.0-usb-0:1:1.0-scsi-0:0:0:0': true,
    'pci-0000:00:04': false,
    'pci-0000': false,
    'pci-0000:00:04.0-usb-0': false,
    'pci-0000:00:04.0-usb-0:1:1.0-scsi-0:0:0:1': false,
    'pci-0000:00:04.0-usb-0:11': false,
    'pci-0000:00:04.0-usb-0:1.1': false,
    'pci-0000:00:04.1': false,
    '': false,
  };
  for (const [configured, is] of Object.entries(at)) {
    test(`a stick in port 1 is ${is ? '' : 'not '}at "${configured}"`, () => {
      assert.equal(isAtPlace(stick, configured), is);
    });
  }

  test('a stick behind a hub in the slot is not at the slot', () => {
    const behind = placesOf(chainOf(`${XHCI} usb1=usb 1-1=usb 1-1.1=usb 1-1.1:1.0=usb ${STICK}`));
    assert.equal(isAtPlace(behind, 'pci-0000:00:04.0-usb-0:1'), false);
  });

  test('a reader holds each of its slots, the hub before it does not', () => {
    const slot = 'pci-0000:00:04.0-usb-0:1.2:1.0-scsi-0:0:0:1';
    const hub = placesOf(chainOf(`${XHCI} usb1=usb 1-1=usb`));
    const reader = placesOf(chainOf(`${XHCI} usb1=usb 1-1=usb 1-1.2=usb`));
    assert.deepEqual([isAtPlace(hub, slot), isAtPlace(reader, slot)], [false, true]);
  });
});
