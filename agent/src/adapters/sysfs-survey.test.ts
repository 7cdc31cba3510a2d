import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { CHAINS, createDeviceTree, PATHS } from '../testing/device-tree.ts';
import { surveySysfs } from './sysfs-survey.ts';

const XHCI = 'pci0000:00 0000:00:04.0=pci';
const IMAGE = new Uint8Array(1024 * 1024);

const onBoard = (mounts: string, body: (board: Awaited<ReturnType<typeof surveySysfs>>) => void) => async () => {
  const tree = createDeviceTree();
  try {
    for (const bus of ['1', '2']) tree.addPorts(XHCI, bus, 4);
    tree.addMmcHost('pci0000:00 0000:00:1e.0=pci mmc_host', 'mmc0');
    tree.plug({ chain: CHAINS.system, name: 'vda', image: IMAGE });
    tree.plug({ chain: CHAINS.usb1, name: 'sda', image: IMAGE });
    const proc = join(tree.root, 'proc');
    mkdirSync(join(proc, 'self'), { recursive: true });
    writeFileSync(join(proc, 'self/mountinfo'), mounts);
    writeFileSync(join(proc, 'swaps'), 'Filename\tType\n/dev/zram0 partition 1 0 100\n');
    body(await surveySysfs(tree.root));
  } finally {
    tree.close();
  }
};

suite('survey of sysfs', (test) => {
  test(
    'ports of USB 2 and USB 3 with one number are one connector, and unused ones are none',
    onBoard('', ({ connectors }) => {
      assert.deepEqual(
        connectors.map(({ kind, path }) => `${kind} ${path}`),
        [
          'usb pci-0000:00:04.0-usb-0:1',
          'usb pci-0000:00:04.0-usb-0:3',
          'usb pci-0000:00:04.0-usb-0:4',
          `sd ${PATHS.sd0}`,
        ],
      );
    }),
  );

  test(
    'a partition that is mounted makes its disk one of the system',
    onBoard('26 1 254:17 / / rw - ext4 /dev/vda1 rw\n', ({ disks, system }) => {
      assert.deepEqual(disks.map(({ name }) => name).sort(), ['sda', 'vda']);
      assert.deepEqual([...system], [['vda', 'it carries /']]);
    }),
  );
});
