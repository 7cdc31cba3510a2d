import type { AccountId } from '@ewon-agent/contracts';
import { CODES, ok, type Result, reader } from '@ewon-agent/contracts';
import { type Choice, IMPORTED_MAX, type TheirWord } from '../../core/imports/imports.ts';
import type { HandoverGrant, LeavingList, MoveOrder } from '../../service/imports/handover.ts';
import type { MoveNews } from '../../service/imports/moving.ts';
import { body, readPool } from '../bodies.ts';
import { knownName, name, text } from '../fields.ts';
import { password } from '../user-bodies.ts';

// What is taken about imports, checked at the door: by the page and the command line, by the account that imports, and
// from the account that hands over, whose answers are no more trusted than any other.

const exactly = (properties: Record<string, object>) => ({
  ...{ type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
});
const key = { type: 'string', pattern: '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$' };
const keys = (maxItems: number) => ({ type: 'array', items: key, maxItems, uniqueItems: true });
const accountId = { type: 'string', pattern: '^a_[a-z2-7]{26}$' };
const serial = { type: 'string', pattern: '^\\d{4}-\\d{4}-\\d{2}$' };
const pem = { type: 'string', pattern: '^\\s*-----BEGIN CERTIFICATE-----\\r?\\n', maxLength: 16_384 };
const code = { enum: Object.keys(CODES) };

/** Ewons that are ordered or told of by one request. */
export const MOVES_AT_ONCE = 100;

export type NewImport = {
  readonly url: string;
  readonly login: string;
  readonly password: string;
  /** PEM that is trusted for the source. */
  readonly ca?: string;
};
export const readNewImport = body<NewImport>({ url: text(512), login: text(60), password, ca: pem }, [
  ...['url', 'login', 'password'],
]);
export type ImportStart = {
  readonly pool: string;
  /** The pool is made. */
  readonly newPool?: boolean;
  readonly ewons: readonly Choice[];
};
const importStart = body<ImportStart>(
  {
    pool: knownName,
    newPool: { type: 'boolean' },
    ewons: { type: 'array', items: exactly({ key, name }), minItems: 1, maxItems: IMPORTED_MAX },
  },
  ['pool', 'ewons'],
);
/** The name of a pool that is to be made is held to the rules of new names. Codes: BAD_REQUEST, FIELD_UNFIT. */
export const readImportStart: typeof importStart = Object.assign(
  (given: unknown): Result<ImportStart> => {
    const asked = importStart(given);
    if (!asked.ok || asked.value.newPool !== true) return asked;
    const pool = readPool({ name: asked.value.pool });
    return pool.ok ? ok({ ...asked.value, pool: pool.value.name }) : pool;
  },
  { schema: importStart.schema },
);

export const readHandoverClaim = body<{ readonly login: string; readonly password: string }>(
  { login: text(60), password },
  ['login', 'password'],
);
export const moveOrder: object = exactly({
  move: { type: 'string', pattern: '^[A-Za-z0-9_-]{22}$' },
  directoryUrl: { type: 'string', pattern: '^https://[^\\s]+$', maxLength: 512 },
  // as arguments of a command are limited
  ca: { ...pem, maxLength: 4096 },
  ...{ accountId, accountName: name, accountKey: key, keys: keys(MOVES_AT_ONCE) },
});
export const readMoveOrder = reader<MoveOrder>(moveOrder);
export const moveNews: object = exactly({ arrived: keys(MOVES_AT_ONCE), withdrawn: keys(MOVES_AT_ONCE) });
export const readMoveNews = reader<MoveNews>(moveNews);

export const readHandoverGrant = reader<HandoverGrant & { readonly account: { readonly id: AccountId } }>(
  exactly({
    right: { type: 'string', pattern: '^[A-Za-z0-9_-]{44}$' },
    account: exactly({ id: accountId, name }),
  }),
);
const jwk = exactly({ kty: { const: 'OKP' }, crv: { const: 'Ed25519' }, x: key });
/** More than one import takes: whoever has so many imports them in turns. */
const LISTED_MAX = 20_000;
export const readLeavingList = reader<LeavingList>(
  exactly({
    movable: { type: 'array', items: exactly({ name, serial, model: text(64), jwk }), maxItems: LISTED_MAX },
    staying: { type: 'array', items: exactly({ name, serial, model: text(64), why: code }), maxItems: LISTED_MAX },
  }),
);
export const readTheirWords = reader<readonly TheirWord[]>({
  type: 'array',
  items: exactly({
    key,
    state: { enum: ['ordered', 'moved', 'failed'] },
    reason: { anyOf: [{ type: 'null' }, text(64)] },
  }),
  maxItems: LISTED_MAX,
});
