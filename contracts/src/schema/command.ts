import type { AccountId, CommandId, DeviceId } from '../ids.ts';
import type { Timestamp } from '../units.ts';
import { jsonReader } from '../validate.ts';
import { accountId, atLeast, commandId, deviceId, matching, text, timestamp } from './common.ts';
import { type Envelope, message } from './messages.ts';

// What the account orders of one device (`down/cmd/{id}`, signed as `ewon-cmd`), and what becomes of it (`up/cmd/{id}`).

/** The commands of this release. An agent that knows others says so by doing them; one that does not says COMMAND_UNKNOWN. */
export const COMMAND_NAMES = ['status', 'identify', 'reboot', 'diag', 'forget', 'rescan', 'patch', 'move'] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/** The signed payload. It counts for this device only, and not after `expiresAt`. */
export type CommandDocument = {
  readonly v: 1;
  readonly id: CommandId;
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number | boolean>>;
  readonly issuedAt: Timestamp;
  readonly expiresAt: Timestamp;
};

/** In the order in which a command goes through them; one of the last two is the end. */
export const COMMAND_STATES = ['init', 'scheduled', 'executing', 'successful', 'failed'] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

/** What a device says of a command. `reason` is a code where it failed, `detail` the value that was met. */
export type CommandStateMessage = Envelope & {
  readonly id: CommandId;
  readonly state: CommandState;
  readonly reason?: string;
  readonly detail?: string;
  readonly result?: Readonly<Record<string, unknown>>;
};

/** What a command may answer, as JSON; it must fit a packet together with its head. */
export const COMMAND_RESULT_MAX_BYTES = 64 * 1024;
/** Names of commands, of this release and of others. */
export const commandName: object = matching('^[a-z][a-z0-9-]{0,31}$');
/** What is told with a command: a few plain values; the longest is the certificate of an authority. */
export const commandArguments: object = {
  type: 'object',
  maxProperties: 16,
  propertyNames: { pattern: '^[a-z][A-Za-z0-9]{0,31}$' },
  additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 4096 },
};

/** Reads the payload of a command. Codes: BAD_REQUEST. */
export const readCommand = jsonReader<CommandDocument>(
  atLeast({
    v: { const: 1 },
    id: commandId,
    accountId,
    deviceId,
    name: commandName,
    arguments: commandArguments,
    issuedAt: timestamp,
    expiresAt: timestamp,
  }),
);

/** Reads what a device says of a command. Codes: BAD_REQUEST. */
export const readCommandState = jsonReader<CommandStateMessage>(
  message(
    {
      id: commandId,
      state: { enum: COMMAND_STATES },
      reason: text(64, 1),
      detail: text(500),
      result: { type: 'object' },
    },
    ['reason', 'detail', 'result'],
  ),
);

/** Tells whether nothing follows on a state. */
export function isFinal(state: CommandState): boolean {
  return state === 'successful' || state === 'failed';
}
