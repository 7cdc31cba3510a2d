// What udev is to do with the serial ports of a configuration. Written for rules of the number 61: the names below /dev/serial/by-id are made by
// 60-serial.

/** The agent's own group, in which nobody else is. */
export const PORT_GROUP = 'ewon-agent';
/** The first line: the rules before it have the number 59. */
export const PORTS_BEGIN = '# serial ports';

/** What stands for more than itself in a rule is in no name of a device. */
const DEVICE_NAME = /^\/dev\/([A-Za-z0-9][A-Za-z0-9_.:@#=+,/-]*)$/;

/**
 * Writes the udev rules of serial ports: the agent's group may open them in place of the group that udev gives them to (`dialout`), and
 * ModemManager does not try them for a modem.
 * @param paths as they are configured; one that is no plain name below /dev gets a line that says so, and no rule
 */
export function udevPortRules(paths: readonly string[]): string {
  const ports = [...new Set(paths)];
  if (ports.length === 0) return '';
  return `${[
    PORTS_BEGIN,
    '# Written from the configuration of ewon-agent by "ewon-agent slots --udev-rules". Do not edit: it is written again.',
    'ACTION=="remove", GOTO="ewon_ports_end"',
    'SUBSYSTEM!="tty", GOTO="ewon_ports_end"',
    ...ports.flatMap(ruleOf),
    'LABEL="ewon_ports_end"',
  ].join('\n')}\n`;
}

function ruleOf(path: string): readonly string[] {
  const [, name] = DEVICE_NAME.exec(path) ?? [];
  if (name === undefined) return [`# ${JSON.stringify(path)} is left out: it is no plain name below /dev`];
  // the kernel's name, or a name that udev gave
  return ['KERNEL', 'SYMLINK'].map(
    (key) => `${key}=="${name}", GROUP="${PORT_GROUP}", MODE="0660", ENV{ID_MM_PORT_IGNORE}="1"`,
  );
}
