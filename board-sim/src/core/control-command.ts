import { DAY_MS, type Millis, type Result } from '@ewon-agent/contracts';
import { commandReader, commandSchema, PATH } from './command-reader.ts';
import { EWON_FAULTS, type EwonFault } from './faults.ts';

export const PROCESS_SLOTS = ['sd0', 'usb1'] as const;
export type ProcessSlot = (typeof PROCESS_SLOTS)[number];

/** What a person or a program may tell a running board, one JSON object a line. `id` comes back with the answer. */
export type ControlCommand = { readonly id?: number } & (
  | { readonly do: 'insert'; readonly slot: ProcessSlot; readonly image: string }
  | { readonly do: 'remove'; readonly slot: ProcessSlot }
  | { readonly do: 'network'; readonly state: 'up' }
  | { readonly do: 'network'; readonly state: 'down'; readonly how?: 'refused' | 'silent' }
  | { readonly do: 'delay'; readonly delayMs: number }
  | { readonly do: 'power'; readonly state: 'cut' | 'on' }
  | { readonly do: 'reboot' }
  | { readonly do: 'program'; readonly command: readonly string[] }
  | { readonly do: 'ewon'; readonly fault: EwonFault }
  | { readonly do: 'tag'; readonly name: string; readonly value: number | string; readonly quality?: number }
  | { readonly do: 'clock'; readonly jumpMs: Millis }
  | { readonly do: 'stop' }
);

/** A line that is longer than this is none of ours. */
export const COMMAND_MAX_CHARACTERS = 64 * 1024;
/** From 1970 to the last year that a board can show, and back. */
const JUMP_MAX_MS: Millis = 84_000 * DAY_MS;

const slot = { enum: PROCESS_SLOTS };
const SCHEMAS: Record<ControlCommand['do'], object> = {
  insert: commandSchema('insert', { slot, image: PATH }),
  remove: commandSchema('remove', { slot }),
  network: commandSchema('network', { state: { enum: ['up', 'down'] }, how: { enum: ['refused', 'silent'] } }, ['how']),
  delay: commandSchema('delay', { delayMs: { type: 'integer', minimum: 0, maximum: 600_000 } }),
  power: commandSchema('power', { state: { enum: ['cut', 'on'] } }),
  reboot: commandSchema('reboot'),
  program: commandSchema('program', {
    command: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 100 },
  }),
  ewon: commandSchema('ewon', { fault: { enum: EWON_FAULTS } }),
  tag: commandSchema(
    'tag',
    {
      name: { type: 'string', minLength: 1, maxLength: 64 },
      value: { type: ['number', 'string'], maxLength: 255 },
      quality: { type: 'integer', minimum: 0, maximum: 65_535 },
    },
    ['quality'],
  ),
  clock: commandSchema('clock', { jumpMs: { type: 'integer', minimum: -JUMP_MAX_MS, maximum: JUMP_MAX_MS } }),
  stop: commandSchema('stop'),
};

/** Reads one line of the control. Codes: BAD_REQUEST, which names what can be done. */
export const readCommand: (line: string) => Result<ControlCommand> = commandReader<ControlCommand>(SCHEMAS);
