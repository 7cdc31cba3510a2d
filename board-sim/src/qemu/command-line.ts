import { timestampOf } from '@ewon-agent/contracts';
import type { BoardImage } from './build-image.ts';
import type { BoardDisks } from './disks.ts';
import { SERIAL_CHARDEV } from './serial-cable.ts';

export type HardwareOptions = {
  readonly image: Pick<BoardImage, 'kernel' | 'initramfs' | 'root'>;
  readonly disks: BoardDisks;
  /** `boot` waits for `cont`, `state` for `migrate-incoming` first. */
  readonly from: 'boot' | 'state';
  /** Whose time goes by: that of this machine unless told, or the board's own. */
  readonly time?: 'host' | 'board' | undefined;
  /** What the clock without a battery shows when the power comes; the host's time otherwise. */
  readonly clockMs?: number | undefined;
};

/** The descriptors that {@link qemuArguments} expects, in the order in which they are handed over. */
export const QEMU_CHANNELS = { qmp: 3, console: 4, shell: 5, watch: 6, serial: 7 } as const;

/** 320 MiB is what the smallest boards have left for everything; the agent uses 90. */
const MEMORY_MIB = 320;

/** Two processors, as fast as this machine emulates them, by this machine's clock. */
const HOST_TIME = ['-accel', 'tcg,thread=multi,tb-size=256', '-smp', '2'];
/**
 * The board's time goes by the instructions it executes, 2 ns each (500 million a second, a small board), and by this
 * machine's clock only while it waits. So it does not notice how slow the emulator is, nor what else this machine has to
 * do: what takes it a second takes a board of that speed a second. Works with one processor at a time.
 */
const BOARD_TIME = ['-accel', 'tcg,thread=single,tb-size=256', '-icount', 'shift=1,sleep=on,align=off', '-smp', '1'];

// Debian's kernel; names of network devices as on the board; no delay before a stick is looked at (a second by default)
// and the medium of a card reader asked for twice a second, as desktop systems do. A panic reboots at once.
const KERNEL_ARGUMENTS = [
  'console=ttyS0 quiet loglevel=4 panic=1 net.ifnames=0',
  'usb_storage.delay_use=0 block.events_dfl_poll_msecs=500',
  'mitigations=off nokaslr', // in emulation they cost time and guard nothing
];

/**
 * The arguments of qemu-system-x86_64 for a board: a card slot (sd0), a USB port (usb1), a card reader
 * in another (usb2), a network that reaches this machine as 10.0.2.2, a watchdog. Always emulated: where the
 * machine is virtual itself, nested virtualisation may open and then hang.
 */
export function qemuArguments(hardware: HardwareOptions): readonly string[] {
  const { image, disks, from, clockMs } = hardware;
  const disk = (id: string, file: string, address: number, access: string): readonly string[] => [
    '-drive',
    `if=none,id=${id},file=${escaped(file)},format=raw,${access}`,
    '-device',
    `virtio-blk-pci,drive=${id},serial=${id},addr=${address.toString(16)}`,
  ];
  const channel = (name: keyof typeof QEMU_CHANNELS): readonly string[] => [
    '-chardev',
    `socket,id=${name},fd=${QEMU_CHANNELS[name]}`,
  ];
  return [
    ...['-name', 'ewon-board', '-M', 'q35,i8042=off', '-cpu', 'qemu64', '-m', `${MEMORY_MIB}`],
    ...(hardware.time === 'board' ? BOARD_TIME : HOST_TIME),
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-S'],
    ...['-kernel', image.kernel, '-initrd', image.initramfs, '-append', KERNEL_ARGUMENTS.join(' ')],
    ...['-rtc', `base=${clockMs === undefined ? 'utc' : timestampOf(clockMs).slice(0, 19)}`],
    ...disk('root', image.root, 0x05, 'readonly=on,file.locking=off'),
    // what the board has written is in this machine's memory, which a power cut of the board does not touch
    ...(disks.log === undefined
      ? disk('data', disks.data, 0x06, 'readonly=off,cache=unsafe')
      : recorded('data', { data: disks.data, log: disks.log }, '06')),
    ...disk('config', disks.config, 0x07, 'readonly=on,file.locking=off'),
    ...[...channel('qmp'), '-mon', 'chardev=qmp,mode=control'],
    ...[...channel('console'), '-serial', 'chardev:console'],
    ...[...channel('serial'), '-serial', `chardev:${SERIAL_CHARDEV}`], // the second one: ttyS1
    ...[...channel('shell'), '-device', 'virtio-serial-pci,addr=08'],
    ...['-device', 'virtserialport,chardev=shell,name=board.shell'],
    ...[...channel('watch'), '-device', 'virtserialport,chardev=watch,name=board.watch'],
    ...['-device', 'virtio-rng-pci,addr=09'],
    ...['-netdev', 'user,id=wan', '-device', 'virtio-net-pci,netdev=wan,id=nic,addr=03,mac=52:54:00:45:57:4f'],
    ...['-device', 'qemu-xhci,id=xhci,addr=04,p2=4,p3=4'],
    ...['-device', 'usb-bot,id=usb2-reader,bus=xhci.0,port=2', '-drive', 'if=none,id=usb2-drive'],
    ...['-device', 'scsi-hd,id=usb2,bus=usb2-reader.0,drive=usb2-drive,removable=on'],
    ...['-device', 'sdhci-pci,addr=1e', '-drive', 'if=none,id=sd0-drive', '-device', 'sd-card,id=sd0,drive=sd0-drive'],
    ...['-device', 'vmgenid,guid=auto'], // tells the kernel that it was restored, so that it draws other random numbers
    ...['-device', 'i6300esb,addr=0a', '-action', 'watchdog=reset'],
    ...(from === 'state' ? ['-incoming', 'defer'] : []),
  ];
}

/** A disk of which each write and each flush is in the log before the board is told that it is done. */
function recorded(
  id: string,
  files: { readonly data: string; readonly log: string },
  address: string,
): readonly string[] {
  const file = (node: string, path: string) =>
    `driver=file,node-name=${node},filename=${escaped(path)},cache.no-flush=on`;
  return [
    ...['-blockdev', file(`${id}-file`, files.data), '-blockdev', file(`${id}-log`, files.log)],
    ...['-blockdev', `driver=blklogwrites,node-name=${id},file=${id}-file,log=${id}-log,log-sector-size=512`],
    ...['-device', `virtio-blk-pci,drive=${id},serial=${id},addr=${address}`],
  ];
}

/** In QEMU's options a comma is written twice. */
function escaped(file: string): string {
  return file.replaceAll(',', ',,');
}
