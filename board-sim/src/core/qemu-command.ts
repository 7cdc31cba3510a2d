import type { Millis, Result } from '@ewon-agent/contracts';
import { commandReader, commandSchema, PATH } from './command-reader.ts';

/** The slots of the board with a real kernel. */
export const QEMU_SLOTS = ['sd0', 'usb1', 'usb2'] as const;
export type QemuSlot = (typeof QEMU_SLOTS)[number];
/** The slots whose media may fall silent. */
export const USB_SLOTS = ['usb1', 'usb2'] as const;
export type UsbSlot = (typeof USB_SLOTS)[number];

/** What may be told a running board with a real kernel; the same words as for the simulated one where both have them. */
export type QemuCommand = { readonly id?: number } & (
  | { readonly do: 'insert'; readonly slot: QemuSlot; readonly image: string; readonly readOnly?: boolean }
  | { readonly do: 'remove'; readonly slot: QemuSlot }
  | { readonly do: 'stall' | 'resume'; readonly slot: UsbSlot }
  | { readonly do: 'keyboard' }
  | { readonly do: 'network'; readonly state: 'up' | 'down' }
  | { readonly do: 'power'; readonly state: 'cut' | 'on' }
  | { readonly do: 'reboot' }
  | { readonly do: 'clock'; readonly atMs: Millis }
  | { readonly do: 'shell'; readonly command: string }
  | { readonly do: 'stop' }
);

const slot = { enum: QEMU_SLOTS };
const usbSlot = { enum: USB_SLOTS };

const readJson = commandReader<QemuCommand>({
  insert: commandSchema('insert', { slot, image: PATH, readOnly: { type: 'boolean' } }, ['readOnly']),
  remove: commandSchema('remove', { slot }),
  stall: commandSchema('stall', { slot: usbSlot }),
  resume: commandSchema('resume', { slot: usbSlot }),
  keyboard: commandSchema('keyboard'),
  network: commandSchema('network', { state: { enum: ['up', 'down'] } }),
  power: commandSchema('power', { state: { enum: ['cut', 'on'] } }),
  reboot: commandSchema('reboot'),
  clock: commandSchema('clock', { atMs: { type: 'integer', minimum: 0, maximum: 4_102_444_800_000 } }), // until 2100
  shell: commandSchema('shell', { command: { type: 'string', minLength: 1, maxLength: 16_384 } }),
  stop: commandSchema('stop'),
});

/** Which members the words of a person are, in order: `insert usb1 card.img` is `{"do":"insert","slot":"usb1",…}`. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  insert: ['slot', 'image'],
  remove: ['slot'],
  stall: ['slot'],
  resume: ['slot'],
  network: ['state'],
  power: ['state'],
  shell: ['command'],
};

/**
 * Reads one line: a JSON object, or words as a person types them; the last member takes the rest of the line.
 * Codes: BAD_REQUEST, which names what can be done.
 */
export function readQemuCommand(line: string): Result<QemuCommand> {
  const text = line.trim();
  if (text.startsWith('{')) return readJson(text);
  const [name = '', ...words] = text.split(/\s+/);
  const members = WORDS[name] ?? [];
  const values = members.map((member, at) => {
    const last = at === members.length - 1;
    return [member, last ? restOf(text, at + 1) : words[at]];
  });
  const more = words.length > 0 && members.length === 0 ? { extra: words.join(' ') } : {};
  return readJson(JSON.stringify({ do: name, ...Object.fromEntries(values), ...more }));
}

/** The text without its first words. */
function restOf(text: string, words: number): string {
  return text.replace(new RegExp(`^(\\S+\\s*){${words}}`), '');
}
