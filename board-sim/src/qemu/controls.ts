import type { Millis } from '@ewon-agent/contracts';
import type { QemuSlot } from '../core/qemu-command.ts';
import type { SerialCable } from './serial-cable.ts';
import type { Watch } from './watch.ts';

/**
 * How udev names the place of each slot: what `ID_PATH` of every device in it begins with. The same at every boot and
 * after a snapshot, because the controllers have fixed addresses on the PCI bus and the devices fixed ports.
 */
export const SLOT_PATHS: Readonly<Record<QemuSlot, string>> = {
  sd0: 'pci-0000:00:1e.0',
  usb1: 'pci-0000:00:04.0-usb-0:1',
  usb2: 'pci-0000:00:04.0-usb-0:2',
};

/** What a card in the slot is like, as data. */
export type CardOptions = {
  /** Is pulled out by itself at the read after so many (0: at the first one). */
  readonly pullAfterReads?: number;
};

/** What a medium on USB may be like. QEMU's SD card knows neither errors nor silence. */
export type UsbMediumOptions = CardOptions & {
  /** These sectors of 512 bytes cannot be read or written: EIO. */
  readonly badSectors?: readonly number[];
  /** Stops answering at the first read that touches this sector of 512 bytes, as after {@link UsbSlotControl.stall}. */
  readonly stallAtSector?: number;
};

/** What a stick may be like. The drives that are always there (sd0, usb2) cannot be told that a medium has a lock. */
export type StickOptions = UsbMediumOptions & {
  /** The medium is write-protected; the image file is not written either. */
  readonly readOnly?: boolean;
};

/** A read that the board's kernel asked of a medium; of an SD card 512 bytes each. */
export type MediumRead = { readonly offsetBytes: number; readonly lengthBytes: number; readonly atMs: Millis };

/** The hand at one slot. Each control resolves when the hardware has done it; the kernel notices by itself. */
export type QemuSlotControl<Options = CardOptions> = {
  /**
   * Puts a medium in; one that is in already is taken out first. In `sd0` it goes in when the kernel has let go of the other.
   * The image is a file of this machine, and is written.
   */
  insert(imagePath: string, options?: Options): Promise<void>;
  /** Pulls what is in the slot, at whatever moment; nothing happens when it is empty. */
  remove(): Promise<void>;
  /** The same as {@link insert}: two cards in one hand. */
  replace(imagePath: string, options?: Options): Promise<void>;
  /** What was read of the medium that is in the slot, or was last, oldest first. */
  readonly reads: readonly MediumRead[];
  /** The image in the slot. */
  readonly medium: string | undefined;
};

/** A slot on USB. */
export type UsbSlotControl<Options = UsbMediumOptions> = QemuSlotControl<Options> & {
  /**
   * The medium stays in, and from now on answers nothing. What is asked of it fails after 25 seconds: at 30 the kernel
   * resets the port, for which QEMU would wait with everything else.
   */
  stall(): void;
  /** The medium answers again, first what it was asked meanwhile. */
  resume(): void;
};

/** A port for USB devices of all kinds: what is plugged there need not be a medium. */
export type UsbPortControl = UsbSlotControl<StickOptions> & {
  /** Plugs a keyboard into the port, or a hub with a keyboard and a stick of this image. `remove` unplugs all of it. */
  plugKeyboard(disguise?: { readonly stickImage: string }): Promise<void>;
};

/** What a command on the board answered. */
export type GuestAnswer = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** A line of the serial console, and when it came. */
export type ConsoleLine = { readonly atMs: Millis; readonly line: string };

/** What happened to the board as a whole. `atMs` is the host's time, as `Date.now()`. */
export type QemuBoardEvent = { readonly atMs: Millis } & (
  | { readonly on: 'power'; readonly state: 'on' | 'cut' | 'off' }
  /** The processor was reset: by a reboot, a panic or the watchdog, which tells itself first. */
  | { readonly on: 'reset' }
  | { readonly on: 'watchdog' }
);

/** A board with a real kernel, in QEMU, with the controls of the simulated board. */
export type QemuBoard = {
  readonly slots: { readonly sd0: QemuSlotControl; readonly usb1: UsbPortControl; readonly usb2: UsbSlotControl };
  readonly power: {
    /** Kills the machine: what the kernel had not written to the board's disk is lost. What is in the slots stays. */
    cut(): Promise<void>;
    /** Boots from the board's disk. Resolves when commands can be run; the services may still be starting. */
    on(): Promise<void>;
  };
  /** The disk with all that the board writes. The power must be off. */
  readonly disk: {
    /** Its image, to be looked at. */
    readonly path: string;
    /** Keeps a copy of it; an older copy is given up. */
    keep(): Promise<void>;
    /** Puts the copy in its place, as somebody does who restores a backup. */
    restore(): Promise<void>;
  };
  /** Reboots in good order. Resolves when commands can be run again. */
  reboot(): Promise<void>;
  /** The cable of the network. The host is 10.0.2.2 to the board, with all that listens on 127.0.0.1. */
  readonly wan: { up(): Promise<void>; down(): Promise<void> };
  /** Sets the board's wall clock (UTC). */
  readonly clock: { set(atMs: Millis): Promise<void> };
  readonly guest: {
    /** Runs a shell command as root. Several may run at once. Rejects when there is no answer in time (30 s unless told). */
    run(command: string, timeoutMs?: Millis): Promise<GuestAnswer>;
  };
  /** The agent, as a watcher on the board sees it who never looks away. */
  readonly watch: Watch;
  /** A cable in the board's second serial port. */
  readonly serial: SerialCable;
  readonly console: {
    readonly lines: readonly ConsoleLine[];
    /** Waits for a line: among those since `from` (an index; everything by default), else the next ones. */
    until(pattern: RegExp, wait: { readonly timeoutMs: Millis; readonly from?: number }): Promise<ConsoleLine>;
  };
  readonly events: {
    readonly all: readonly QemuBoardEvent[];
    until(
      on: QemuBoardEvent['on'],
      wait: { readonly timeoutMs: Millis; readonly from?: number },
    ): Promise<QemuBoardEvent>;
  };
  /** Replaces the files of /etc/ewon-agent that the host gives, by name, and starts the agent anew where there is one. */
  configure(files: Readonly<Record<string, string>>): Promise<void>;
  /** Ends the machine and removes the board's own files. */
  stop(): Promise<void>;
};
