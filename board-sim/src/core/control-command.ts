import { DAY_MS, err, jsonReader, type Millis, type Result } from '@ewon-agent/contracts';
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
  | { readonly do: 'clock'; readonly jumpMs: Millis }
  | { readonly do: 'stop' }
);

/** A line that is longer than this is none of ours. */
export const COMMAND_MAX_CHARACTERS = 64 * 1024;
/** From 1970 to the last year that a board can show, and back. */
const JUMP_MAX_MS: Millis = 84_000 * DAY_MS;

const slot = { enum: PROCESS_SLOTS };
const path = { type: 'string', minLength: 1, maxLength: 4096 };
const command = (does: string, members: Record<string, object> = {}, optional: readonly string[] = []) => ({
  type: 'object',
  properties: { id: { type: 'integer' }, do: { const: does }, ...members },
  required: ['do', ...Object.keys(members).filter((name) => !optional.includes(name))],
  additionalProperties: false,
});
const SCHEMAS: Record<ControlCommand['do'], object> = {
  insert: command('insert', { slot, image: path }),
  remove: command('remove', { slot }),
  network: command('network', { state: { enum: ['up', 'down'] }, how: { enum: ['refused', 'silent'] } }, ['how']),
  delay: command('delay', { delayMs: { type: 'integer', minimum: 0, maximum: 600_000 } }),
  power: command('power', { state: { enum: ['cut', 'on'] } }),
  reboot: command('reboot'),
  program: command('program', { command: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 100 } }),
  ewon: command('ewon', { fault: { enum: EWON_FAULTS } }),
  clock: command('clock', { jumpMs: { type: 'integer', minimum: -JUMP_MAX_MS, maximum: JUMP_MAX_MS } }),
  stop: command('stop'),
};

const READERS = new Map(Object.entries(SCHEMAS).map(([name, schema]) => [name, jsonReader<ControlCommand>(schema)]));
const readName = jsonReader<{ readonly do: string }>({
  type: 'object',
  properties: { do: { type: 'string', maxLength: 20 } },
  required: ['do'],
});

/** Reads one line of the control. Codes: BAD_REQUEST, which names what can be done. */
export function readCommand(line: string): Result<ControlCommand> {
  const bytes = new TextEncoder().encode(line);
  const name = readName(bytes);
  if (!name.ok) return name;
  const read = READERS.get(name.value.do);
  return read ? read(bytes) : err('BAD_REQUEST', `do: one of ${[...READERS.keys()].join(', ')}`);
}
