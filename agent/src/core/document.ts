import { err, jsonReader, type Result, toUtf8 } from '@ewon-agent/contracts';
import type { SavedRequest, WizardGiven } from './model.ts';
import { type Orders, savedOrders } from './orders.ts';
import type { Registration } from './registration.ts';

// What survives a power cut, as one JSON text with a version. Counters of failed attempts are left out: they
// would cost a flash write for each attempt, and after a start it is right to begin afresh.

/** What is remembered besides events and keys. `orders`: absent while there are none, and in what older releases wrote. */
export type Remembered = {
  readonly bootCount: number;
  readonly registration: Registration;
  readonly orders?: Orders;
};

/** The version this release writes; it reads no other yet. */
const VERSION = 1;

/** Writes what is remembered. The same registration gives the same text, so that a save can be left out. */
export function documentOf({ bootCount, registration, orders }: Remembered): string {
  const kept = orders && savedOrders(orders);
  return JSON.stringify({
    v: VERSION,
    bootCount,
    registration: withoutAttempts(registration),
    ...(kept && { orders: kept }),
  });
}

/** Reads what was saved. Codes: STATE_DAMAGED. */
export function readDocument(saved: string | undefined): Result<Remembered> {
  if (saved === undefined) return { ok: true, value: { bootCount: 0, registration: { at: 'unregistered' } } };
  const read = readSaved(toUtf8(saved));
  return read.ok ? read : err('STATE_DAMAGED', read.fault.detail);
}

function withoutAttempts(registration: Registration): Registration {
  switch (registration.at) {
    case 'requesting':
      return { at: 'requesting', request: registration.request, attempt: 0 };
    case 'joining':
      return { at: 'joining', request: registration.request, attempt: 0 };
    case 'pending':
    case 'forgetting': {
      const { trouble: _, ...kept } = registration;
      return { ...kept, attempt: 0 };
    }
    case 'registered': {
      const { link, moving, former } = registration;
      return {
        ...{ at: 'registered', link },
        ...(moving && { moving: { request: moving.request, attempt: 0 } }),
        ...(former && { former: { link: former.link, attempt: 0, ...(former.leftovers && { leftovers: true }) } }),
      };
    }
    default:
      return registration;
  }
}

const text = { type: 'string', minLength: 1 };
const object = (properties: object) => ({ type: 'object', properties, required: Object.keys(properties) });
const request = object({
  requestId: text,
  account: object({ directoryUrl: text, ca: text }),
  grkId: text,
  grkBinding: { type: 'object' },
  note: { type: 'string' },
  evidence: { type: 'object' },
});
const savedWizard = object({
  requestId: text,
  account: object({ directoryUrl: text, ca: text }),
  wizard: object({ account: text, user: text, name: text }),
});
const savedMove = object({
  ...{ requestId: text, move: text, accountKey: text, command: text, expiresAt: text },
  account: object({ directoryUrl: text, ca: text, id: text, name: { type: 'string' } }),
});
const link = object({
  account: object({ directoryUrl: text, ca: text, id: text, name: { type: 'string' } }),
  location: text,
  deviceId: text,
  certificate: text,
  ca: text,
  mqtt: object({ urls: { type: 'array', items: text, minItems: 1 }, topicPrefix: text }),
});
const orders = object({
  policy: { type: 'object' },
  book: object({
    list: { type: 'array', items: object({ id: text, state: text }) },
    forgottenUpToMs: { type: 'number' },
  }),
});
const state = (at: string, properties: object) => object({ at: { const: at }, ...properties });
const attempt = { type: 'integer' };
const formerLink = { ...object({ link, attempt, leftovers: { const: true } }), required: ['link', 'attempt'] };

/** Reads a request in the form in which it is saved. Codes: BAD_REQUEST. */
export const readSavedRequest = jsonReader<SavedRequest>(request);

/** Reads what a person gave the wizard, with what is secret of it. Codes: BAD_REQUEST. */
export const readWizardOrder = jsonReader<WizardGiven>({
  ...savedWizard,
  properties: {
    ...savedWizard.properties,
    secret: { type: 'object', properties: { password: { type: 'string' }, code: text }, required: ['password'] },
  },
  required: [...savedWizard.required, 'secret'],
});

const readSaved = jsonReader<Remembered & { v: 1 }>({
  type: 'object',
  required: ['v', 'bootCount', 'registration'],
  properties: {
    v: { const: VERSION },
    bootCount: { type: 'integer', minimum: 0 },
    registration: {
      type: 'object',
      oneOf: [
        state('unregistered', {}),
        state('requesting', { request, attempt }),
        state('pending', { request, location: text, account: { type: 'object' }, code: text, attempt }),
        state('joining', { request: savedWizard, attempt }),
        {
          ...state('registered', { link, moving: object({ request: savedMove, attempt }), former: formerLink }),
          required: ['at', 'link'],
        },
        { ...state('forgetting', { link, attempt, move: request }), required: ['at', 'link', 'attempt'] },
      ],
    },
    orders,
  },
});
