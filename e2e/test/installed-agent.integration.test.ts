// test-timeout: 900 s
// test-alone

import { truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOARD_PROGRAMS } from '@ewon-agent/board-sim/qemu/build-image';
import { type QemuBoard, SLOT_PATHS } from '@ewon-agent/board-sim/qemu/controls';
import { runTool } from '@ewon-agent/board-sim/qemu/run-tool';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { configFor } from '../src/scenario/qemu-config.ts';
import { prepareQemuGround } from '../src/scenario/qemu-ground.ts';

// What the agent as installed may touch on a board with a real kernel: threats.md, "the agent's user cannot open the
// system disk".

const MIB = 1024 * 1024;
/** A command on a board that is slow because this machine has other things to do. */
const COMMAND_MS = 60_000;

async function makeCard(name: string): Promise<string> {
  const image = join(tmpdir(), `${name}.img`);
  await writeFile(image, '');
  await truncate(image, 16 * MIB);
  await runTool('mkfs.vfat', [image]);
  return image;
}

suite('installed agent', { needs: [...BOARD_PROGRAMS, 'dpkg-deb', 'mkfs.vfat'], timeoutMs: 900_000 }, (test) => {
  let board: QemuBoard;
  const run = async (command: string) => {
    const { status, stdout, stderr } = await board.guest.run(command, COMMAND_MS);
    return { status, stdout: stdout.trim(), stderr: stderr.trim() };
  };
  const said = async (command: string) => {
    const { status, stdout, stderr } = await run(command);
    assert.equal(status, 0, `${command}: ${stderr}`);
    return stdout;
  };
  const asAgent = (command: string) => run(`setpriv --reuid=ewon-agent --regid=ewon-agent --init-groups ${command}`);
  /** Root, held by nothing but the rules of systemd for the agent's unit. */
  const insideUnit = (command: string) =>
    run(`sh -c 'echo $$ > /sys/fs/cgroup/system.slice/ewon-agent.service/cgroup.procs && exec ${command}'`);
  const readByte = (device: string) => `head -c 1 ${device}`;

  test.before(async () => {
    const ground = await prepareQemuGround({ tell: () => {} });
    board = await ground.freshBoard(configFor({}));
    for (const slot of ['usb1', 'usb2', 'sd0'] as const) await board.slots[slot].insert(await makeCard(slot));
    await said('udevadm wait --timeout=50 /dev/sda /dev/sdb /dev/mmcblk0 && udevadm settle');
  });
  test.after(() => board?.stop());

  test('it is no root, and its state is its own', async () => {
    const pid = await said('systemctl show --value -p MainPID ewon-agent.service');
    assert.equal(await said(`stat -c %U /proc/${pid}`), 'ewon-agent');
    assert.equal(await said('stat -c "%U %a" /var/lib/ewon-agent'), 'ewon-agent 700');
  });

  test('its user can open the media in the slots, and no disk of the system', async () => {
    for (const device of ['/dev/sda', '/dev/sdb', '/dev/mmcblk0'])
      assert.equal((await asAgent(readByte(device))).status, 0, device);
    for (const device of ['/dev/vda', '/dev/vdb', '/dev/vdc']) {
      const { status, stderr } = await asAgent(readByte(device));
      assert.notEqual(status, 0, device);
      assert.match(stderr, /Permission denied/, device);
    }
  });

  test('even root could open no disk of the system from within its unit, but the media in the slots', async () => {
    for (const device of ['/dev/sda', '/dev/sdb', '/dev/mmcblk0'])
      assert.equal((await insideUnit(readByte(device))).status, 0, device);
    for (const device of ['/dev/vda', '/dev/vdb', '/dev/vdc']) {
      const { status, stderr } = await insideUnit(readByte(device));
      assert.notEqual(status, 0, device);
      assert.match(stderr, /Operation not permitted/, device);
    }
  });

  test('"ewon-agent slots" names the connectors as udev does', async () => {
    const slots = await said('ewon-agent slots --json');
    for (const [slot, device] of [
      ['usb2', 'sda'], // the reader, which has always been there
      ['usb1', 'sdb'],
      ['sd0', 'mmcblk0'],
    ] as const) {
      const idPath = /^ID_PATH=(.*)$/m.exec(await said(`udevadm info -q property /dev/${device}`))?.[1] ?? '';
      assert.ok(idPath.startsWith(SLOT_PATHS[slot]), `${slot}: ${idPath}`);
      assert.ok(slots.includes(`"${SLOT_PATHS[slot]}"`), slots);
    }
  });
});
