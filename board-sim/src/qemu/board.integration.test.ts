// test-timeout: 900 s
// test-late

import { once } from 'node:events';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { QEMU_SLOTS, type QemuSlot } from '../core/qemu-command.ts';
import { startQemuBoard } from './board.ts';
import { BOARD_PROGRAMS, buildBoardImage } from './build-image.ts';
import { type MediumRead, type QemuBoard, SLOT_PATHS } from './controls.ts';
import { runTool } from './run-tool.ts';

const NEEDS = [...BOARD_PROGRAMS, 'mkfs.vfat'] as const;
const MIB = 1024 * 1024;
const SECTOR = 512;
/** A boot in emulation, on a machine that does other things as well. */
const BOOT_MS = 200_000;

/** How udev names the disk in each slot below /dev/disk/by-path. */
const DISKS: Readonly<Record<QemuSlot, string>> = {
  sd0: SLOT_PATHS.sd0,
  usb1: `${SLOT_PATHS.usb1}:1.0-scsi-0:0:0:0`,
  usb2: `${SLOT_PATHS.usb2}:1.0-scsi-0:0:0:0`,
};
const diskAt = (slot: QemuSlot) => `/dev/disk/by-path/${DISKS[slot]}`;
/** A board runs commands before its disk is mounted and its files are laid out: waits for both. */
const HAS_STARTED = "systemctl start 'var-lib-ewon\\x2dagent.mount' board-config.service";
const isOfSector = (at: number) => (read: MediumRead) => read.offsetBytes === at * SECTOR;
const labelled = (label: string) => `/dev/disk/by-label/${label}`;

suite('board with a real kernel', { needs: NEEDS, timeoutMs: 2 * BOOT_MS }, (test) => {
  let board: QemuBoard;
  const outcome = (command: string) => board.guest.run(command, 60_000);
  const run = async (command: string) => {
    const { status, stdout, stderr } = await outcome(command);
    assert.equal(status, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  const appears = (device: string) => run(`udevadm wait --timeout=50 '${device}'`);
  const disappears = (device: string) => run(`until [ ! -e '${device}' ]; do sleep 0.1; done`);
  const sector = (disk: string, at: number) =>
    outcome(`dd if='${disk}' bs=${SECTOR} skip=${at} count=1 iflag=direct status=none`);
  /** An image with a file system of that label and, in sector 20,000, its name as text. */
  const makeCard = async (label: string) => {
    const path = join(tmpdir(), `${label}.img`);
    await writeFile(path, '');
    await truncate(path, 16 * MIB);
    await runTool('mkfs.vfat', ['-n', label, path]);
    await runTool(
      'dd',
      [`of=${path}`, `bs=${SECTOR}`, 'seek=20000', 'conv=notrunc', 'status=none'],
      Buffer.from(label),
    );
    return path;
  };
  const server = createServer((socket) => socket.end('hello from the host\n'));
  let [red, blue] = ['', ''];

  test.before(async () => {
    [red, blue] = await Promise.all([makeCard('RED'), makeCard('BLUE')]);
    board = await startQemuBoard({ image: await buildBoardImage(), files: { 'config.json': '{"a":1}' } });
  });
  test.after(async () => {
    server.close();
    await board?.stop();
  });

  test('a board from a saved state shows the time of the host and the files it was given', async () => {
    const before = Date.now();
    const shownMs = Number(await run('date +%s%3N'));
    const marginMs = 10_000; // how long the order to set it may have taken to arrive
    assert.ok(shownMs > before - marginMs && shownMs < Date.now() + marginMs, `${shownMs - before} ms ahead`);
    assert.equal(await run('cat /etc/ewon-agent/config.json'), '{"a":1}');
  });

  test('the root is read-only, the directory of the agent is kept apart, and no file system of cards can be mounted', async () => {
    assert.notEqual((await outcome('touch /etc/written')).status, 0);
    assert.equal(await run('findmnt -n -o SOURCE,FSTYPE /var/lib/ewon-agent'), '/dev/vdb ext4');
    assert.notEqual((await outcome('modprobe vfat || modprobe exfat')).status, 0);
  });

  test('the second serial port carries both ways, and a BREAK', async () => {
    const heard = () => board.serial.received();
    // it says that it is up when it has the port open: what came before that would be lost
    const reads = 'exec 3<>/dev/ttyS1; stty raw -echo 115200 <&3; echo up >&3; exec cat <&3 >/tmp/serial';
    await run(`sh -c '${reads}' & echo $! >/tmp/serial.pid`);
    await eventually(() => heard().endsWith('up\n'), { what: 'what the board wrote', timeoutMs: 60_000 });
    board.serial.write('typed');
    await run('until grep -q typed /tmp/serial; do sleep 0.1; done');
    await board.serial.sendBreak();
    // as a terminal in raw mode tells it
    await run("until [ $(tr -dc '\\000' </tmp/serial | wc -c) = 1 ]; do sleep 0.1; done; kill $(cat /tmp/serial.pid)");
  });

  for (const slot of QEMU_SLOTS) {
    test(`${slot}: a medium comes, is read and written, is replaced and goes, all at one place`, async () => {
      await board.slots[slot].insert(red);
      await appears(labelled('RED'));
      const seen = await run(
        `readlink -f '${labelled('RED')}' '${diskAt(slot)}'; udevadm info -q property '${diskAt(slot)}'`,
      );
      const [disk = '', samePlace] = seen.split('\n');
      assert.equal(samePlace, disk);
      assert.match(seen, new RegExp(`^ID_PATH=${DISKS[slot]}$`, 'm'));
      assert.equal((await sector(disk, 20_000)).stdout.replaceAll('\0', ''), 'RED');
      const text = `written in ${slot}`;
      await run(`printf '%s' '${text}' | dd of='${disk}' bs=${SECTOR} seek=20001 conv=notrunc,fsync status=none`);
      assert.equal((await readFile(red)).toString('latin1', 20_001 * SECTOR).slice(0, text.length), text);
      assert.ok(board.slots[slot].reads.length > 0, 'the reads are told');

      await board.slots[slot].replace(blue);
      await appears(labelled('BLUE'));
      await disappears(labelled('RED'));
      assert.equal(board.slots[slot].medium, blue);
      await board.slots[slot].remove();
      await disappears(labelled('BLUE'));
      assert.equal(board.slots[slot].medium, undefined);
    });
  }

  test('a write-protected stick with a bad sector says so, and the file stays as it was', async () => {
    const before = await readFile(red);
    await board.slots.usb1.insert(red, { readOnly: true, badSectors: [20_002] });
    await appears(labelled('RED'));
    assert.notEqual((await outcome(`dd if=/dev/zero of='${diskAt('usb1')}' bs=512 count=1`)).status, 0);
    assert.match((await sector(diskAt('usb1'), 20_002)).stderr, /Input\/output error/);
    assert.equal((await sector(diskAt('usb1'), 20_000)).status, 0);
    assert.deepEqual(await readFile(red), before);
  });

  for (const slot of ['usb1', 'usb2'] as const) {
    test(`${slot}: a medium that falls silent in a read stops that read and nothing else`, async () => {
      await board.slots[slot].insert(blue, { stallAtSector: 20_000 });
      await appears(labelled('BLUE'));
      let ended = false;
      const reading = sector(diskAt(slot), 20_000).finally(() => {
        ended = true;
      });
      await eventually(() => board.slots[slot].reads.some(isOfSector(20_000)), { what: 'the read', timeoutMs: 60_000 });
      await run('echo the board goes on');
      assert.equal(ended, false);
      board.slots[slot].resume();
      assert.equal((await reading).stdout.replaceAll('\0', ''), 'BLUE');

      const asked = board.slots[slot].reads.length;
      board.slots[slot].stall();
      const cutOff = sector(diskAt(slot), 20_001);
      cutOff.catch(() => {}); // is judged below, when the medium has gone
      await eventually(() => board.slots[slot].reads.length > asked, { what: 'a read', timeoutMs: 60_000 });
      await board.slots[slot].remove();
      assert.notEqual((await cutOff).status, 0);
      await disappears(labelled('BLUE'));
    });
  }

  for (const slot of QEMU_SLOTS) {
    test(`${slot}: a medium is pulled out at the read that was named`, async () => {
      await board.slots[slot].insert(red, { pullAfterReads: 3 });
      await eventually(() => board.slots[slot].medium === undefined, { what: 'it is out', timeoutMs: 60_000 });
      await disappears(labelled('RED'));
      if (slot === 'usb2') await run('until [ "$(cat /sys/class/block/sda/size)" = 0 ]; do sleep 0.1; done');
      else await disappears(diskAt(slot));
      assert.ok(board.slots[slot].reads.length >= 3, `${board.slots[slot].reads.length} reads`);
    });
  }

  test('a keyboard in a USB slot is one to the kernel, alone or beside a stick', async () => {
    const keyboard = (place: string) => `/dev/input/by-path/${SLOT_PATHS.usb1}${place}:1.0-event-kbd`;
    await board.slots.usb1.plugKeyboard();
    await appears(keyboard(''));
    await board.slots.usb1.plugKeyboard({ stickImage: blue });
    await appears(keyboard('.2'));
    await appears(labelled('BLUE'));
    assert.equal(await run(`ls /dev/input/by-path`), `${SLOT_PATHS.usb1}.2:1.0-event-kbd`);
    await board.slots.usb1.remove();
    await disappears(keyboard('.2'));
  });

  test('the cable comes and goes, and what listens on 127.0.0.1 of the host answers at 10.0.2.2', async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const ask = `bash -c 'read -rt 5 line </dev/tcp/10.0.2.2/${port} && echo "$line"'`;
    assert.equal(await run(ask), 'hello from the host');
    await board.wan.down();
    await run('until [ "$(cat /sys/class/net/eth0/carrier)" = 0 ]; do sleep 0.1; done');
    assert.notEqual((await outcome(`timeout 3 ${ask}`)).status, 0);
    await board.wan.up();
    await run('until [ "$(cat /sys/class/net/eth0/carrier)" = 1 ]; do sleep 0.1; done');
    assert.equal(await run(ask), 'hello from the host');
  });

  test('the clock is set, and other files are given', async () => {
    await board.clock.set(Date.UTC(1999, 11, 31, 12));
    assert.equal(await run('date -u +%Y-%m-%d'), '1999-12-31');
    await board.configure({ 'config.json': '{"a":2}', 'ca.pem': 'PEM' });
    assert.equal(await run('cat /etc/ewon-agent/config.json /etc/ewon-agent/ca.pem'), '{"a":2}PEM');
  });

  test('after a power cut the board boots from its disk: what was synced is there, what was not is lost', async () => {
    await board.slots.sd0.insert(red);
    await appears(labelled('RED'));
    await run('cd /var/lib/ewon-agent && echo kept >kept && sync kept && echo lost >lost');
    await board.power.cut();
    await assert.rejects(board.guest.run('true'), /no power/);
    await board.slots.usb1.insert(blue);
    await board.power.on();
    await run(HAS_STARTED);
    assert.equal(await run('cd /var/lib/ewon-agent && cat kept && [ ! -s lost ]'), 'kept');
    assert.equal(await run('cat /etc/ewon-agent/config.json'), '{"a":2}');
    await appears(labelled('RED'));
    await appears(labelled('BLUE'));
    assert.equal(await run(`readlink -f '${diskAt('usb1')}'`), await run(`readlink -f '${labelled('BLUE')}'`));
    assert.equal(await run(`readlink -f '${diskAt('sd0')}'`), await run(`readlink -f '${labelled('RED')}'`));
  });

  test('a reboot in good order loses nothing; a board whose systemd has died is reset by its watchdog', async () => {
    await run('echo written >/var/lib/ewon-agent/written');
    await board.reboot();
    await run(HAS_STARTED);
    assert.equal(await run('cat /var/lib/ewon-agent/written'), 'written');

    const from = board.events.all.length;
    const systemd = 'org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager';
    await run(`busctl set-property ${systemd} RuntimeWatchdogUSec t 4000000 && kill -SEGV 1`);
    await board.events.until('watchdog', { timeoutMs: 60_000, from });
    await board.events.until('reset', { timeoutMs: 60_000, from });
  });
});
