import type { SlotId } from '@ewon-agent/contracts';
import type { SlotPaths } from './slot-media.ts';

// What udev is to do with the slots of a configuration. Written for rules of the number 59: after 50-udev-default, which gives disks
// to a group, and before 60-persistent-storage, which would read the medium as root to find out what file system is on it: nobody needs to
// know, a card that answers slowly would hold up our rights, and a hostile one would speak to a parser that is root.

/** The group that may open the media of the slots, and nothing else. */
export const SLOT_GROUP = 'ewon-slots';

/**
 * Writes the udev rules of a configuration: the group's rights on disk and partitions in the slots only, nobody mounts them, and
 * what is plugged into a slot and is not only storage is locked out before its drivers are much older than an instant.
 * @param paths checked by the schema of the configuration: none of their characters means anything to udev
 * @param leftOut slots that get no rules, and why
 */
export function udevRules(paths: SlotPaths, leftOut: ReadonlyMap<SlotId, string> = new Map()): string {
  const slots = [...paths].filter(([slot]) => !leftOut.has(slot));
  return `${[
    '# Written from the configuration of ewon-agent by "ewon-agent slots --udev-rules". Do not edit: it is written again.',
    ...[...leftOut].map(([slot, why]) => `# ${slot} is left out: ${why}`),
    'ACTION=="remove", GOTO="ewon_slots_end"',
    'SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", GOTO="ewon_slots_usb"',
    'SUBSYSTEM!="block", GOTO="ewon_slots_end"',
    '',
    '# disks and partitions',
    'ENV{ID_PATH}!="?*", IMPORT{builtin}="path_id"',
    ...slots.flatMap(([, path]) => sdOnPci(path)),
    ...slots.map(([slot, path]) => `ENV{ID_PATH}=="${below(path)}", ENV{EWON_SLOT}="${slot}"`),
    'ENV{EWON_SLOT}!="?*", GOTO="ewon_slots_end"',
    `GROUP="${SLOT_GROUP}", MODE="0660", ENV{UDISKS_IGNORE}="1", ENV{UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG}="1"`,
    'ENV{DEVTYPE}=="disk", SYMLINK+="ewon-slots/$env{EWON_SLOT}"',
    'ENV{DEVTYPE}=="partition", SYMLINK+="ewon-slots/$env{EWON_SLOT}-part%n"',
    '# a reader is asked twice a second whether its medium changed',
    'ENV{DEVTYPE}=="disk", ATTR{removable}=="1", ATTR{events_poll_msecs}="500"',
    'GOTO="ewon_slots_end"',
    '',
    '# whatever else shows up at a slot: anything with an interface that is not mass storage (class 08)',
    'LABEL="ewon_slots_usb"',
    'ENV{ID_USB_INTERFACES}!="?*", IMPORT{builtin}="usb_id"',
    'ENV{ID_USB_INTERFACES}!="*:0[!8]*|*:[!0]*", GOTO="ewon_slots_end"',
    'ENV{ID_PATH}!="?*", IMPORT{builtin}="path_id"',
    ...slots.map(([, path]) => `ENV{ID_PATH}=="${usbAt(path)}", ATTR{authorized}="0"`),
    '',
    'LABEL="ewon_slots_end"',
  ].join('\n')}\n`;
}

/** udev's path_id names no SD reader on PCI, because it does not know "mmc" as a transport; what follows the controller is told here. */
function sdOnPci(path: string): readonly string[] {
  const [, controller] = /^(?:.*-)?pci-([0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/.exec(path) ?? [];
  if (controller === undefined) return [];
  return [`ENV{ID_PATH}!="?*", DEVPATH=="*/${controller}/mmc_host/*", ENV{ID_PATH}="${path}"`];
}

/** What is at a place or beyond it: an interface follows a port after ":", anything else after "-". */
function below(path: string): string {
  return [path, `${path}-*`, ...(USB_PORT.test(path) ? [`${path}:*`] : [])].join('|');
}

/** The USB device that is, or that holds, what the path names; of a whole controller, each device. */
function usbAt(path: string): string {
  const [port] = /^.*-usb-0:[\d.]+/.exec(path) ?? [];
  return port ?? `${path}-usb-*`;
}

const USB_PORT = /-usb-0:[\d.]+$/;
