import type { AccountId, Serial } from '../ids.ts';
import type { Ed25519Jwk } from '../jws.ts';
import { jsonReader } from '../validate.ts';
import { accountId, csr, deviceFacts, exactly, httpsUrl, jwk, matching, pem, requestId, text } from './common.ts';
import type { DeviceFacts } from './registration.ts';

// How an Ewon goes from one account to another that imports it (docs/decisions/0052-import-from-another-account.md). The
// account it is in orders it by the command `move`; the other one expects its key, so the Ewon shows who it is by that alone.

/** Arguments of the command `move`: the account to go to, as a card would name it. */
export type MoveArguments = {
  /** The import at that account that expects this Ewon; the same for all Ewons of it. */
  readonly move: string;
  /** Its directory, `https://…/device/v1/directory`. */
  readonly directoryUrl: string;
  /** PEM. Nothing else is trusted on the way there. */
  readonly ca: string;
  readonly accountId: AccountId;
  readonly accountName: string;
  /** `x` of the Ed25519 key that speaks for that account. */
  readonly accountKey: string;
};

/**
 * Payload of `POST /device/v1/moves`, a JWS (`ewon-reg`) with the device's `jwk`. The answer is a Grant with a `Location`, as at
 * `registrations`; the same again for the same key, as often as it asks. 403 `MOVE_UNKNOWN`: this key is not expected (any more).
 */
export type MoveRequest = {
  readonly requestId: string;
  readonly move: string;
  readonly device: DeviceFacts;
  readonly csr: string;
};

/** An Ewon that another account may import, as the account it is in tells it. */
export type MovableEwon = {
  readonly name: string;
  readonly serial: Serial;
  readonly model: string;
  readonly jwk: Ed25519Jwk;
};

/** 128 random bits, base64url. */
const moveId = matching('^[A-Za-z0-9_-]{22}$');

/** Reads the arguments of the command `move`. Codes: BAD_REQUEST. */
export const readMoveArguments = jsonReader<MoveArguments>(
  exactly({
    ...{ move: moveId, directoryUrl: httpsUrl, ca: pem },
    ...{ accountId, accountName: text(100), accountKey: jwk.properties['x'] as object },
  }),
);

/** Reads the payload of a move. Codes: BAD_REQUEST. */
export const readMoveRequest = jsonReader<MoveRequest>(exactly({ requestId, move: moveId, device: deviceFacts, csr }));
