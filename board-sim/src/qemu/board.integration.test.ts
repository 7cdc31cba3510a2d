// test-timeout: 600 s
// test-alone
import { truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { QEMU_SLOTS } from '../core/qemu-command.ts';
import { startQemuBoard } from './board.ts';
import { buildBoardImage } from './build-image.ts';
import { type QemuBoard, SLOT_PATHS } from './controls.ts';

const NEEDS = ['qemu-system-x86_64', 'mmdebstrap', 'zstd', 'xz', 'setpriv', 'mkfs.ext4'] as const;
const MIB = 1024 * 1024;

suite('board with a real kernel', { needs: NEEDS, timeoutMs: 400_000 }, (test) => {
  let board: QemuBoard;
  const run = async (command: string) => {
    const { status, stdout, stderr } = await board.guest.run(command);
    assert.equal(status, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  /** Sizes in bytes of the media that the kernel sees, by the place that udev names. */
  const media = async () => {
    const seen = await run(
      `for disk in /sys/class/block/sd? /sys/class/block/mmcblk?; do
         [ -e "$disk" ] || continue
         echo "$(udevadm info -q property "$disk" | sed -n 's/^ID_PATH=//p') $(cat "$disk/size")"
       done`,
    );
    const lines = seen.split('\n').map((line) => line.split(' '));
    return new Map(lines.map(([path = '', sectors]) => [path, Number(sectors) * 512]));
  };
  const mediumAt = async (slot: keyof typeof SLOT_PATHS) => {
    const [, sizeBytes] = [...(await media())].find(([path]) => path.startsWith(SLOT_PATHS[slot])) ?? [];
    return sizeBytes ?? 0;
  };

  test.before(async () => {
    board = await startQemuBoard({ image: await buildBoardImage() });
  });
  test.after(() => board.stop());

  test('a medium comes and goes in each slot, at the place that names the slot', async () => {
    const image = join(tmpdir(), 'card.img');
    await writeFile(image, 'a card\n');
    await truncate(image, 16 * MIB);
    for (const slot of QEMU_SLOTS) {
      assert.equal(await mediumAt(slot), 0, `${slot} is empty`);
      await board.slots[slot].insert(image);
      await eventually(async () => (await mediumAt(slot)) === 16 * MIB, { what: `${slot} has it`, timeoutMs: 30_000 });
      await board.slots[slot].remove();
      await eventually(async () => (await mediumAt(slot)) === 0, { what: `${slot} is empty`, timeoutMs: 30_000 });
    }
  });
});
