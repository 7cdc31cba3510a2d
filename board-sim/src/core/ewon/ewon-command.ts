import type { Result } from '@ewon-agent/contracts';
import { commandReader, commandSchema } from '../command-reader.ts';
import type { Modem } from './modem.ts';
import { MODEM } from './modem.ts';
import { type EwonTrouble, FLASH_FAULTS, FTP_FAULTS, HTTP_FAULTS } from './trouble.ts';
import { LINKS, type Link, type LinkState } from './wan.ts';

/** What a person or a program may tell a running Ewon, one JSON object a line. `id` comes back with the answer. */
export type EwonCommand = { readonly id?: number } & (
  | { readonly do: 'tag'; readonly name: string; readonly value: number | string; readonly quality?: number }
  | { readonly do: 'link'; readonly link: Link; readonly state: LinkState }
  | { readonly do: 'modem'; readonly modem: Partial<Modem> }
  | { readonly do: 'account'; readonly account: string }
  | { readonly do: 'reset'; readonly level: 1 | 2 }
  | { readonly do: 'reboot' }
  | { readonly do: 'power' }
  | { readonly do: 'log'; readonly text: string; readonly origin?: string; readonly event?: number }
  | { readonly do: 'trouble'; readonly trouble: EwonTrouble }
  | { readonly do: 'stop' }
);

const TEXT = { type: 'string', maxLength: 255 };
const NAME = { ...TEXT, minLength: 1 };
const members = (properties: object) => ({ type: 'object', properties, additionalProperties: false });

const SCHEMAS: Record<EwonCommand['do'], object> = {
  tag: commandSchema(
    'tag',
    {
      name: { ...NAME, maxLength: 64 },
      value: { type: ['number', 'string'], maxLength: 255 },
      quality: { type: 'integer', minimum: 0, maximum: 65_535 },
    },
    ['quality'],
  ),
  link: commandSchema('link', { link: { enum: LINKS }, state: { enum: ['up', 'silent', 'down'] } }),
  modem: commandSchema('modem', {
    modem: members(Object.fromEntries(Object.entries(MODEM).map(([key, value]) => [key, { type: typeof value }]))),
  }),
  account: commandSchema('account', { account: TEXT }),
  reset: commandSchema('reset', { level: { enum: [1, 2] } }),
  reboot: commandSchema('reboot'),
  power: commandSchema('power'),
  log: commandSchema('log', { text: NAME, origin: NAME, event: { type: 'integer', minimum: 0 } }, ['origin', 'event']),
  trouble: commandSchema('trouble', {
    trouble: members({
      http: { enum: HTTP_FAULTS },
      ftp: { enum: FTP_FAULTS },
      flash: { enum: FLASH_FAULTS },
      pieceAfterMs: { type: 'integer', minimum: 0, maximum: 600_000 },
      answerAfterMs: { type: 'integer', minimum: 0, maximum: 600_000 },
      whenBusy: { enum: ['queues', 'refuses'] },
    }),
  }),
  stop: commandSchema('stop'),
};

/** Reads one line of the control. Codes: BAD_REQUEST, which names what can be done. */
export const readEwonCommand: (line: string) => Result<EwonCommand> = commandReader<EwonCommand>(SCHEMAS);
