import type { LogLevel } from '@ewon-agent/contracts';

// The one place for the names, units, ranges and defaults of the agent's configuration. docs/configuration.md is
// generated from it.

export type AgentConfig = {
  /** Where state, key and control socket live; the only directory the agent writes. */
  readonly stateDir: string;
  readonly slots: Readonly<Record<string, { readonly image: string }>>;
  readonly account?: {
    readonly url?: string;
    readonly caFile?: string;
    readonly trust: 'card' | 'pinned';
    readonly key?: string;
  };
  readonly firmware:
    | { readonly url: string; readonly user: string; readonly passwordFile: string }
    | { readonly serial: string; readonly model: string; readonly version: string };
  readonly led?: { readonly dir: string; readonly green: string; readonly red: string };
  readonly log: { readonly level: LogLevel };
};

const path = (description: string) => ({ type: 'string', minLength: 1, maxLength: 4096, description });
const object = (properties: object, required: readonly string[], description: string) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  description,
});

export const AGENT_CONFIG_SCHEMA = object(
  {
    stateDir: path('Directory for state, key and control socket; made with mode 0700. The only one the agent writes.'),
    slots: {
      type: 'object',
      minProperties: 1,
      maxProperties: 16,
      propertyNames: { pattern: '^[a-z][a-z0-9]{0,15}$' },
      additionalProperties: object(
        { image: path('Image file that is there while a card is in.') },
        ['image'],
        'One slot.',
      ),
      description: 'Card slots by their hardware name, such as "sd0" or "usb1".',
    },
    account: object(
      {
        url: {
          type: 'string',
          pattern: '^https://',
          description: 'Directory URL of the account, for cards without T2M.json.',
        },
        caFile: path('PEM of the CA that issues the certificate of the account.'),
        trust: {
          enum: ['card', 'pinned'],
          default: 'card',
          description: '"pinned": only cards signed by "key" are accepted.',
        },
        key: {
          type: 'string',
          pattern: '^[A-Za-z0-9_-]{43}$',
          description: 'Public key of the account (base64url), for "pinned".',
        },
      },
      [],
      'The account this Ewon may join.',
    ),
    firmware: {
      type: 'object',
      oneOf: [
        object(
          {
            url: {
              type: 'string',
              pattern: '^http://',
              description: 'Where the Ewon answers, e.g. "http://10.0.0.53".',
            },
            user: {
              type: 'string',
              minLength: 1,
              maxLength: 64,
              description: 'User that may read the Ewon, e.g. "adm".',
            },
            passwordFile: path('File with the password of that user, mode 0600.'),
          },
          ['url', 'user', 'passwordFile'],
          'The Ewon is asked.',
        ),
        object(
          {
            serial: {
              type: 'string',
              pattern: '^\\d{4}-\\d{4}-\\d{2}$',
              description: 'Serial number, e.g. "1524-0071-21".',
            },
            model: { type: 'string', maxLength: 64, description: 'Model, e.g. "Flexy 202".' },
            version: { type: 'string', maxLength: 64, description: 'Firmware version, e.g. "14.6s0".' },
          },
          ['serial', 'model', 'version'],
          'The Ewon is described here.',
        ),
      ],
      description: 'The Ewon beside the agent.',
    },
    led: object(
      {
        dir: { ...path('Directory of LEDs.'), default: '/sys/class/leds' },
        green: { type: 'string', default: 'usr:green', description: 'Name of the green USR LED.' },
        red: { type: 'string', default: 'usr:red', description: 'Name of the red USR LED.' },
      },
      [],
      'The USR LED; leave it out where there is none.',
    ),
    log: object(
      {
        level: {
          enum: ['debug', 'info', 'warn', 'error'],
          default: 'info',
          description: 'Least level that is written.',
        },
      },
      [],
      'The log on standard error.',
    ),
  },
  ['stateDir', 'slots', 'firmware'],
  'Configuration of ewon-agent.',
);
